"""The links by themselves on real MicroPython, driven from the REPL: what a stand-in cannot show.

Where the board's strap is at GND, `board.lanes()` is the UART alone; the REPL is on the USB port.
"""

from collections.abc import Callable, Iterator

import pytest

import raw_repl
from hubwire.errors import FrameDamaged
from hubwire.framing import Frame, Receiver, encode
from stormbench.emulator import EmulatedPico, UartPort

STRAPPED = {21: False}
BYTE_US = 10 * 1_000_000 / 921_600
CHIP_BYTES = 32

SET_UP = """
import gc, rp2, sys, time
from commshub import board
from commshub.framer import Framer
link, framer, flash = board.lanes().link, Framer(), rp2.Flash()
def take(ms):
    good, end = 0, time.ticks_add(time.ticks_ms(), ms)
    while time.ticks_diff(end, time.ticks_ms()) > 0:
        link.wait(5) and link.receive(framer)
        while found := framer.next():
            good += found == 1
    return good
def told(ms):
    good = take(ms)
    print(good, framer.damaged, link.overruns)
"""

ALLOCATES = """
def loop():
    before = gc.mem_alloc()
    for _ in range(20):
        link.wait(5) and link.receive(framer)
        link.write(out, 100)
    return gc.mem_alloc() - before
out = bytearray(100)
loop()
gc.collect(); gc.disable()
used = loop()
gc.enable()
print(used)
"""

# The port that the board adds is its second lane; the host sees the board go and come back.
OWN_PORT = """
import gc, time
from commshub import board
lane = board.lanes().all[1]
link, framer, out = lane.link, lane.framer, bytearray(100)
def loop():
    before, come = gc.mem_alloc(), 0
    for _ in range(20):
        if link.wait(100):
            link.receive(framer)
            come += framer.filled
            framer.filled = 0
            link.write(out, 100)
    return gc.mem_alloc() - before, come
time.sleep_ms(200)
loop()
gc.collect(); gc.disable()
used, come = loop()
gc.enable()
print("used", used, "for", come)
"""

# Without a host that reads, until a frame is not taken; then what the port says of itself.
UNREAD = """
from commshub.link import StdioLink
from commshub.outbox import Outbox
usb = StdioLink(sys.stdin.buffer, sys.stdout.buffer)
outbox = Outbox(usb.write, usb.can_write)
time.sleep_ms(50)
whole = -1
while not outbox.cut:
    outbox.log("#" * 87)
    whole += 1
said = (whole, usb.can_write())
time.sleep_ms(2000)
outbox.log("the next")
print("said", *said)
"""


def alert(length: int = 85) -> bytes:
    return encode(
        Frame("HanAlert", 1, {"at_ms": 0, "north_next": 0, "message": bytes(range(1, length + 1))})
    )


@pytest.fixture
def port(power_on: Callable[..., EmulatedPico]) -> Iterator[UartPort]:
    """The other end of a UART link that a REPL has made."""
    pico = power_on(pins=STRAPPED)
    raw_repl.enter(pico)
    assert raw_repl.run(pico, SET_UP) == b""
    yield UartPort(pico)


def told(port: UartPort, code: str = "told(100)") -> list[int]:
    """Whole frames, damaged ones, overruns."""
    return [int(word) for word in raw_repl.run(port.pico, code).split()]


def test_frames_come_in_and_nothing_is_lost(port: UartPort) -> None:
    port.write(alert() * 20)
    assert told(port) == [20, 0, 0]


def test_a_buffer_full_of_frames_waits_while_the_firmware_is_busy(port: UartPort) -> None:
    frames = 4_000 // len(alert())
    port.write(alert() * frames)
    assert told(port, "time.sleep_ms(60); told(100)") == [frames, 0, 0]


def test_bytes_beyond_the_buffer_are_an_overrun(port: UartPort) -> None:
    port.write(alert() * 60)
    whole, _, overruns = told(port, "time.sleep_ms(80); told(100)")
    assert overruns == 1
    assert 35 < whole < 45


def test_bytes_that_come_while_the_flash_is_erased_are_an_overrun(port: UartPort) -> None:
    port.write(alert() * 60)  # from before the erase to after it
    whole, damaged, overruns = told(port, "flash.ioctl(6, 100); told(100)")
    assert (damaged, overruns) == (1, 1)
    assert 10 < whole < 25


def test_the_frame_after_an_overrun_is_good(port: UartPort) -> None:
    port.write(alert() * 20)
    told(port, "flash.ioctl(6, 100); told(100)")
    port.write(b"\x00" + alert())
    assert told(port)[0] == 1


def test_no_byte_is_lost_where_interrupts_are_off_for_no_longer_than_the_chip_can_hold(
    port: UartPort,
) -> None:
    busy_us = round((CHIP_BYTES - 8) * BYTE_US)
    code = f"""
import machine
time.sleep_ms(1)
state = machine.disable_irq()
time.sleep_us({busy_us})
machine.enable_irq(state)
told(100)
"""
    port.write(alert() * 20)
    assert told(port, code) == [20, 0, 0]


def test_what_is_written_leaves_at_the_lines_rate(port: UartPort) -> None:
    raw_repl.run(port.pico, "frame = bytearray(range(250))")
    port.pico.write(b"link.write(frame, 250)" + raw_repl.END)
    first = port.read(1_000)
    begin_us = port.now_us
    while len(first) < 250:
        first += port.read(1_000)
    assert first == bytes(range(250))
    assert port.now_us - begin_us == pytest.approx(249 * BYTE_US, rel=0.01)
    raw_repl.read_until(port.pico, raw_repl.END + b">")


def test_a_uart_link_allocates_nothing(port: UartPort) -> None:
    port.write(alert() * 10)
    assert told(port, ALLOCATES) == [0]


def test_a_usb_port_of_its_own_allocates_nothing(power_on: Callable[..., EmulatedPico]) -> None:
    pico = power_on()
    raw_repl.enter(pico)
    before = pico.enumerations
    pico.write(OWN_PORT.encode() + raw_repl.END)
    assert pico.run_until(pico.now_us + 1_000_000, lambda: pico.enumerations > before)
    for _ in range(60):
        pico.write(alert(), pipe=1)
    text = raw_repl.read_until(pico, raw_repl.END + b">")
    used, _, come = text.partition(b"used ")[2].split()[:3]
    assert (int(used), int(come)) == (0, 20 * len(alert()))


def test_a_frame_that_no_host_reads_is_given_up_and_the_next_is_whole(
    power_on: Callable[..., EmulatedPico],
) -> None:
    pico = power_on()
    raw_repl.enter(pico)
    raw_repl.run(pico, SET_UP)
    pico.write(UNREAD.encode() + raw_repl.END)
    pico.run_for_us(20_000)
    pico.set_reading(False)
    pico.run_for_us(3_000_000)
    pico.set_reading(True)
    text = raw_repl.read_until(pico, raw_repl.END + b">")
    sent, _, said = text.partition(b"OK")[2].partition(b"said ")
    whole, can_write = said.split(b"\r")[0].split()
    *frames, cut, last = Receiver().feed(sent)
    texts = [item["text"] for item in frames if isinstance(item, Frame)]
    assert texts == [b"#" * 87] * int(whole) and int(whole) > 0
    assert isinstance(cut, FrameDamaged)
    assert isinstance(last, Frame) and last["text"] == b"the next"
    assert can_write == b"False"
