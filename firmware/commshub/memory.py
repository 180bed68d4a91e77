"""What a throttle remembers: its two tables, what is open in them, its counts, the latest time.

Pure, and without rules: what is done with all this is in `throttle.py`. It can be moved to another
epoch, and `snapshot.py` writes it down for the time after a restart.
"""

from commshub.due import device_settles_at, key_settles_at
from commshub.entries import Device, Key
from commshub.policy import LONGEST_MS
from commshub.table import Table

ACCOUNTS = (  # in the order of the Counters frame
    "received",
    "passed",
    "sampled",
    "suppressed",
    "reported",
    "unreported",
    "excluded",
    "untracked",
    "would_sample",
    "would_suppress",
    "would_report",
)


class Memory:
    """The state of one throttle.

    The accounts are plain attributes, cumulative over the life of the hub. Times are ms since an
    epoch; `now` is the latest that any call has reached, None before the first.
    """

    def __init__(self, policy, device_capacity: int, key_capacity: int):
        self.policy = policy
        self.now = None  # type: int
        self.received = self.passed = self.sampled = self.suppressed = self.reported = 0
        self.would_sample = self.would_suppress = self.would_report = 0
        self.unreported = self.excluded = self.untracked = 0
        self.next_overload_id = 1
        self.make_tables(device_capacity, key_capacity)
        self.incidents = []  # devices with an incident, in no order
        self.overloads = []  # overloaded keys, in no order
        # Nothing has an effect before this time; None: nothing is pending.
        self.wake = None  # type: int

    def accounts(self) -> list:
        """The accounts, as frames and saves have them: u32, beginning again at 2**32."""
        return [getattr(self, name) & 0xFFFFFFFF for name in ACCOUNTS]

    def make_tables(self, device_capacity: int, key_capacity: int) -> None:
        """Empty tables of this many entries; nothing must be open in those before."""
        self.devices = Table(device_capacity, Device)
        self.keys = Table(key_capacity, Key)

    def move_epoch(self, by_ms: int) -> None:
        """Count time from `by_ms` later: every stored time becomes smaller by that.

        No time is kept further back than the longest that a policy can name: all that is asked of
        an older one is whether it is that old.
        """
        self.roll_what_is_open(self.now)
        self.now -= by_ms
        floor = self.now - LONGEST_MS
        for device in self.devices.in_order_made():
            device.start = max(device.start - by_ms, floor)
        for key in self.keys.in_order_made():
            key.start = max(key.start - by_ms, floor)
            key.last_sample_t = max(key.last_sample_t - by_ms, floor)
            key.flush_from = max(key.flush_from - by_ms, floor)
        if self.wake is not None:
            self.wake -= by_ms

    def roll_what_is_open(self, t: int) -> None:
        """Close every window that is over at `t` without an effect.

        One that a restart finds overdue stays open until the throttle has done what is due.
        """
        policy = self.policy
        for device in self.incidents:
            if device_settles_at(device, policy) > t:
                device.roll(t, policy.device_window_ms, policy.red_clear_threshold)
        for key in self.overloads:
            if key_settles_at(key, policy) > t:
                key.roll(t, policy.code_window_ms, policy.code_clear_limit)
