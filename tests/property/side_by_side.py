"""The real throttle and the oracle, driven through the same trace and compared after each call."""

from collections import Counter

from hypothesis import note

from commshub.throttle import Throttle
from oracle import COUNTERS, OVERLOAD_START, SAMPLE, TABLE_FULL, Oracle, Sample

ACCOUNTS = (*COUNTERS, "unreported")


class Ear:
    """Takes down the events of one throttle as comparable tuples, in the trace's time."""

    def __init__(self):
        self.heard = []
        self.epoch = 0

    def __call__(self, event, t, subject, level):
        self.heard.append((event, t + self.epoch, _told(event, subject), level))

    def take(self):
        heard, self.heard = self.heard, []
        return heard


def _told(event, subject):
    """What an event says of its subject, read at once: the core may change it after the call."""
    if event == TABLE_FULL:
        return subject
    if event < OVERLOAD_START:
        return bytes(subject.originator)
    key = (bytes(subject.originator), bytes(subject.target), subject.code, subject.overload_id)
    if event == OVERLOAD_START:
        return key
    return (*key, *_numbers(subject))


def _numbers(said):
    return said.throttled_seq, said.throttled_count, said.total_suppressed


class SideBySide:
    """Both throttles, the trace's clock, and a tally of what happened, to show that much did."""

    def __init__(self, policy, capacity):
        note(f"policy: {vars(policy)}")
        self.ear, self.oracle_ear = Ear(), Ear()
        self.real = Throttle(policy, self.ear, *capacity)
        self.oracle = Oracle(policy, self.oracle_ear, *capacity)
        self.latest = 0
        self.tally = Counter()

    def take(self, step):
        getattr(self, "_" + step[0])(*step[1:])

    def _storm(self, wait, spacing, copies, originator, target, code):
        for number in range(copies):
            self._alert(wait if number == 0 else spacing, originator, target, code)

    def _alert(self, wait, originator, target, code):
        t = self._reach(wait)
        verdict = self.real.on_alert(t - self.ear.epoch, originator, target, code)
        expected = self.oracle.on_alert(t, originator, target, code)
        assert verdict == expected, f"verdict at {t}"
        assert _attached(self.real.sample) == _attached(self.oracle.sample)
        assert (self.real.sample is not None) == (verdict == SAMPLE)
        self.tally[f"verdict {verdict}"] += 1
        self._compare()

    def _advance(self, wait):
        t = self._reach(wait)
        self.real.advance(t - self.ear.epoch)
        self.oracle.advance(t)
        self._compare()

    def _to_due(self, offset, storm):
        due = self.oracle.next_due
        wait = 0 if due is None else due + offset - self.latest
        if storm:
            self._storm(wait, *storm[2:])
        else:
            self._advance(wait)

    def _apply(self, wait, policy):
        note(f"new policy: {vars(policy)}")
        t = self._reach(wait)
        self.real.apply(policy, t - self.ear.epoch)
        self.oracle.apply(policy, t)
        self._compare()

    def _move_epoch(self, percent):
        by_ms = (self.latest - self.ear.epoch) * percent // 100
        self.real.move_epoch(by_ms)
        self.ear.epoch += by_ms
        self._compare()

    def _reach(self, wait):
        t = max(self.latest + wait, 0)
        self.latest = max(self.latest, t)
        return t

    def _compare(self):
        heard = self.ear.take()
        assert heard == self.oracle_ear.take()
        for name in ACCOUNTS:
            assert getattr(self.real, name) == getattr(self.oracle, name), name
        self._check_conservation()
        due = self.real.next_due
        assert (due if due is None else due + self.ear.epoch) == self.oracle.next_due
        self.tally.update(f"event {event} level {level}" for event, _, _, level in heard)
        self.tally["calls"] += 1

    def _check_conservation(self):
        real = self.real
        assert real.received == real.passed + real.sampled + real.suppressed
        assert (
            real.suppressed + real.would_suppress
            == real.reported + real.would_report + real.unreported
        )


def _attached(sample):
    return None if sample is None else Sample(sample.overload_id, *_numbers(sample))
