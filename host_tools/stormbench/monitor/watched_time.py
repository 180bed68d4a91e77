"""The one time of what is watched: ms since a session began, which never run back.

On the host's clock it is what alerts bear, on the hub's own what the port's clock shows: that of
the device where the hub is virtual, else the wall clock's. So an hour of scenario that a hub in
process went through in a second is an hour. A clock that is set goes on from here.
"""

from stormbench.capture.records import Begun, Ended, Record

_US_PER_MS = 1_000
_LOCKSTEP = ("sim", "emulated")
"""Hubs whose time is their own (hub/sim.py, emulator/): the wall clock says nothing of it."""


class WatchedTime:
    """The time of one session."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.begun_us: int | None = None  # since 1970, UTC
        self._is_hosts = False
        self._is_real = False  # it passes by itself
        self._last_us = 0  # of the host, since 1970
        self._from_ms = 0  # what was shown when the clock that counts showed `_origin`
        self._origin: int | None = None  # us of the port, or ms of the host's clock

    def on_record(self, record: Record) -> None:
        """A record was made; on the hub's own clock time passes with it."""
        self._last_us = record.host_us
        if isinstance(record, Begun):
            self.begun_us = record.host_us
            self._is_real = is_in_real_time(record.hub)
        elif isinstance(record, Ended):
            self._is_real = False
        elif not self._is_hosts:
            if self._origin is None:
                self._begin(record.port_us)
            self._reach(self._from_ms + (record.port_us - (self._origin or 0)) // _US_PER_MS)

    def on_alert_time(self, at_ms: int) -> None:
        """Something bears this time of the hub's; on the host's clock time passes with it."""
        if self._is_hosts:
            if self._origin is None:
                self._begin(at_ms)
            self._reach(self._from_ms + at_ms - (self._origin or 0))

    def on_clock(self, is_hosts: bool, start_ms: int | None = None) -> None:
        """The hub goes by the host's clock or its own from now on; `start_ms` is what it shows."""
        if is_hosts or self._is_hosts:
            self._is_hosts = is_hosts
            self._from_ms = self.now_ms
            self._origin = start_ms if is_hosts else None

    def pass_to(self, host_us: int) -> None:
        """It is this late at the host, and nothing has come; a hub in real time lives on."""
        if self._is_real and not self._is_hosts and self._last_us:
            quiet_ms = (host_us - self._last_us) // _US_PER_MS
            if quiet_ms > 0:
                self._last_us += quiet_ms * _US_PER_MS
                self.now_ms += quiet_ms

    def _begin(self, origin: int) -> None:
        self._origin = origin
        self._from_ms = self.now_ms

    def _reach(self, then_ms: int) -> None:
        self.now_ms = max(self.now_ms, then_ms)


def is_in_real_time(hub: str) -> bool:
    """Whether the hub of that name, as `--hub` has it, lives by the wall clock."""
    return hub.rpartition("@")[2].partition(":")[0] not in _LOCKSTEP
