"""Boots the hub: reads the board, builds the objects, runs the loop. No decisions.

On the Pico this is frozen into the image or lies on its flash; on the Unix port it is run by name.
"""

from commshub.compat import micropython

# First of all, and before the host can have found the port: 03 is a byte like any other, and no
# way to the REPL.
micropython.kbd_intr(-1)

import gc  # noqa: E402
import sys  # noqa: E402

# Code that is not frozen stays on the heap. Among what its import leaves behind it would lie all
# over it, and 94 kB that are free have no 4.6 kB in one piece (stock image of MicroPython 1.25.0).
IMPORTING_BYTES = 8_192
gc.threshold(IMPORTING_BYTES)

from commshub import board, keystore, recovery, shell  # noqa: E402
from commshub.app import App  # noqa: E402
from commshub.clock import Clock  # noqa: E402
from commshub.outbox import Outbox  # noqa: E402
from commshub.store import Store  # noqa: E402

gc.threshold(-1)

# What MicroPython's own boot has imported takes 1.3 kB that the hub can use; `import rp2` at the
# REPL brings it back.
sys.modules.pop("rp2", None)


def main():
    """Serve whoever asks until the hub is to leave; what then runs is the REPL."""
    lanes = board.lanes()
    lanes.outbox = outbox = Outbox(lanes.link.write, lanes.link.can_write)
    saves = Store(board.file("commshub.save"))
    keys = keystore.KeyStore(Store(board.file(keystore.FILE)))
    app = App(outbox, lanes, Clock(*board.ticks()), board, saves, keys)
    board.leave(shell.run(app, lanes, outbox))


if not recovery.is_asked_for(board):
    main()
