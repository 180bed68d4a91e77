"""`--hub sim`: the firmware's own modules under CPython, in this process.

The one place on the host's side that takes more of the firmware than its pure core.
"""

from functools import cached_property
from time import monotonic_ns

from commshub import board, shell, wire
from commshub.app import App
from commshub.clock import Clock
from commshub.framer import Framer
from commshub.keystore import KeyStore
from commshub.leaving import FOR_RESET, STAYS
from commshub.outbox import Outbox
from commshub.store import Store
from stormbench.image.identity import firmware_sha256
from stormbench.tree import firmware_sources


class InProcess:
    """What the firmware's `board` says of a board, where there is none."""

    boot_id = staticmethod(board.boot_id)
    micropython_version = staticmethod(board.micropython_version)
    reset_cause = staticmethod(board.reset_cause)
    unique_id = staticmethod(board.unique_id)

    @cached_property
    def _source_sha256(self) -> bytes:
        return bytes.fromhex(firmware_sha256(firmware_sources()))

    def source_sha256(self) -> bytes:
        """Of the sources that this process runs, wherever they are installed."""
        return self._source_sha256

    def transport(self) -> int:
        """None."""
        return wire.TRANSPORT_IN_PROCESS


class SavedInMemory:
    """What a file is to the firmware of a board."""

    def __init__(self) -> None:
        self._octets: bytes | None = None

    def replace(self, octets: bytes) -> None:
        """Keep these octets instead of those before."""
        self._octets = bytes(octets)

    def read(self) -> bytes | None:
        """What is kept; None where nothing is."""
        return self._octets


class SimPort:
    """A port whose hub answers before `write` returns."""

    name = "sim"

    def __init__(self) -> None:
        self._saved = SavedInMemory()
        self._key = SavedInMemory()
        self._board = InProcess()
        self._said = bytearray()
        self._boot()

    def write(self, burst: bytes) -> None:
        """Give the hub `burst`, a cell at a time as a board reads it."""
        for at in range(0, len(burst), wire.CELL_BYTES):
            if self._app.leaves_for != STAYS:
                break  # of what comes later nobody is there to take
            cell = burst[at : at + wire.CELL_BYTES]
            self._framer.take(cell, len(cell))
            self._app.on_time()
            shell.serve(self._app, self._framer)
        if self._app.leaves_for == FOR_RESET:
            self._boot()

    def read(self, timeout_ms: int) -> bytes:
        """What the hub has said since the last call."""
        said = bytes(self._said)
        self._said.clear()
        return said

    def now_ms(self) -> int:
        """The wall clock's."""
        return monotonic_ns() // 1_000_000

    def power_cut(self) -> None:
        """All is lost but what was saved, and the hub boots."""
        self._said.clear()
        self._boot()

    def close(self) -> None:
        """There is nothing to let go of."""

    def _boot(self) -> None:
        self._framer = Framer()
        outbox = Outbox(self._on_said)
        clock = Clock(*board.ticks())
        keys = KeyStore(Store(self._key))
        self._app = App(outbox, self._framer, clock, self._board, Store(self._saved), keys)
        self._app.boot()

    def _on_said(self, buffer: bytearray, length: int) -> None:
        self._said += buffer[:length]
