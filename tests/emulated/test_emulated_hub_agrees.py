"""The same traces on the real image and in process: `sim` is the oracle, row by row."""

import pytest

from random_traces import assert_same_rows, random_replay

ALERTS = 120
SEEDS = range(4)  # one for each sample mode, one of them in shadow


@pytest.mark.parametrize("seed", SEEDS)
def test_random_trace_is_judged_alike_on_the_real_image(seed, tmp_path):
    print(f"seed {seed}")
    replay = random_replay(seed, ALERTS)
    verdicts, events = replay.on("sim", tmp_path)
    theirs, their_events = replay.on("emulated", tmp_path)
    assert_same_rows(verdicts, theirs, at_least=ALERTS)
    assert_same_rows(events, their_events, at_least=3)
