"""A second throttle, written from MECHANISM.md alone, to hold the real one to it.

Simple and slow on purpose. It writes down what happened (when each alert was counted, what was
withheld and what was said of it) and works out every count, number and due time from those lists
by loops, each time anew. Windows close one by one, in order of time. A save is a deep copy of all
that, and a restart moves every time written down in the copy. It must not know the modules of the
real one, and shares only `commshub.policy.Policy` with it.

Section numbers in this file are those of MECHANISM.md.
"""

from collections import Counter, namedtuple
from copy import deepcopy

from commshub.policy import BOTH, COUNT, EITHER, PERIOD

PASS, SAMPLE, SUPPRESS = 0, 1, 2

INCIDENT_OPEN = 1
INCIDENT_ESCALATE = 2
INCIDENT_CLOSE = 3
OVERLOAD_START = 4
SUMMARY = 5
OVERLOAD_END = 6
TABLE_FULL = 7

AMBER, RED = 1, 2
DEVICE_TABLE, KEY_TABLE = 3, 4

COUNTERS = (
    "received",
    "passed",
    "sampled",
    "suppressed",
    "reported",
    "would_sample",
    "would_suppress",
    "would_report",
    "excluded",
    "untracked",
)

Sample = namedtuple("Sample", "overload_id throttled_seq throttled_count total_suppressed")
KeyNotice = namedtuple(
    "KeyNotice",
    "originator target code overload_id throttled_seq throttled_count total_suppressed",
)
DeviceNotice = namedtuple("DeviceNotice", "originator")
Due = namedtuple("Due", "t kind place happen entry")
Save = namedtuple("Save", "t state")

# What a save holds, section 9, besides its time. Not `latest`: only the hub that boots knows it.
REMEMBERED = (
    "policy",
    "device_capacity",
    "key_capacity",
    "devices",
    "keys",
    "counted",
    "failed_open",
    "overloads",
    "calls",
)
BLOCK = 64  # numbers are reserved in blocks of this many, section 9


