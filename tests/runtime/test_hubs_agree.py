"""The same traces on every hub that this tier has: `sim` is the oracle, row by row."""

from collections import Counter
from functools import cache

import pytest

from random_traces import (
    EVENTS,
    SAMPLE_MODES,
    assert_alike,
    assert_all_happened,
    assert_same_rows,
    live_replay,
    random_replay,
)
from stormbench.hub.open import open_hub

SEEDS = range(8)
LIVE_SEEDS = range(25)


def _replay(seed):
    """Every second one has power cuts."""
    return random_replay(seed, resets=seed % 2 * 3)


@pytest.fixture(scope="module")
def on_sim(tmp_path_factory):
    """V.csv and E.csv of a seed, from the oracle."""

    @cache
    def run(seed):
        return _replay(seed).on("sim", tmp_path_factory.mktemp(f"sim{seed}"))

    return run


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hub", ["unix"])
def test_random_trace_is_judged_alike(hub, seed, on_sim, tmp_path):
    print(f"seed {seed}")
    replay = _replay(seed)
    (verdicts, events), (theirs, their_events) = on_sim(seed), replay.on(hub, tmp_path)
    assert_same_rows(verdicts, theirs, at_least=replay.trace.count("\n") - 1)
    assert_same_rows(events, their_events, at_least=10)


def test_the_traces_bring_about_every_verdict_and_event(on_sim):
    found: set[str] = set()
    for seed in SEEDS:
        for path in on_sim(seed):
            found |= {cell for line in path.read_text().splitlines() for cell in line.split(",")}
    assert {*EVENTS, "PASS", "SAMPLE", "SUPPRESS", "true", "false", "device", "key"} <= found


def test_one_hub_through_many_replays_with_resets_and_new_policies_agrees_with_sim(tmp_path):
    """The accounts too, and the numbers of overloads, which go on from replay to replay."""
    sim, unix = open_hub("sim"), open_hub("unix")
    tally: Counter[str] = Counter()
    try:
        for seed in LIVE_SEEDS:
            print(f"seed {seed}")
            tally += assert_alike(sim, unix, live_replay(seed, tmp_path))
    finally:
        unix.close()
    assert_all_happened(tally)


def test_replays_on_one_hub_have_resets_every_mode_and_shadow(tmp_path):
    settings = [live_replay(seed, tmp_path).setting for seed in LIVE_SEEDS]
    assert sum(len(setting.reset_at_ms) for setting in settings) >= len(LIVE_SEEDS) / 2
    assert {setting.policy.sample_mode for setting in settings} == set(range(len(SAMPLE_MODES)))
    assert {setting.policy.shadow for setting in settings} == {0, 1}


def test_resets_come_at_alerts_and_beside_them():
    """At the very row, at the ms before and after it, and at what its window's end may be."""
    offs = set()
    for seed in range(50):
        replay = random_replay(seed, 50, resets=3)
        rows = {int(line.partition(",")[0]) for line in replay.trace.splitlines()[1:]}
        resets = [int(value) for name, value in replay.pairs() if name == "--reset-at"]
        offs |= {off for off in (-1, 0, 1) for at_ms in resets if at_ms - off in rows}
    assert offs == {-1, 0, 1}


def test_the_traces_have_ties_and_several_parties():
    rows = [line.split(",") for line in random_replay(0).trace.splitlines()[1:]]
    assert len({row[0] for row in rows}) < len(rows)
    assert len({tuple(row[1:]) for row in rows}) > 5


def test_same_seed_gives_the_same_replay():
    assert random_replay(3) == random_replay(3) != random_replay(4)


HEADER = "t_ms,verdict\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "complaint"),
    [
        ("", "", "fewer than 1 rows"),
        (HEADER, HEADER, "fewer than 1 rows"),
        (HEADER + "1,PASS\n", HEADER, "fewer than 1 rows"),
        (HEADER + "1,PASS\n", HEADER + "1,SAMPLE\n", "differ in line 2"),
        (HEADER + "1,PASS\n", HEADER + "1,PASS\n2,PASS\n", "not of one length"),
        ("t_ms,v\n1,PASS\n", HEADER + "1,PASS\n", "differ in line 1"),
    ],
)
def test_comparison_of_files_fails_where_they_are_empty_or_differ(
    tmp_path, ours, theirs, complaint
):
    paths = tmp_path / "a.csv", tmp_path / "b.csv"
    for path, text in zip(paths, (ours, theirs), strict=True):
        path.write_text(text)
    with pytest.raises(AssertionError, match=complaint):
        assert_same_rows(*paths)


def test_comparison_of_files_passes_where_they_are_alike(tmp_path):
    paths = tmp_path / "a.csv", tmp_path / "b.csv"
    for path in paths:
        path.write_text(HEADER + "1,PASS\n")
    assert_same_rows(*paths)
