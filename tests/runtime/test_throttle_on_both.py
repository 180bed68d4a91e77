"""The throttle, over random traces, on CPython and on MicroPython's Unix port."""

import pytest

from both_runtimes import under_both
from commshub.telling import INCIDENT_OPEN, TABLE_FULL
from commshub.throttle import SAMPLE, SUPPRESS

STEPS = 400
SEEDS = range(1, 7)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_trace_has_the_same_verdicts_and_events_on_both(seed: int) -> None:
    printed = under_both("throttle.py", seed, STEPS)
    assert printed[0] == f"seed {seed}"
    assert len(printed) > STEPS


def test_random_traces_meet_every_verdict_and_every_event() -> None:
    printed = [line.split() for seed in SEEDS for line in under_both("throttle.py", seed, STEPS)]
    events = {int(words[1]) for words in printed if words[0] == "event"}
    verdicts = {int(words[4]) for words in printed if words[0].isdigit()}
    assert events == set(range(INCIDENT_OPEN, TABLE_FULL + 1))
    assert {SAMPLE, SUPPRESS} <= verdicts
