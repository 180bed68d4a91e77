"""Boots the hub: reads the board, builds the objects, runs the loop. No decisions.

On the Pico this is frozen into the image or lies on its flash; on the Unix port it is run by name.
"""

import sys

# A deploy leaves its files where a new image does not write, and Python looks there first. What is
# frozen in comes before them, so what was flashed is what runs. A stock image has nothing there.
sys.path.insert(0, ".frozen")

from commshub.compat import let_go, micropython

# First of all, and before the host can have found the port: 03 is a byte like any other, and no
# way to the REPL. Where there is no key, `recovery` opens it for a while.
micropython.kbd_intr(-1)

import gc  # noqa: E402

# Code that is not frozen stays on the heap. Among what its import leaves behind it would lie all
# over it, and 94 kB that are free have no 4.6 kB in one piece (stock image of MicroPython 1.25.0).
IMPORTING_BYTES = 8_192
gc.threshold(IMPORTING_BYTES)

from commshub import board  # noqa: E402

# What MicroPython's own boot has imported takes 1.3 kB that the hub can use; `import rp2` at the
# REPL brings it back.
sys.modules.pop("rp2", None)

last_words = board.file("commshub.crash")
save = board.file("commshub.save")


def main():
    """Serve whoever asks until the hub is to leave; what then runs is the REPL."""
    # Each `import os` or the like looks for files of that name before, 2.5 ms on the Pico. What
    # lies in a package is found without.
    path = sys.path[:]
    sys.path[:] = [".frozen"]  # none at all would forget what is loaded
    try:
        hub = build()
    finally:
        sys.path[:] = path
        gc.threshold(-1)
    if hub:
        from commshub import shell

        board.leave(shell.run(*hub))


def build():
    """What `shell.run` needs; None where the board is to be left to its REPL at once.

    Here is what may fail, imports too: a fault of a hub with a key must not end at the REPL.
    """
    from commshub import recovery

    if recovery.is_asked_for(board):
        return None
    is_free = recovery.is_free(board)
    if is_free:
        recovery.let_interrupt()
    from commshub import keystore, shell  # noqa: F401 (it is loaded while that is quick)
    from commshub.app import App
    from commshub.clock import Clock
    from commshub.outbox import Outbox
    from commshub.store import Store

    lanes = board.lanes()
    lanes.outbox = outbox = Outbox(lanes.link.write, lanes.link.can_write)
    keys = keystore.KeyStore(Store(board.file(keystore.FILE)))
    app = App(outbox, lanes, Clock(*board.ticks()), board, Store(save), keys)
    octets = last_words.read()
    if octets:
        from commshub import crash

        app.last_words = crash.LastWords(last_words, octets)
        let_go("crash")
    if is_free:
        recovery.Grace(lanes, *board.ticks())
    let_go("recovery")
    return app, lanes, outbox, board.watchdog()


try:
    main()
except BaseException as fault:  # whatever it is, a hub with a key is not left open
    from commshub import crash

    crash.end(board, fault, last_words, save)
