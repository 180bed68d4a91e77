"""The real throttle and the oracle, driven through the same trace and compared after each call."""

from collections import Counter

from hypothesis import note

from commshub.resume import read_throttle
from commshub.snapshot import write_throttle
from commshub.throttle import Throttle
from oracle import (
    BLOCK,
    COUNTERS,
    OVERLOAD_END,
    OVERLOAD_START,
    SAMPLE,
    SUMMARY,
    TABLE_FULL,
    Oracle,
    Sample,
)

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


class Hub:
    """The real throttle with a store that keeps its last save, in the trace's time."""

    def __init__(self, policy, capacity=(16, 128)):
        self.ear = Ear()
        devices, keys = capacity
        self.throttle = Throttle(policy, self.ear, devices, keys, self._on_save)
        self._boot()

    def power_cut(self, t):
        """Off just before `t`, and up again at `t`, from which its clock counts anew."""
        self.throttle.advance(t - 1 - self.ear.epoch)
        self.ear.epoch = t
        self.throttle = read_throttle(bytes(self.saved), self.ear, self._on_save)
        self._boot()

    def _boot(self):
        self.save_times = []  # since boot, but for those that were taken
        self.throttle.boot()

    def _on_save(self, t):
        self.saved = bytearray()
        write_throttle(self.throttle, t, self.saved.extend)
        self.save_times.append(t + self.ear.epoch)

    def take_save_times(self):
        times, self.save_times = self.save_times, []
        return times


class SideBySide:
    """Both throttles, the trace's clock, and a tally of what happened, to show that much did."""

    def __init__(self, policy, capacity):
        note(f"policy: {vars(policy)}")
        self.hub = Hub(policy, capacity)
        self.oracle_ear = Ear()
        self.oracle = Oracle(policy, self.oracle_ear, *capacity)
        self.latest = 0
        self.restored = set()  # overload_ids that were open in a save that was loaded
        self.tally = Counter()
        self._compare()

    @property
    def real(self):
        return self.hub.throttle

    @property
    def epoch(self):
        return self.hub.ear.epoch

    def take(self, step):
        getattr(self, "_" + step[0])(*step[1:])

    def _storm(self, wait, spacing, copies, originator, target, code):
        for number in range(copies):
            self._alert(wait if number == 0 else spacing, originator, target, code)

    def _alert(self, wait, originator, target, code):
        t = self._reach(wait)
        verdict = self.real.on_alert(t - self.epoch, originator, target, code)
        expected = self.oracle.on_alert(t, originator, target, code)
        assert verdict == expected, f"verdict at {t}"
        sample = _attached(self.real.sample)
        assert sample == _attached(self.oracle.sample)
        assert (sample is not None) == (verdict == SAMPLE)
        self.tally[f"verdict {verdict}"] += 1
        if sample:
            self._tally_number("sample", *sample[:2])
        self._compare()

    def _advance(self, wait):
        self._advance_to(self._reach(wait))

    def _advance_to(self, t):
        self.real.advance(t - self.epoch)
        self.oracle.advance(t)
        self._compare()

    def _to_due(self, offset, then):
        self._near(self.oracle.next_due(), offset, then)

    def _to_save(self, offset, then):
        self._near(self.oracle.next_save, offset, then)

    def _near(self, t, offset, then):
        """`then`, a step without its wait, at `offset` from `t` if there is such a time."""
        wait = 0 if t is None else t + offset - self.latest
        self.take((then[0], wait, *then[1:]))

    def _apply(self, wait, policy):
        note(f"new policy: {vars(policy)}")
        t = self._reach(wait)
        self.real.apply(policy, t - self.epoch)
        self.oracle.apply(policy, t)
        self._compare()

    def _move_epoch(self, percent):
        by_ms = (self.latest - self.epoch) * percent // 100
        self.real.move_epoch(by_ms)
        self.hub.ear.epoch += by_ms
        self._compare()

    def _power_cut(self, wait):
        self.latest = max(self.latest, self._reach(wait))
        self._advance_to(self.latest - 1)
        self._tally_cut()
        self.hub.power_cut(self.latest)
        self.oracle.power_cut(self.latest)
        self._compare()

    def _reach(self, wait):
        t = max(self.latest + wait, 0)
        self.latest = max(self.latest, t)
        return t

    def _compare(self):
        heard = self.hub.ear.take()
        assert heard == self.oracle_ear.take()
        for name in ACCOUNTS:
            assert getattr(self.real, name) == getattr(self.oracle, name), name
        self._check_conservation()
        due = self.real.next_due()
        assert (due if due is None else due + self.epoch) == self.oracle.next_due()
        self._compare_saves()
        for event, _, said, level in heard:
            self.tally[f"event {event} level {level}"] += 1
            if event in (SUMMARY, OVERLOAD_END):
                self._tally_number(f"event {event}", *said[3:5])
        self.tally["calls"] += 1

    def _compare_saves(self):
        """The last of each call. The real one need not make a save that another replaces."""
        times = self.hub.take_save_times()
        expected, self.oracle.save_times = self.oracle.save_times, []
        assert times[-1:] == expected[-1:], f"saves: {times}, expected {expected}"
        self.tally["saves"] += len(expected)

    def _check_conservation(self):
        real = self.real
        assert real.received == real.passed + real.sampled + real.suppressed
        assert (
            real.suppressed + real.would_suppress
            == real.reported + real.would_report + real.unreported
        )

    def _tally_cut(self):
        saved = self.oracle.saved
        overloads = [key for key in saved.state["keys"] if key.overload_id is not None]
        self.restored.update(key.overload_id for key in overloads)
        self.tally["cut"] += 1
        self.tally["cut under an incident"] += self.oracle.next_save is not None
        self.tally["cut with counts unreported"] += self.oracle.unreported > 0
        self.tally["cut with counts unreported in the save"] += any(
            key.unreported() > 0 for key in overloads
        )
        self.tally["cut at a save"] += self.oracle.next_save == self.latest
        self.tally["cut at a due time"] += self.oracle.next_due() == self.latest

    def _tally_number(self, what, overload_id, throttled_seq):
        """A number that left the core: of a restored overload? Does it end its block?"""
        self.tally[what + " of a restored overload"] += overload_id in self.restored
        self.tally["block used up"] += throttled_seq % BLOCK == BLOCK - 1


def _attached(sample):
    return None if sample is None else Sample(sample.overload_id, *_numbers(sample))
