"""When a throttle's memory is to be saved.

Pure. At once where something began or ended, so that a restart finds it; and while an incident is
open a fixed time after the last save, because counts move all the while. Saves that nothing could
tell apart are one save: of several that come due with nothing in between only the last is made.
"""

from commshub.compat import micropython

# Numbers that must never be used twice are reserved in blocks of this many: after a restart they
# go on with the next block, whatever of the old one had been used since the save.
BLOCK = 64


def next_block(number: int) -> int:
    """The first number of the block after the one that `number`, not yet used, belongs to."""
    return (number // BLOCK + 1) * BLOCK


class Saves:
    """The saves of one throttle; it owes one from the change that asks for it until it is made.

    Args:
        on_save: called as on_save(t) when the memory, as it is, is to be saved for time `t`;
            None: nothing is ever saved.
    """

    def __init__(self, on_save):
        self.is_owed = False
        self._on_save = on_save
        self._last_t = None  # type: int

    @micropython.native
    def owe(self, t: int) -> None:
        """At `t` something changed that must outlive a restart.

        What a restart finds overdue is saved for the time of the boot, which was saved before.
        """
        if self._on_save is None:
            return
        self.is_owed = True
        if self._last_t is None or t > self._last_t:
            self._last_t = t

    @micropython.native
    def come_to(self, t: int, interval_ms: "int | None") -> None:
        """Make the last save that is due at or before `t`, if any is.

        Args:
            interval_ms: between saves; None: no incident is open, so none comes due by itself.
        """
        if self._last_t is None:
            return
        if interval_ms is not None and t - self._last_t >= interval_ms:
            self.owe(t - (t - self._last_t) % interval_ms)
        if self.is_owed and self._last_t <= t:
            self.make()

    @micropython.native
    def make(self) -> None:
        """Make the save that is owed."""
        self.is_owed = False
        self._on_save(self._last_t)

    @micropython.native
    def next_at(self, interval_ms: int) -> "int | None":
        """When the next one is due while an incident is open, ms; None: never."""
        return None if self._last_t is None else self._last_t + interval_ms

    def move_epoch(self, by_ms: int) -> None:
        """Count time from `by_ms` later."""
        if self._last_t is not None:
            self._last_t -= by_ms

    def forget_time(self) -> None:
        """What comes next may be earlier; what is owed is for it to save."""
        self._last_t = None
        self.is_owed = False