def first_of_next_block(number):
    """Where numbers go on after a restart, `number` being the next one by the save."""
    return (number // BLOCK + 1) * BLOCK


class Entry:
    """One entry of either table: the times it counted, and how its closed windows ended."""

    def __init__(self, window_ms):
        self.window_ms = window_ms
        self.start_afresh()
        self.last_call = None  # number of the call that last counted here, for section 7

    def start_afresh(self):
        self.times = []  # of the alerts counted since the anchor, which is the first of them
        self.closed = []  # counts of the windows that have closed, the oldest first

    def window_number(self, t):
        return (t - self.times[0]) // self.window_ms

    def window_end(self):
        """End of the window in force: the one after those that have closed."""
        return self.times[0] + (len(self.closed) + 1) * self.window_ms

    def count(self):
        """Alerts in the window in force."""
        start = self.window_end() - self.window_ms
        return sum(1 for t in self.times if start <= t < self.window_end())

    def close_window(self):
        self.closed.append(self.count())

    def quiet_run(self, limit):
        """How many of the last closed windows, in a row, held no more than `limit`."""
        run = 0
        for count in reversed(self.closed):
            if count > limit:
                break
            run += 1
        return run

    def shift(self, by_ms):
        self.times = [t + by_ms for t in self.times]


class Device(Entry):
    def __init__(self, originator, window_ms):
        Entry.__init__(self, window_ms)
        self.originator = originator
        self.level = None  # AMBER or RED while there is an incident

    def is_kept(self):
        return self.level is not None


class Key(Entry):
    """A key and, while it is overloaded, the history of its overload.

    The history holds (what, t) in order: "suppress", and the three kinds that bear a
    `throttled_seq`: "sample", "summary", "end".
    """

    def __init__(self, key, window_ms):
        Entry.__init__(self, window_ms)
        self.originator, self.target, self.code = key
        self.overload_id = None
        self.history = []
        self.numbers_skipped = 0  # of `throttled_seq`, by restarts

    def is_kept(self):
        return self.overload_id is not None

    def throttled_seq(self):
        used = sum(1 for what, _ in self.history if what != "suppress")
        return self.numbers_skipped + used

    def next_seq(self):
        return self.throttled_seq() + 1

    def total_suppressed(self):
        return sum(1 for what, _ in self.history if what == "suppress")

    def suppressed_after(self, *marks):
        """Times of the suppressions after the last of `marks`."""
        times = []
        for what, t in self.history:
            if what == "suppress":
                times.append(t)
            elif what in marks:
                times = []
        return times

    def unreported(self):
        return len(self.suppressed_after("sample", "summary", "end"))

    def suppressed_since_sample(self):
        return len(self.suppressed_after("sample"))

    def flush_from(self):
        return self.suppressed_after("sample", "summary", "end")[0]

    def last_sample_t(self):
        return [t for what, t in self.history if what == "sample"][-1]

    def shift(self, by_ms):
        Entry.shift(self, by_ms)
        self.history = [(what, t + by_ms) for what, t in self.history]

    def skip_to_next_block(self):
        self.numbers_skipped += first_of_next_block(self.next_seq()) - self.next_seq()

    def notice(self, throttled_count):
        return KeyNotice(
            self.originator,
            self.target,
            self.code,
            self.overload_id,
            self.throttled_seq(),
            throttled_count,
            self.total_suppressed(),
        )


class Oracle:
    """The throttle of MECHANISM.md and its saves, booted at time 0 on an empty store.

    With the interface of the real one, but for `move_epoch` and for `power_cut`, which here is a
    call like any other.
    """

    def __init__(self, policy, on_event, device_capacity=16, key_capacity=128):
        self.policy = policy
        self.on_event = on_event
        self.device_capacity = device_capacity
        self.key_capacity = key_capacity
        self.devices = []  # in the order in which the entries were made
        self.keys = []  # likewise
        self.counted = Counter()  # everything that was ever counted, by counter
        self.failed_open = {DEVICE_TABLE: False, KEY_TABLE: False}
        self.overloads = 0
        self.calls = 0
        self.latest = 0
        self.sample = None
        self.must_save = False  # something began, ended or used up its numbers: save after it
        self.save_times = []  # of all saves, in the order in which they were made
        self._save(0)

    def __getattr__(self, name):
        if name not in COUNTERS:
            raise AttributeError(name)
        return self.counted[name]

    @property
    def unreported(self):
        return sum(key.unreported() for key in self.keys)

    def next_due(self):
        return min((due.t for due in self._all_due()), default=None)

    # What goes in.

    def on_alert(self, t, originator, target, code):
        """Section 4. The verdict; after a SAMPLE, `sample` holds what is attached."""
        self.calls += 1
        self.sample = None
        self.advance(t)
        verdict = PASS
        is_excluded = code in self.policy.excluded_codes
        if is_excluded:
            self._note("excluded")
        if not is_excluded and self._is_red(originator):
            verdict = self._sort((originator, target, code))
        self._count_at_device(originator)
        self._note("received")
        verdict = self._leave(verdict)
        if self.must_save:
            self._save(self.latest)
        return verdict

    def advance(self, now):
        """Section 6: whatever is due, earliest first; a save comes last of all at its time."""
        self.latest = max(self.latest, now)
        while True:
            times = [t for t in (self.next_due(), self.next_save) if t is not None]
            if not times or min(times) > self.latest:
                return
            self._pass_time(min(times))

    def _pass_time(self, t):
        """Everything due at `t`, when nothing is due earlier."""
        while self.next_due() == t:
            first = min(self._all_due(), key=lambda due: due[:3])
            first.happen(first.entry, t)
        if (self.must_save or self.next_save == t) and t >= self.saved.t:
            self._save(t)

    def apply(self, policy, now):
        """Section 10, for a policy that has been checked."""
        self.advance(now)
        for device in list(self.devices):
            if device.level is not None:
                self._close_incident(device, self.latest)
        self.devices = []
        self.keys = []
        self.policy = policy
        self._save(self.latest)

    # Section 9.

    @property
    def next_save(self):
        """When time itself calls for a save: only while an incident is open."""
        if all(device.level is None for device in self.devices):
            return None
        return self.saved.t + self.policy.save_interval_ms

    def power_cut(self, t):
        """Off just before `t`, and up again at `t` with the last save."""
        assert t >= self.latest
        self.advance(t - 1)
        self.sample = None
        self._restore(t - (self.saved.t + self.saved.state["policy"].save_interval_ms))
        self.latest = t
        self._save(t)
        self.advance(t)
        if (
            self.must_save
        ):  # what was overdue is saved for the time of the boot, the earliest there is
            self._save(t)

    def _save(self, t):
        self.saved = Save(t, deepcopy({name: getattr(self, name) for name in REMEMBERED}))
        self.save_times.append(t)
        self.must_save = False

    def _restore(self, by_ms):
        for name, value in deepcopy(self.saved.state).items():
            setattr(self, name, value)
        for entry in self.devices + self.keys:
            entry.shift(by_ms)
        for key in self.keys:
            if key.overload_id is not None:
                key.skip_to_next_block()
        self.overloads = first_of_next_block(self.overloads + 1) - 1

    # Steps 3 to 5 of section 4.

    def _sort(self, key_of_alert):
        key = self._find(self.keys, key_of_alert, _key_name)
        if key is None:
            if not self._make_room(self.keys, self.key_capacity, KEY_TABLE):
                return PASS
            key = Key(key_of_alert, self.policy.code_window_ms)
            self.keys.append(key)
        self._count(key)
        if key.overload_id is None:
            return self._maybe_overload(key)
        if self._is_sample(key):
            return self._take_sample(key)
        return self._withhold(key)

    def _maybe_overload(self, key):
        limits = self.policy.code_limits
        limit = limits.get(key.code, self.policy.code_limit)
        if key.count() <= limit:
            return PASS
        self.overloads += 1
        key.overload_id = self.overloads
        self.must_save = True
        return self._take_sample(key)

    def _is_sample(self, key):
        period = self.latest - key.last_sample_t() >= self.policy.sample_period_ms
        count = key.suppressed_since_sample() >= self.policy.sample_every - 1
        return {
            PERIOD: period,
            COUNT: count,
            EITHER: period or count,
            BOTH: period and count,
        }[self.policy.sample_mode]

    def _take_sample(self, key):
        unreported = key.unreported()
        key.history.append(("sample", self.latest))
        self._save_if_block_is_used_up(key)
        self._note_report(unreported)
        if not self.policy.shadow:
            self.sample = Sample(
                key.overload_id, key.throttled_seq(), unreported, key.total_suppressed()
            )
        return SAMPLE

    def _withhold(self, key):
        if key.total_suppressed() == 0:
            self.on_event(OVERLOAD_START, self.latest, key.notice(0), 0)
        key.history.append(("suppress", self.latest))
        return SUPPRESS

    def _count_at_device(self, originator):
        device = self._find(self.devices, originator, _device_name)
        if device is None:
            if not self._make_room(self.devices, self.device_capacity, DEVICE_TABLE):
                return
            device = Device(originator, self.policy.device_window_ms)
            self.devices.append(device)
        self._count(device)
        if device.count() > self.policy.red_threshold and device.level != RED:
            event = INCIDENT_OPEN if device.level is None else INCIDENT_ESCALATE
            self.must_save = self.must_save or device.level is None
            device.level = RED
            self.on_event(event, self.latest, DeviceNotice(originator), RED)
        elif device.count() > self.policy.amber_threshold and device.level is None:
            device.level = AMBER
            self.must_save = True
            self.on_event(INCIDENT_OPEN, self.latest, DeviceNotice(originator), AMBER)

    def _count(self, entry):
        """Section 3: the alert of this call, in the window that it falls in."""
        if entry.times and not entry.is_kept() and entry.window_number(self.latest) > 0:
            entry.start_afresh()
        entry.times.append(self.latest)
        entry.last_call = self.calls
        assert entry.window_number(self.latest) == len(entry.closed)

    def _is_red(self, originator):
        device = self._find(self.devices, originator, _device_name)
        return device is not None and device.level == RED

    # Section 6.

    def _all_due(self):
        due = []
        for place, device in enumerate(self.devices):
            if device.level is not None:
                due.append(Due(device.window_end(), 0, place, self._close_device_window, device))
        for place, key in enumerate(self.keys):
            if key.overload_id is None:
                continue
            due.append(Due(key.window_end(), 1, place, self._close_key_window, key))
            if key.unreported() > 0:
                flush_t = key.flush_from() + self.policy.flush_ms
                due.append(Due(flush_t, 2, place, self._flush, key))
        return due

    def _close_device_window(self, device, t):
        device.close_window()
        quiet = device.quiet_run(self.policy.red_clear_threshold)
        if quiet >= self.policy.red_clear_windows:
            self._close_incident(device, t)

    def _close_key_window(self, key, t):
        key.close_window()
        if key.quiet_run(self.policy.code_clear_limit) >= self.policy.code_clear_windows:
            self._end_overload(key, t)

    def _flush(self, key, t):
        self._report(SUMMARY, "summary", key, t)

    def _close_incident(self, device, t):
        for key in [key for key in self.keys if key.originator == device.originator]:
            if key.overload_id is None:
                self.keys.remove(key)
            else:
                self._end_overload(key, t)
        self.on_event(INCIDENT_CLOSE, t, DeviceNotice(device.originator), device.level)
        self.devices.remove(device)
        self.must_save = True

    def _end_overload(self, key, t):
        if key.total_suppressed() > 0:
            self._report(OVERLOAD_END, "end", key, t)
        self.keys.remove(key)
        self.must_save = True

    def _report(self, event, what, key, t):
        unreported = key.unreported()
        key.history.append((what, t))
        self._save_if_block_is_used_up(key)
        self._note_report(unreported)
        self.on_event(event, t, key.notice(unreported), 0)

    def _save_if_block_is_used_up(self, key):
        """Or a number from the next block could be used again after a power cut."""
        if key.next_seq() % BLOCK == 0:
            self.must_save = True

    # Section 7.

    def _find(self, table, name, name_of):
        for entry in table:
            if name_of(entry) == name:
                return entry
        return None

    def _make_room(self, table, capacity, which):
        """Whether there is room for one more entry, if need be by another's giving way."""
        if len(table) >= capacity:
            may_go = [entry for entry in table if not entry.is_kept()]
            if not may_go:
                self._fail_open(which)
                return False
            table.remove(min(may_go, key=lambda entry: entry.last_call))
        self.failed_open[which] = False
        return True

    def _fail_open(self, which):
        self._note("untracked")
        if not self.failed_open[which]:
            self.on_event(TABLE_FULL, self.latest, None, which)
        self.failed_open[which] = True

    # Sections 5 and 8.

    def _leave(self, verdict):
        if self.policy.shadow:
            if verdict != PASS:
                self._note({SAMPLE: "would_sample", SUPPRESS: "would_suppress"}[verdict])
            verdict = PASS
        self._note({PASS: "passed", SAMPLE: "sampled", SUPPRESS: "suppressed"}[verdict])
        return verdict

    def _note_report(self, count):
        self._note("would_report" if self.policy.shadow else "reported", count)

    def _note(self, counter, how_much=1):
        self.counted[counter] += how_much


def _device_name(device):
    return device.originator


def _key_name(key):
    return key.originator, key.target, key.code
