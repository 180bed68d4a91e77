"""What the hub's own USB port costs by itself: `python tests/bench/own_usb_port.py`.

Device time of an alert of 85 bytes on the emulated Pico, through link and shell alone, and through
the framer too; in bursts of one, of a window of eight, and of all; then with an answer to each as
long as what goes north of it. An app that counts is all that is behind. And the memory that the
port takes, and what is allocated while the alerts come: nothing, but for a number that grows. With
`--image PATH` on an image whose main.py does nothing; without it one is built. A minute.
"""

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "emulated"))

import raw_repl
from hubwire.framing import Frame, encode, pad
from stormbench.emulator import EmulatedPico, EmulatedPort
from tree_copy import TreeCopy

ALERTS = 400
ALERT_BYTES = 85
ANSWER_BYTES = 110
CELLS_BYTES = 112  # of one alert's frame on the wire
PACKET_BYTES = 64

ON_THE_PICO = f"""
import gc, micropython, sys, time
from commshub import board, shell
gc.collect(); free = gc.mem_free()
lanes = board.lanes()
gc.collect(); held = free - gc.mem_free()
answer = bytearray(b"\\x01" * {ANSWER_BYTES})
class App:
    leaves_for = come = 0
    @micropython.native
    def count(self, alerts):
        if not self.come: self.used = gc.mem_alloc(); self.begun = time.ticks_us()
        self.come += alerts
        if self.come >= {ALERTS} * SCALE:
            self.took = time.ticks_diff(time.ticks_us(), self.begun)
            self.used = gc.mem_alloc() - self.used; self.leaves_for = 1
    @micropython.native
    def on_frame(self, kind, seq, boot, buffer, start, end):
        self.count(1)
        if ANSWERS: lanes.link.write(answer, {ANSWER_BYTES})
    def boot(self): pass
    def settle(self): pass
    def on_time(self): pass
    def wait_ms(self): return -1
class NoFramer:
    filled = 0
    @micropython.native
    def has_room(self): return True
    @micropython.native
    def take(self, source, length, start=0): app.count(length)
app = App()
lanes._aside = lanes.all[0]
lanes._serve(lanes.all[1])
if not FRAMES: lanes.framer = NoFramer()
time.sleep_ms(300)
shell.run(app, lanes, None)
print("took", app.took, app.used, held)
"""


def measured(image: Path, per_burst: int, *, frames: bool, answers: bool) -> tuple[int, int, int]:
    """Microseconds for all alerts, bytes allocated meanwhile, bytes that the lanes hold."""
    pico = EmulatedPico(image, unique_id=b"own port")
    raw_repl.enter(pico)
    before = pico.enumerations
    scale = 1 if frames else CELLS_BYTES
    head = f"FRAMES, ANSWERS, SCALE = {frames}, {answers}, {scale}\n"
    pico.write((head + ON_THE_PICO).encode() + raw_repl.END)
    pico.run_until(pico.now_us + 2_000_000, lambda: pico.enumerations > before)
    port = EmulatedPort(pico, pipe=1)
    pico.run_for_us(400_000)
    for first in range(0, ALERTS, per_burst):
        burst = b"".join(map(alert, range(first, min(first + per_burst, ALERTS))))
        port.write(burst + bytes(not len(burst) % PACKET_BYTES))
    said = b""
    while raw_repl.END not in said:
        pico.run_for_us(20_000)
        said += pico.read()
        pico.read(1)
    pico.close()
    took, used, held = said.partition(b"took ")[2].split()[:3]
    return int(took), int(used), int(held)


def alert(seq: int) -> bytes:
    """A frame on the wire; a byte in eight of the message is 00."""
    message = bytes(place % 8 and (place + seq) % 255 + 1 for place in range(ALERT_BYTES))
    return pad(encode(Frame("HanAlert", seq, {"at_ms": 0, "north_next": 0, "message": message})))


def repl_image() -> Path:
    """An image of this tree that boots to its REPL."""
    folder = Path(tempfile.mkdtemp())
    copy = TreeCopy(folder / "tree")
    main = copy.root / "firmware" / "main.py"
    main.write_text('"""Leaves the board to its REPL."""\n', encoding="utf-8")
    return Path(shutil.move(copy.build(), folder / "repl.uf2"))


def main() -> None:
    """Print a line for each way."""
    image = Path(sys.argv[2]) if sys.argv[1:2] == ["--image"] else repl_image()
    for frames, answers in ((False, False), (True, False), (True, True)):
        for per_burst in (1, 8, ALERTS):
            took, used, held = measured(image, per_burst, frames=frames, answers=answers)
            parts = "link, shell" + ", framer" * frames + ", an answer each" * answers
            print(
                f"{parts}; {per_burst} in a burst: {took / ALERTS:.0f} us an alert, "
                f"{used} bytes allocated; the lanes hold {held} bytes",
                flush=True,
            )


if __name__ == "__main__":
    main()
