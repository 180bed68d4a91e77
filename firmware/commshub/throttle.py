"""The throttle: an alert and its time go in, a verdict and events come out.

Pure: no clock, no link, no file, no import of the board. Times are ms on one clock that never runs
backwards, told by the caller; integers only.

    alert -> advance to t -> red incident? -> count its key -> overloaded? -> sort -> count device

A device whose count exceeds amber, then red, has an incident; under a red incident its alerts are
counted by key (originator, target, code), and a key over its limit is overloaded: of an overloaded
key only samples are forwarded, each with the count of what was suppressed since the last report.
Quiet windows end an overload and close an incident; a suppressed count waits for `flush_ms` at the
most. After every call received = passed + sampled + suppressed, and suppressed = reported +
unreported; in shadow received = passed, and would_suppress = would_report + unreported.

Windows that close without effect are not visited one by one: an entry rolls over all of them when
it is next looked at. So a call costs what happens in it, however long the silence before was.
"""

from commshub.compat import micropython
from commshub.due import (
    DEVICE_SETTLES,
    KEY_SETTLES,
    device_settles_at,
    earlier,
    first_of_key,
    is_before,
    key_settles_at,
)
from commshub.entries import NO_INCIDENT, Key
from commshub.memory import Memory
from commshub.policy import PERIOD
from commshub.saves import BLOCK, Saves

# Verdicts.
PASS = 0
SAMPLE = 1
SUPPRESS = 2

# Events.
INCIDENT_OPEN = 1
INCIDENT_ESCALATE = 2
INCIDENT_CLOSE = 3
OVERLOAD_START = 4
SUMMARY = 5
OVERLOAD_END = 6
TABLE_FULL = 7

# Levels: of an incident (0: none); of a full table.
AMBER = 1
RED = 2
DEVICE_TABLE = 3
KEY_TABLE = 4

HUB_DEVICE_CAPACITY = 16
HUB_KEY_CAPACITY = 128


