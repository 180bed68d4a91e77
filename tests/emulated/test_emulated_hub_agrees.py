"""The same traces on the real image and in process: `sim` is the oracle, row by row."""

from collections import Counter
from pathlib import Path

import pytest

from random_traces import (
    assert_alike,
    assert_all_happened,
    assert_same_rows,
    live_replay,
    random_replay,
)
from stormbench.hub.open import open_hub

ALERTS = 120
SEEDS = range(2)  # whole commands; the second with power cuts
LIVE_SEEDS = range(25)
LIVE_ALERTS = 32
SOAK_ALERTS = 200


@pytest.mark.parametrize("hub", ["emulated", "emulated:repl"])
@pytest.mark.parametrize("seed", SEEDS)
def test_random_trace_is_judged_alike_on_the_real_image(seed, hub, tmp_path):
    print(f"seed {seed}")
    replay = random_replay(seed, ALERTS, resets=2 * seed)
    verdicts, events = replay.on("sim", tmp_path)
    theirs, their_events = replay.on(hub, tmp_path)
    assert_same_rows(verdicts, theirs, at_least=ALERTS)
    assert_same_rows(events, their_events, at_least=3)


@pytest.mark.parametrize(
    "alerts", [LIVE_ALERTS, pytest.param(SOAK_ALERTS, marks=pytest.mark.soak)]
)
def test_one_board_through_many_replays_with_resets_and_new_policies_agrees_with_sim(
    alerts: int, tmp_path: Path
) -> None:
    """All four sample modes, shadow, full tables; the accounts and the overloads' numbers too.

    One board for all, because a boot costs as much wall time as twenty alerts.
    """
    sim, emulated = open_hub("sim"), open_hub("emulated")
    tally: Counter[str] = Counter()
    try:
        for seed in LIVE_SEEDS:
            print(f"seed {seed}")
            tally += assert_alike(sim, emulated, live_replay(seed, tmp_path, alerts))
    finally:
        emulated.close()
    assert_all_happened(tally)
