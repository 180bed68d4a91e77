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

from array import array

from commshub.compat import const, micropython
from commshub.due import DEVICE_SETTLES, KEY_SETTLES, find_next
from commshub.entries import (
    as_word,
    begin_overload,
    count_afresh,
    device_settles_at,
    key_settles_at,
    roll,
    take_unreported,
)
from commshub.gbcs import CODE, ORIGINATOR_AT, TARGET_AT
from commshub.memory import PASS as PASS
from commshub.memory import SAMPLE as SAMPLE
from commshub.memory import SUPPRESS as SUPPRESS
from commshub.places import enter, find
from commshub.quick import foresee, is_sample, judge, suppress_first
from commshub.saves import BLOCK
from commshub.telling import Telling

# As in `state`, `entries`, `telling` and `quick`: looked up there, each would cost time and heap.
_NOW = const(0)
_WAKE = const(1)
_DEVICE_AT = const(3)
_KEY_AT = const(4)
_DUE_T = const(6)
_DUE_KIND = const(7)
_RECEIVED = const(8)
_REPORTED = const(12)
_EXCLUDED = const(13)
_WOULD_REPORT = const(17)
_SHADOW = const(31)
_LAST_COUNT = const(37)
_NO_INCIDENT = const(0)
_NOBODY = const(0)
_START = const(3)
_COUNT = const(4)
_QUIET = const(5)
_LEVEL = const(6)
_OVERLOAD_ID = const(9)
_THROTTLED_SEQ = const(10)
_TOTAL_SUPPRESSED = const(11)
_TOTAL_REPORTED = const(12)
_TOTAL_AT_SAMPLE = const(13)
_LAST_SAMPLE_T = const(14)
_FLUSH_FROM = const(15)
_SILENT_UNTIL = const(16)
_AMBER = const(1)
_INCIDENT_OPEN = const(1)
_INCIDENT_ESCALATE = const(2)
_RED = const(2)
_DEVICE_TABLE = const(3)
_INCIDENT_CLOSE = const(3)
_KEY_TABLE = const(4)
_OVERLOAD_START = const(4)
_SUMMARY = const(5)
_OVERLOAD_END = const(6)
_FIRST = const(3)
_RULES = const(4)

HUB_DEVICE_CAPACITY = 16
HUB_KEY_CAPACITY = 128


