"""A whole hub in a box, for any bytes: on CPython and on MicroPython, with nothing by chance.

Its ticks move when they are told to, its board answers the same each time, its saves stay in
memory. Told to leave, it boots again, with what it has saved. It catches nothing: what the app
raises leaves it. Knows only the firmware.
"""

from commshub import heap, shell, wire
from commshub.app import App
from commshub.clock import Clock
from commshub.framer import Framer
from commshub.keystore import KeyStore
from commshub.leaving import STAYS
from commshub.outbox import Outbox
from commshub.store import Store

BOOT_ID = 0x12345678
_TICKS_PERIOD_MS = 1 << 30


def _no_heap():
    return 0, 0, 0


heap.collected = _no_heap  # each runtime has another one, and all must answer alike


class _Board:
    """What the module `commshub.board` is to the app."""

    def boot_id(self):
        return BOOT_ID

    def reset_cause(self):
        return 1

    def unique_id(self):
        return bytes(8)

    def micropython_version(self):
        return bytes(3)

    def source_sha256(self):
        return bytes(32)

    def name(self):
        return b"FUZZED"

    def overruns(self):
        return 0

    def transport(self):
        return wire.TRANSPORT_STDIO


class _File:
    """A file in memory."""

    def __init__(self):
        self._octets = None

    def replace(self, pieces):
        octets = bytearray()
        for piece in pieces:
            octets.extend(piece)
        self._octets = bytes(octets)

    def read(self):
        return self._octets


class _FullFile(_File):
    """A file in which nothing can be kept any more."""

    def replace(self, pieces):
        raise OSError


class FuzzedHub:
    """A hub that has just booted; `on_said(buffer, length)` gets each frame that it says.

    Args:
        on_said: see above.
        key: the hub's key; a hub without one can be given none, whoever tries.
    """

    def __init__(self, on_said, key=None):
        def write(buffer, length):
            on_said(buffer, length)
            return True

        self._write = write
        self._ticks_ms = _TICKS_PERIOD_MS - 5000  # so that they soon wrap
        self._saves = _File()
        self._keys = _File() if key else _FullFile()
        if key:
            KeyStore(Store(self._keys)).set_key(key, 0)
        self._boot()

    def feed(self, octets) -> None:
        """Give the hub these bytes, a cell at a time as a board reads them."""
        for at in range(0, len(octets), wire.CELL_BYTES):
            cell = octets[at : at + wire.CELL_BYTES]
            self.framer.take(cell, len(cell))
            shell.serve(self.app, self.framer)
            if self.app.leaves_for != STAYS:
                self._boot()
        self.app.settle()

    def pass_ms(self, ms: int) -> None:
        """The hub's own time goes on, and it looks at it once."""
        self._ticks_ms += ms
        self.app.on_time()

    def _boot(self):
        self.framer = Framer()
        clock = Clock(self._ticks, _ticks_diff)
        keys = KeyStore(Store(self._keys))
        saves = Store(self._saves)
        self.app = App(Outbox(self._write), self.framer, clock, _Board(), saves, keys)
        self.app.boot()

    def _ticks(self):
        return self._ticks_ms % _TICKS_PERIOD_MS


def _ticks_diff(later, earlier):
    half = _TICKS_PERIOD_MS // 2
    return (later - earlier + half) % _TICKS_PERIOD_MS - half
