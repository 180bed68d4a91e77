"""Boots the hub: reads the board, builds the objects, runs the loop. No decisions.

On the Pico this is frozen into the image or lies on its flash; on the Unix port it is run by name.
"""

from commshub import board, shell
from commshub.app import App
from commshub.clock import Clock
from commshub.compat import micropython
from commshub.framer import Framer
from commshub.outbox import Outbox
from commshub.store import Store


def main():
    """Serve the link, and after a fault of ours say what it was and go on."""
    micropython.kbd_intr(-1)  # 03 is a byte like any other
    link = board.link()
    framer = Framer()
    outbox = Outbox(link.write, link.can_write)
    app = App(outbox, framer, Clock(*board.ticks()), board, Store(board.file("commshub.save")))
    shell.run(app, link, framer, outbox)


main()
