"""`--hub sim`: the firmware's own modules under CPython, in this process.

The one place on the host's side that takes more of the firmware than its pure core.
"""

import operator
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from commshub import board, shell, wire
from commshub.app import App
from commshub.clock import Clock
from commshub.framer import Framer
from commshub.keystore import KeyStore
from commshub.leaving import FOR_RESET, STAYS
from commshub.outbox import Outbox
from commshub.store import Store
from stormbench.errors import LinkLost
from stormbench.image.identity import firmware_sha256
from stormbench.tree import firmware_sources

_PORT_BYTES = 256
"""What the USB port of a board holds of what nobody reads (CFG_TUD_CDC_TX_BUFSIZE)."""


class InProcess:
    """What the firmware's `board` says of a board, where there is none."""

    boot_id = staticmethod(board.boot_id)
    micropython_version = staticmethod(board.micropython_version)
    name = staticmethod(board.name)
    overruns = staticmethod(board.overruns)
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


class PowerLost(BaseException):
    """The power of a hub in process goes, in the middle of what it does; no fault of its."""


class SavedInMemory:
    """What a file is to the firmware of a board."""

    def __init__(self) -> None:
        self.cut_at: float | None = None
        """How much of the next save is done when the power goes; None: all of it."""
        self._octets: bytes | None = None

    def replace(self, pieces: Sequence[bytes | bytearray | memoryview]) -> None:
        """Keep these octets instead of those before, in one step at the end."""
        cut_at, self.cut_at = self.cut_at, None
        if cut_at is None or cut_at >= 1:
            self._octets = b"".join(pieces)
        if cut_at is not None:
            raise PowerLost

    def read(self) -> bytes | None:
        """What is kept; None where nothing is."""
        return self._octets


class SimPort:
    """A port whose hub does at once what it has to do, and whose time is nobody else's.

    It passes while `read` waits, from one thing that is due to the next, and in `pass_ms`.
    """

    name = "sim"

    def __init__(self) -> None:
        self._now_ms = 0
        self._saved = SavedInMemory()
        self._key = SavedInMemory()
        self._board = InProcess()
        self._is_lost = False
        self._is_plugged = True
        self._is_read = True
        self._boot()

    def write(self, burst: bytes) -> None:
        """Give the hub `burst`, a cell at a time as a board reads it."""
        self._require_link()
        with self._powered():
            self._app.on_time()
            for at in range(0, len(burst), wire.CELL_BYTES):
                if self._app.leaves_for != STAYS:
                    break  # of what comes later nobody is there to take
                cell = burst[at : at + wire.CELL_BYTES]
                self._framer.take(cell, len(cell))
                shell.serve(self._app, self._framer)
            self._app.settle()
        if self._app.leaves_for == FOR_RESET:
            self._reset()

    def read(self, timeout_ms: int) -> bytes:
        """What the hub has said since the last call, or says within `timeout_ms` of its time."""
        self._require_link()
        deadline_ms = self._now_ms + timeout_ms
        while not self._said and self._now_ms < deadline_ms:
            self._pass_to_what_is_due(deadline_ms)
            self._require_link()
        said = bytes(self._said)
        self._said.clear()
        return said

    def now_ms(self) -> int:
        """The hub's."""
        return self._now_ms

    def pass_ms(self, duration_ms: int) -> None:
        """Let the hub's time pass; it says no more than its port can hold."""
        deadline_ms = self._now_ms + duration_ms
        self._is_read = False
        try:
            while self._now_ms < deadline_ms:
                self._pass_to_what_is_due(deadline_ms)
        finally:
            self._is_read = True

    def reopen(self) -> None:
        """Open it again, after `power_cut` or `plug`."""
        if not self._is_plugged:
            raise LinkLost(f"{self.name}: the cable is not plugged in")
        self._is_lost = False

    def power_cut(self) -> None:
        """All is lost but what was saved, and the hub boots."""
        self._is_lost = True
        self._saved.cut_at = None
        self._boot()

    def _reset(self) -> None:
        """The hub boots by itself; what it has said is still read, and then its port is lost."""
        said = self._said
        self._boot()
        self._said[:0] = said

    def power_cut_in_save(self, part: float) -> None:
        """Cut the power when the next save is `part` done: the old one or the new one is there."""
        self._saved.cut_at = part

    def unplug(self) -> None:
        """Take the cable out."""
        self._is_lost = True
        self._is_plugged = False

    def plug(self) -> None:
        """Put it in again."""
        self._is_plugged = True

    def close(self) -> None:
        """There is nothing to let go of."""

    def _require_link(self) -> None:
        if self._is_lost:
            raise LinkLost(f"{self.name}: the link is lost")

    @contextmanager
    def _powered(self) -> Iterator[None]:
        """What the hub does, unless its power goes on the way."""
        try:
            yield
        except PowerLost:
            self.power_cut()

    def _pass_to_what_is_due(self, deadline_ms: int) -> None:
        wait_ms = self._app.wait_ms()
        left_ms = deadline_ms - self._now_ms
        self._now_ms += left_ms if wait_ms < 0 else min(max(1, wait_ms), left_ms)
        with self._powered():
            self._app.on_time()

    def _boot(self) -> None:
        self._said = bytearray()
        self._framer = Framer()
        outbox = Outbox(self._on_said, self._can_say)
        clock = Clock(lambda: self._now_ms, operator.sub)
        keys = KeyStore(Store(self._key))
        self._app = App(outbox, self._framer, clock, self._board, Store(self._saved), keys)
        self._app.boot()

    def _can_say(self) -> bool:
        """A port that nobody has opened takes everything; one that nobody reads fills up."""
        return self._is_lost or self._is_read or len(self._said) < _PORT_BYTES

    def _on_said(self, buffer: bytearray, length: int) -> bool:
        self._said += buffer[:length]
        if self._is_lost:  # and keeps the latest
            del self._said[:-_PORT_BYTES]
        elif not self._is_read:
            del self._said[_PORT_BYTES:]
        return self._is_read or self._is_lost or len(self._said) < _PORT_BYTES
