"""Edges of the throttle that mutants showed to be untested: sizes, order of saves, waking."""

import pytest

from commshub.policy import COUNT
from commshub.telling import AMBER, DEVICE_TABLE, KEY_TABLE, RED, SUMMARY
from commshub.throttle import SAMPLE, SUPPRESS, Throttle
from hubwire.frames import LEVELS
from throttle_bench import CODE, METER, SUPPLIER, Bench, make_policy

SAVE = "save"


class Log:
    """The saves and the events of a throttle, in one order: (what, t)."""

    def __init__(self, **fields):
        self.said = []
        policy = make_policy(save_interval_ms=1000, **fields)
        self.throttle = Throttle(policy, self._on_event, on_save=self._on_save)
        self.throttle.boot()

    def _on_event(self, event, t, _subject, _level):
        self.said.append((event, t))

    def _on_save(self, t):
        self.said.append((SAVE, t))

    def alerts(self, copies, t):
        return [self.throttle.on_alert(t, METER, SUPPLIER, CODE) for _ in range(copies)]

    def after(self, call, *arguments):
        """What is said during one call."""
        self.said.clear()
        call(*arguments)
        return self.said


def test_throttle_without_sizes_has_those_of_a_hub():
    throttle = Throttle(make_policy(), lambda *_: None)
    assert (throttle.devices.capacity, throttle.keys.capacity) == (16, 128)


@pytest.mark.parametrize(
    ("level", "name"),
    [(AMBER, "amber"), (RED, "red"), (DEVICE_TABLE, "device"), (KEY_TABLE, "key")],
)
def test_level_has_its_number_on_the_wire(level, name):
    assert LEVELS[level] == name


def test_save_due_one_ms_before_a_summary_is_made_before_it():
    log = Log()
    log.alerts(8, 0)  # the overload begins, which is saved: the next save is due at 1000
    assert log.alerts(1, 301) == [SUPPRESS]
    assert log.after(log.throttle.advance, 1001) == [(SAVE, 1000), (SUMMARY, 1001)]


def test_second_block_of_numbers_that_is_used_up_is_saved_too():
    log = Log(sample_mode=COUNT, sample_every=1)
    assert log.alerts(8 + 125, 0)[-1] == SAMPLE
    assert log.after(log.alerts, 1, 0) == [(SAVE, 0)]
    assert log.throttle.sample.throttled_seq == 127


def test_after_a_suppression_nothing_is_looked_at_before_its_flush():
    bench = Bench()
    bench.overload()
    bench.alert(100)
    assert bench.throttle.wake == 800
