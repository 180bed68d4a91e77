"""Whose time it is, and how much of it a small int can hold.

The throttle counts in ms from an epoch that moves along, because an int above 2**30 is a heap
object on the board; on the wire times are u48. On the hub's own clock time is what `ticks_ms` has
counted since boot; on the host's clock it is what the host says. Only this file knows ticks.
"""

import struct

from commshub.compat import micropython
from commshub.retry import Retry

EPOCH_SPAN_MS = 1 << 28  # with the longest policy time, 7 days, on top it stays below 2**30

_OFTEN_MS = 1 << 20  # well within half the period of any ticks

_LAST_ON_THE_WIRE_MS = (1 << 48) - 1


class Clock:
    """Time for the throttle, in ms since `epoch_ms`.

    Args:
        ticks_ms, ticks_diff: of the board's `time`. Two looks must not be further apart than
            half the ticks' period (2**29 ms on the Pico, 6.2 days).
    """

    def __init__(self, ticks_ms, ticks_diff):
        self._ticks_ms = ticks_ms
        self._ticks_diff = ticks_diff
        self._last_ticks = ticks_ms()
        self._own = 0
        self.epoch_ms = 0
        self.is_hosts = False

    def retry(self) -> Retry:
        """A timer that goes by the same ticks."""
        return Retry(self._ticks_ms, self._ticks_diff)

    def choose(self, is_hosts: bool, start_ms: int) -> None:
        """From now on this clock; it is `start_ms` now."""
        self.is_hosts = is_hosts
        self.epoch_ms = start_ms
        self._own = 0
        self._last_ticks = self._ticks_ms()

    @micropython.native
    def own(self) -> int:
        """Now, on the hub's own clock, in ms since the epoch."""
        ticks = self._ticks_ms()
        own = self._own + self._ticks_diff(ticks, self._last_ticks)
        if own - self._own > _OFTEN_MS:
            self._own = own
            self._last_ticks = ticks
        return own

    @micropython.native
    def told(self, buffer, at: int) -> int:
        """The time in the u48 in `buffer[at:]`, in ms since the epoch."""
        low, high = struct.unpack_from("<IH", buffer, at)
        return low + (high << 32) - self.epoch_ms

    def move_epoch(self, by_ms: int) -> None:
        """Count from `by_ms` later."""
        self.epoch_ms += by_ms
        self._own -= by_ms

    @micropython.native
    def on_the_wire(self, t: int) -> int:
        """The u48 of a time since the epoch: 0 where a restart makes it due before, and no later
        than the last one, wherever the host set the clock to.
        """
        if not self.epoch_ms and t >= 0:
            return t
        at = self.epoch_ms + t
        if 0 <= at <= _LAST_ON_THE_WIRE_MS:
            return at
        return 0 if at < 0 else _LAST_ON_THE_WIRE_MS