class Throttle(Telling):
    """One place where alerts are throttled; what it remembers is in `Memory`, when it
    has something to do in `Pending`, whom it tells in `Telling`.

    Args:
        policy: an acceptable `Policy` (its `refusal()` is None); not changed by anybody after.
        on_event: called as on_event(event, t, subject, level) in order of emission. `subject` is
            a `DeviceView` of an incident, a `KeyView` of an overload or a summary, None for
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
        super().__init__(policy, on_event, device_capacity, key_capacity, on_save)
        # During a save that has an alert counted that is not answered yet: its verdict.
        self.verdict: int = None

    def on_alert(self, t: int, originator, target, code: int) -> int:
        """Judge one alert.

        Args:
            t: arrival, ms; an earlier one than any call before is taken as the latest.
            originator, target: EUI-64s, 8 bytes each.
            code: alert code, 0 to 0xFFFF.

        Returns: PASS, SAMPLE (see `sample` for what goes with it) or SUPPRESS.
        """
        state = self.state
        self.places.find_named(state, originator, target, code)
        is_excluded = code in self.policy.excluded_codes
        verdict = judge(state, self.devices.words, self.keys.words, t, is_excluded)
        if verdict == _FIRST:
            return self.suppress_first()
        if verdict == _RULES:
            verdict = self._go_by_the_rules(t, originator + target, array("i", (0, 8, code)))
        return verdict

    @micropython.native
    def judge(self, t: int, buffer, found) -> int:
        """As `on_alert`, for an alert that lies in `buffer`.

        Args:
            found: what a `gbcs.AlertReader` has found there.

        Allocates: nothing, unless something begins or ends.
        """
        state, devices, keys, names, _ = self.parts
        find(state, devices, keys, names, buffer, found)
        is_excluded = found[CODE] in self.policy.excluded_codes
        verdict = judge(state, devices, keys, t, is_excluded)
        if verdict < _FIRST:
            return verdict
        if verdict == _RULES and not is_excluded and enter(state, devices, keys, buffer, found, t):
            verdict = judge(state, devices, keys, t, is_excluded)
        if verdict == _RULES:
            return self._go_by_the_rules(t, buffer, found)
        return self.suppress_first() if verdict == _FIRST else verdict

    @micropython.native
    def suppress_first(self) -> int:
        """Tell of an overload, then count the alert that `quick.judge` called the FIRST of it."""
        state, devices, keys, _, _ = self.parts
        view = self._key  # as `_tell_of_key`, which would be one call more
        view.at = state[_KEY_AT]
        self._emit(_OVERLOAD_START, state[_NOW], view, _NO_INCIDENT)
        suppress_first(state, devices, keys)
        return SUPPRESS

    @micropython.native
    def _go_by_the_rules(self, t, buffer, found):
        state = self.state
        originator_at, target_at, code = found[ORIGINATOR_AT], found[TARGET_AT], found[CODE]
        if t >= state[_WAKE]:
            self._reach(t)
            # What was due may have taken entries away.
            self.find_entries(buffer, found)
        t = self._reach(t)
        device = state[_DEVICE_AT]
        state[_RECEIVED] += 1
        verdict = PASS
        if code in self.policy.excluded_codes:
            state[_EXCLUDED] += 1
        elif device != _NOBODY and self.devices.words[device + _LEVEL] == _RED:
            key = state[_KEY_AT]
            if key != _NOBODY and self.keys.words[key + _OVERLOAD_ID]:
                verdict = self._sort(t, key)
            else:
                verdict = self._count_key(t, key, device, buffer, target_at, code)
        verdict = self.account(verdict)
        if verdict == SUPPRESS:
            foresee(state, self.devices.words, self.keys.words)
        self._count_device(t, device, buffer, originator_at)
        if self._saves.is_owed:
            self.verdict = verdict
            self._saves.make()
            self.verdict = None
        return verdict

    def advance(self, now: int) -> None:
        """Time has come to `now` (ms): do everything that is due at or before it."""
        self._reach(now)

    def boot(self) -> None:
        """It is 0 ms, on a clock that has just begun: save, then do what is overdue."""
        self._saves.forget_time()
        self._saves.owe(0)
        self._saves.come_to(0, None)
        self.state[_NOW] = 0
        self._do_what_is_due()

    def apply(self, policy, now: int) -> None:
        """Put an acceptable `policy` in force at `now`; everything open ends under the old one."""
        now = self._end_everything(now)
        self.set_policy(policy)
        self._saves.come_to(now, None)

    def resize(self, device_capacity: int, key_capacity: int, now: int) -> None:
        """Tables of another size from `now` on; everything open ends first."""
        now = self._end_everything(now)
        self.make_tables(device_capacity, key_capacity)
        self._saves.come_to(now, None)

    def forget_time(self, now: int) -> None:
        """Everything open ends at `now`; what comes next may be earlier, or is a `boot`."""
        self._end_everything(now)
        self.state[_NOW] = 0
        self._saves.forget_time()

    # Time.

    @micropython.native
    def _reach(self, t):
        state = self.state
        if t > state[_NOW]:
            state[_NOW] = t
        if state[_NOW] >= state[_WAKE]:
            self._do_what_is_due()
        return state[_NOW]

    @micropython.native
    def _do_what_is_due(self):
        """Do what has an effect up to `now`, earliest first; then note when the next one is."""
        state = self.state
        while True:
            at = find_next(state, self.devices.words, self.keys.words)
            t = state[_DUE_T]
            if at == _NOBODY or t > state[_NOW]:
                self._save_up_to(state[_NOW])
                self._wake_at(t)
                return
            kind = state[_DUE_KIND]
            self._save_up_to(t - 1)
            if kind == DEVICE_SETTLES:
                self._close_incident(at, t)
            elif kind == KEY_SETTLES:
                self._end_overload(at, t)
            else:
                self._report(at, t)
                self._tell_of_key(_SUMMARY, t, at)

    def _end_everything(self, now):
        now = self._reach(now)
        for at in self.devices.in_order_made():
            if self.devices.words[at + _LEVEL] != _NO_INCIDENT:
                self._close_incident(at, now)
        self.keys.empty()
        self.devices.empty()
        self.forget_last()
        self._note_wake()
        self._saves.owe(now)
        return now

    # Keys.

    @micropython.native
    def _count_key(self, t, key, device, buffer, target_at, code):
        if key == _NOBODY:
            key = self._take_key(t, device, buffer, target_at, code)
            if key == _NOBODY:
                return PASS
        words = self.keys.words
        count_afresh(words, key, t, self.policy.code_window_ms)
        self.keys.touch(key)
        if words[key + _COUNT] <= self.policy.limit_for(code):
            return PASS
        self._begin_overload(t, key)
        return SAMPLE

    @micropython.native
    def _take_key(self, t, device, buffer, target_at, code):
        was_full = self.keys.was_full
        key = self.state[_KEY_AT] = self.keys.take(t)
        if key == _NOBODY:
            self._fail_open(t, was_full, _KEY_TABLE)
        else:
            self.places.put_key(key, device, buffer, target_at, code)
            self.keys.words[key + _OVERLOAD_ID] = self.keys.words[key + _SILENT_UNTIL] = 0
        return key

    @micropython.native
    def _begin_overload(self, t, key):
        begin_overload(self.keys.words, key, t, self.next_overload_id)
        self.state[_LAST_COUNT] = 0
        self.next_overload_id += 1
        self.keys.keep(key)
        self._saves.owe(t)
        self._wake_for(key_settles_at(self.keys.words, key, self.policy))

    @micropython.native
    def _sort(self, t, key):
        policy = self.policy
        words = self.keys.words
        if t - words[key + _START] >= policy.code_window_ms:
            roll(words, key, t, policy.code_window_ms, policy.code_clear_limit)
        words[key + _COUNT] += 1
        if is_sample(self.state, words, key, t):
            self._report(key, t)
            words[key + _TOTAL_AT_SAMPLE] = words[key + _TOTAL_SUPPRESSED]
            words[key + _LAST_SAMPLE_T] = t
            return SAMPLE
        if words[key + _TOTAL_SUPPRESSED] == words[key + _TOTAL_REPORTED]:
            if words[key + _TOTAL_SUPPRESSED] == 0:
                self._tell_of_key(_OVERLOAD_START, t, key)
            words[key + _FLUSH_FROM] = t
            self._wake_by(t + policy.flush_ms)
        words[key + _TOTAL_SUPPRESSED] += 1
        return SUPPRESS

    @micropython.native
    def _report(self, key, t):
        """Take what is unreported of this key into a numbered report."""
        state, words = self.state, self.keys.words
        count = take_unreported(words, key)
        state[_LAST_COUNT] = as_word(count)
        if (words[key + _THROTTLED_SEQ] + 1) % BLOCK == 0:
            self._saves.owe(t)
        state[_WOULD_REPORT if state[_SHADOW] else _REPORTED] += count

    @micropython.native
    def _end_overload(self, key, t):
        if self.keys.words[key + _TOTAL_SUPPRESSED] != 0:
            self._report(key, t)
            self._tell_of_key(_OVERLOAD_END, t, key)
        self.keys.release(key)
        self._saves.owe(t)

    # Devices.

    @micropython.native
    def _count_device(self, t, device, buffer, originator_at):
        policy = self.policy
        if device == _NOBODY:
            device = self._take_device(t, buffer, originator_at)
            if device == _NOBODY:
                return
        words = self.devices.words
        if words[device + _LEVEL] == _NO_INCIDENT:
            count_afresh(words, device, t, policy.device_window_ms)
            self.devices.touch(device)
        else:
            if t - words[device + _START] >= policy.device_window_ms:
                roll(words, device, t, policy.device_window_ms, policy.red_clear_threshold)
            words[device + _COUNT] += 1
        if words[device + _LEVEL] != _RED and words[device + _COUNT] > policy.amber_threshold:
            if words[device + _COUNT] > policy.red_threshold:
                self._raise_incident(t, device, _RED)
            elif words[device + _LEVEL] == _NO_INCIDENT:
                self._raise_incident(t, device, _AMBER)

    @micropython.native
    def _take_device(self, t, buffer, originator_at):
        was_full = self.devices.was_full
        device = self.devices.take(t)
        if device == _NOBODY:
            self._fail_open(t, was_full, _DEVICE_TABLE)
        else:
            self.places.put_device(device, buffer, originator_at)
            self.devices.words[device + _LEVEL] = _NO_INCIDENT
        return device

    @micropython.native
    def _raise_incident(self, t, device, level):
        words = self.devices.words
        is_new = words[device + _LEVEL] == _NO_INCIDENT
        words[device + _LEVEL] = level
        if is_new:
            words[device + _QUIET] = 0
            self.devices.keep(device)
            self._saves.owe(t)
            self._wake_for(device_settles_at(words, device, self.policy))
        event = _INCIDENT_OPEN if is_new else _INCIDENT_ESCALATE
        self._tell_of_device(event, t, device)

    @micropython.native
    def _close_incident(self, device, t):
        keys = self.keys.words
        for key in sorted(self.places.keys_of(device), key=lambda at: keys[at]):  # as made
            if keys[key + _OVERLOAD_ID]:
                self._end_overload(key, t)
            else:
                self.keys.release(key)
        self._tell_of_device(_INCIDENT_CLOSE, t, device)
        self.devices.words[device + _LEVEL] = _NO_INCIDENT
        self.devices.release(device)
        self._saves.owe(t)
