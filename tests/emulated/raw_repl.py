"""MicroPython's raw REPL, on an emulated board: run a piece of code, get what it printed."""

from stormbench.emulator import EmulatedPico

ENTER_RAW = b"\r\x03\x03\x01"
RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n>"
END = b"\x04"
STARTED = b"OK"

# Reads 96 bytes, sends them back, for ever; Ctrl-C is a byte like any other.
ECHO_96 = """
import sys, micropython
def echo():
    frame = bytearray(96)
    micropython.kbd_intr(-1)
    while True:
        sys.stdin.buffer.readinto(frame)
        sys.stdout.buffer.write(frame)
echo()
"""

# Sleeps until a byte comes and says which.
SLEEPER = """
import sys, select
def sleep():
    poll = select.poll()
    poll.register(sys.stdin, select.POLLIN)
    while True:
        for _ in poll.ipoll(-1):
            print("got", sys.stdin.read(1))
sleep()
"""


def read_until(pico: EmulatedPico, end: bytes, timeout_us: int = 2_000_000) -> bytes:
    """Run the board until it has sent `end`; everything up to there and what came with it."""
    text = bytearray()

    def has_end() -> bool:
        text.extend(pico.read())
        return end in text

    assert pico.run_until(pico.now_us + timeout_us, has_end), bytes(text)
    return bytes(text)


def enter(pico: EmulatedPico) -> None:
    """Stop what runs and enter the raw REPL."""
    pico.write(ENTER_RAW)
    read_until(pico, RAW_PROMPT)


def run(pico: EmulatedPico, code: str) -> bytes:
    """Run code to its end; what it printed, or its traceback."""
    pico.write(code.encode() + END)
    answer = read_until(pico, END + b">")
    return answer[len(STARTED) :].removesuffix(END + b">").replace(END, b"")


def start(pico: EmulatedPico, code: str, settle_us: int = 100_000) -> None:
    """Start code that does not end, and let it come to rest."""
    enter(pico)
    pico.write(code.encode() + END)
    read_until(pico, STARTED)
    pico.run_for_us(settle_us)
    pico.read()
