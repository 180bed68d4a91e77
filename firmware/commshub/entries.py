"""What the throttle keeps of a device and of a key: a window, and what is open beside it.

Pure; knows no clock and no table. What is done with entries is in `throttle.py`. There are no
properties in what counts: MicroPython stores every attribute of a class that has one more slowly.
"""

from commshub.compat import micropython
from commshub.policy import COUNT, EITHER
from commshub.table import Entry

NO_INCIDENT = 0  # the level of a device without one; the others are the throttle's


class Device(Entry):
    """An originator: its window, and its incident if it has one."""

    def __init__(self):
        super().__init__()
        self.originator = None
        self.level = NO_INCIDENT


class Key(Entry):
    """An originator, target and code: its window, and its overload if it has one.

    `throttled_count` is the count that left with the last sample, summary or end.
    """

    def __init__(self):
        super().__init__()
        self.device = None
        self.originator = self.target = None
        self.code = 0
        self.overloaded = False
        self.overload_id = 0
        self.throttled_seq = 0
        self.throttled_count = 0
        self.total_suppressed = 0
        self.unreported = 0
        self.suppressed_since_sample = 0
        self.last_sample_t = 0
        self.flush_from = 0

    def begin_overload(self, t, overload_id):
        """This key is over its limit from `t` on; the alert at `t` is its first sample."""
        self.overloaded = True
        self.overload_id = overload_id
        self.throttled_seq = 1
        self.throttled_count = 0
        self.total_suppressed = 0
        self.unreported = 0
        self.suppressed_since_sample = 0
        self.quiet = 0
        self.last_sample_t = t

    @micropython.native
    def is_sample_by_count(self, by_period, policy) -> bool:
        """Whether an alert is a sample in a mode that goes by the count, too.

        Args:
            by_period: whether the period alone would make it one.
        """
        by_count = self.suppressed_since_sample >= policy.sample_every - 1
        mode = policy.sample_mode
        if mode == COUNT:
            return by_count
        return by_period or by_count if mode == EITHER else by_period and by_count

    @micropython.native
    def report(self) -> int:
        """Take what is unreported into a numbered report; returns its count."""
        count = self.unreported
        self.throttled_seq += 1
        self.throttled_count = count
        self.unreported = 0
        return count
