"""When to try again what was not acknowledged: soon at first, then less and less often.

Knows nothing of frames. Time is the board's ticks, whatever clock the throttle is on.
"""

from commshub.compat import micropython

# More than a host that reads ever takes; a busy PC may let a process wait for 100 ms.
FIRST_MS = 500
# An hour: a host that comes back says so itself, and a night without one is to cost nothing.
LONGEST_MS = 3600000


class Retry:
    """A timer for one thing at a time.

    Args:
        ticks_ms, ticks_diff: of the board's `time`.
    """

    def __init__(self, ticks_ms, ticks_diff):
        self._ticks_ms = ticks_ms
        self._ticks_diff = ticks_diff
        self._since = 0
        self._after_ms = FIRST_MS
        self.is_running = False

    @micropython.native
    def start(self) -> None:
        """Begin to wait, for as long as `back_off` has made it."""
        self.is_running = True
        self._since = self._ticks_ms()

    @micropython.native
    def stop(self) -> None:
        """All is acknowledged; the next time is short again."""
        self.is_running = False
        self._after_ms = FIRST_MS

    @micropython.native
    def begin_again(self, is_anything_left: bool) -> None:
        """Some is acknowledged: wait anew for what is left, if anything is."""
        self.is_running = is_anything_left
        self._after_ms = FIRST_MS
        if is_anything_left:
            self._since = self._ticks_ms()

    def back_off(self) -> None:
        """Nobody answered: wait longer, from now on."""
        self._after_ms = min(2 * self._after_ms, LONGEST_MS)
        self.start()

    @micropython.native
    def left_ms(self) -> "int | None":
        """How long until it is time, 0 where it is; None: nothing is waited for."""
        if not self.is_running:
            return None
        gone_ms = self._ticks_diff(self._ticks_ms(), self._since)
        return max(0, self._after_ms - gone_ms)