class Throttle(Memory):
    """One place where alerts are throttled; what it remembers and counts is in `Memory`.

    Args:
        policy: an acceptable `Policy` (its `refusal()` is None); not changed by anybody after.
        on_event: called as on_event(event, t, subject, level) in order of emission. `subject` is
            the `Device` of an incident, the `Key` of an overload or a summary, None for
            TABLE_FULL; it is only good during the call. `t` is when the event became due.
        device_capacity, key_capacity: entries.
        on_save: called as on_save(t) when what is remembered is to be saved for time `t`, before
            the call that made it due answers; None: there is nowhere to save it.
    """

    def __init__(
        self,
        policy,
        on_event,
        device_capacity: int = HUB_DEVICE_CAPACITY,
        key_capacity: int = HUB_KEY_CAPACITY,
        on_save=None,
    ):
        super().__init__(policy, device_capacity, key_capacity)
        # The Key of the alert that was just sampled, or just suppressed; else None.
        self.sample: Key = None
        self.silenced: Key = None
        # During a save that has an alert counted that is not answered yet: its verdict.
        self.verdict: int = None
        self._emit = on_event
        self._saves = Saves(on_save)

    @micropython.native
    def on_alert(self, t: int, originator, target, code: int) -> int:
        """Judge one alert.

        Args:
            t: arrival, ms; an earlier one than any call before is taken as the latest.
            originator, target: EUI-64s, anything hashable (8 bytes).
            code: alert code, 0 to 0xFFFF.

        Returns: PASS, SAMPLE (see `sample` for what goes with it) or SUPPRESS.
        """
        # The hottest lines of all, at the hub and in every simulation: so the steps of a storm's
        # alert are written out here, and calls are left to what is rarer.
        if self.now is None or t > self.now:
            self.now = t
        else:
            t = self.now
        if self.wake is not None and t >= self.wake:
            self._do_what_is_due()
        policy = self.policy
        self.received += 1
        self.sample = self.silenced = None
        verdict = PASS
        device = self.devices.find(originator)
        if code in policy.excluded_codes:
            self.excluded += 1
        elif device is not None and device.level == RED:
            key = self.keys.find((originator, target, code))
            if key is not None and key.overloaded:
                verdict = self._sort(t, key)
            else:
                verdict = self._count_key(t, key, device, target, code)
        if policy.shadow:
            self._account_in_shadow(verdict)
            verdict = PASS
        elif verdict == SUPPRESS:
            self.suppressed += 1
            self.unreported += 1
        elif verdict == PASS:
            self.passed += 1
        else:
            self.sampled += 1
        self._count_device(t, device, originator)
        if self._saves.is_owed:
            self.verdict = verdict
            self._saves.make()
            self.verdict = None
        return verdict

    def advance(self, now: int) -> None:
        """Time has come to `now` (ms): do everything that is due at or before it."""
        self._reach(now)

    def next_due(self) -> "int | None":
        """The next end of a window that matters, or the next flush, in ms; None: nothing is due.

        Allocates: nothing below 2**30.
        """
        due = None
        policy = self.policy
        for device in self.incidents:
            due = earlier(due, device.window_end(self.now, policy.device_window_ms))
        for key in self.overloads:
            due = earlier(due, key.window_end(self.now, policy.code_window_ms))
            if key.unreported:
                due = earlier(due, key.flush_from + policy.flush_ms)
        return due

    def next_save_due(self) -> "int | None":
        """When what is remembered is to be saved if nothing begins or ends before, in ms."""
        return self._saves.next_at(self.policy.save_interval_ms) if self.incidents else None

    def boot(self) -> None:
        """It is 0 ms, on a clock that has just begun: save, then do what is overdue."""
        self._saves.forget_time()
        self._saves.owe(0)
        self._saves.come_to(0, None)
        self.now = self.wake = 0
        self._do_what_is_due()

    def apply(self, policy, now: int) -> None:
        """Put an acceptable `policy` in force at `now`; everything open ends under the old one."""
        now = self._end_everything(now)
        self.policy = policy
        self._saves.come_to(now, None)

    def resize(self, device_capacity: int, key_capacity: int, now: int) -> None:
        """Tables of another size from `now` on; everything open ends first."""
        now = self._end_everything(now)
        self.make_tables(device_capacity, key_capacity)
        self._saves.come_to(now, None)

    def forget_time(self, now: int) -> None:
        """Everything open ends at `now`; what comes next may be earlier, or is a `boot`."""
        self._end_everything(now)
        self.now = None
        self._saves.forget_time()

    def move_epoch(self, by_ms: int) -> None:
        """Count time from `by_ms` later."""
        if self.now is not None:
            super().move_epoch(by_ms)
            self._saves.move_epoch(by_ms)

    # Time.

    def _reach(self, t):
        if self.now is None or t > self.now:
            self.now = t
        if self.wake is not None and self.now >= self.wake:
            self._do_what_is_due()
        return self.now

    def _do_what_is_due(self):
        """Do what has an effect up to `now`, earliest first; then note when the next one is."""
        while True:
            best = None
            best_t = best_kind = 0
            for device in self.incidents:
                t = device_settles_at(device, self.policy)
                if is_before(t, DEVICE_SETTLES, device, best_t, best_kind, best):
                    best, best_t, best_kind = device, t, DEVICE_SETTLES
            for key in self.overloads:
                t, kind = first_of_key(key, self.policy)
                if is_before(t, kind, key, best_t, best_kind, best):
                    best, best_t, best_kind = key, t, kind
            if best is None or best_t > self.now:
                self._save_up_to(self.now)
                self.wake = None if best is None else earlier(best_t, self.next_save_due())
                return
            self._save_up_to(best_t - 1)
            self._do(best_kind, best, best_t)

    def _do(self, kind, entry, t):
        if kind == DEVICE_SETTLES:
            self._close_incident(entry, t)
        elif kind == KEY_SETTLES:
            self._end_overload(entry, t)
        else:
            self._report(entry, t)
            self._emit(SUMMARY, t, entry, NO_INCIDENT)

    def _save_up_to(self, t):
        self._saves.come_to(t, self.policy.save_interval_ms if self.incidents else None)

    def _wake_by(self, t):
        self.wake = earlier(self.wake, t)

    def _end_everything(self, now):
        now = self._reach(now)
        for device in self.devices.in_order_made():
            if device.level != NO_INCIDENT:
                self._close_incident(device, now)
        self.devices.empty()
        self.keys.empty()
        self._saves.owe(now)
        return now

    # Keys.

    def _count_key(self, t, key, device, target, code):
        if key is None:
            key = self._take_key(t, device, target, code)
            if key is None:
                return PASS
        key.count_afresh(t, self.policy.code_window_ms)
        self.keys.touch(key)
        if key.count <= self.policy.limit_for(code):
            return PASS
        self._begin_overload(t, key)
        return SAMPLE

    def _take_key(self, t, device, target, code):
        was_full = self.keys.was_full
        key = self.keys.take((device.name, target, code), t)
        if key is None:
            self._fail_open(t, was_full, KEY_TABLE)
            return None
        key.device = device
        key.originator = device.originator
        key.target = target
        key.code = code
        return key

    def _begin_overload(self, t, key):
        key.begin_overload(t, self.next_overload_id)
        self.next_overload_id += 1
        self.keys.keep(key)
        self.overloads.append(key)
        self._wake_by(key_settles_at(key, self.policy))
        self._saves.owe(t)
        self.sample = key

    @micropython.native
    def _sort(self, t, key):
        policy = self.policy
        if t - key.start >= policy.code_window_ms:
            key.roll(t, policy.code_window_ms, policy.code_clear_limit)
        key.count += 1
        is_sample = t - key.last_sample_t >= policy.sample_period_ms
        if policy.sample_mode != PERIOD:
            is_sample = key.is_sample_by_count(is_sample, policy)
        if is_sample:
            self._report(key, t)
            key.suppressed_since_sample = 0
            key.last_sample_t = t
            self.sample = key
            return SAMPLE
        if key.unreported == 0:
            if key.total_suppressed == 0:
                self._emit(OVERLOAD_START, t, key, NO_INCIDENT)
            key.flush_from = t
            self._wake_by(t + policy.flush_ms)
        key.unreported += 1
        key.suppressed_since_sample += 1
        key.total_suppressed += 1
        self.silenced = key
        return SUPPRESS

    def _report(self, key, t):
        count = key.report()
        if (key.throttled_seq + 1) % BLOCK == 0:
            self._saves.owe(t)
        self.unreported -= count
        if self.policy.shadow:
            self.would_report += count
        else:
            self.reported += count

    def _end_overload(self, key, t):
        if key.total_suppressed > 0:
            self._report(key, t)
            self._emit(OVERLOAD_END, t, key, NO_INCIDENT)
        self._drop_key(key)
        self._saves.owe(t)

    def _drop_key(self, key):
        if key.overloaded:
            key.overloaded = False
            self.overloads.remove(key)
        self.keys.release(key)

    # Devices.

    @micropython.native
    def _count_device(self, t, device, originator):
        policy = self.policy
        if device is None:
            device = self._take_device(t, originator)
            if device is None:
                return
        if device.level == NO_INCIDENT:
            device.count_afresh(t, policy.device_window_ms)
            self.devices.touch(device)
        else:
            if t - device.start >= policy.device_window_ms:
                device.roll(t, policy.device_window_ms, policy.red_clear_threshold)
            device.count += 1
        if device.level != RED and device.count > policy.amber_threshold:
            if device.count > policy.red_threshold:
                self._raise_incident(t, device, RED)
            elif device.level == NO_INCIDENT:
                self._raise_incident(t, device, AMBER)

    def _take_device(self, t, originator):
        was_full = self.devices.was_full
        device = self.devices.take(originator, t)
        if device is None:
            self._fail_open(t, was_full, DEVICE_TABLE)
            return None
        device.originator = originator
        return device

    def _raise_incident(self, t, device, level):
        event = INCIDENT_OPEN if device.level == NO_INCIDENT else INCIDENT_ESCALATE
        if event == INCIDENT_OPEN:
            device.quiet = 0
            self.devices.keep(device)
            self.incidents.append(device)
            self._saves.owe(t)
            self._wake_by(device_settles_at(device, self.policy))
            self._wake_by(self.next_save_due())
        device.level = level
        self._emit(event, t, device, level)

    def _close_incident(self, device, t):
        for key in self.keys.in_order_made():
            if key.device is device:
                if key.overloaded:
                    self._end_overload(key, t)
                else:
                    self._drop_key(key)
        self._emit(INCIDENT_CLOSE, t, device, device.level)
        device.level = NO_INCIDENT
        self.incidents.remove(device)
        self.devices.release(device)
        self._saves.owe(t)

    # Accounts.

    def _account_in_shadow(self, verdict):
        self.passed += 1
        self.sample = self.silenced = None
        if verdict == SAMPLE:
            self.would_sample += 1
        elif verdict == SUPPRESS:
            self.would_suppress += 1
            self.unreported += 1

    def _fail_open(self, t, was_full, level):
        self.untracked += 1
        if not was_full:
            self._emit(TABLE_FULL, t, None, level)
