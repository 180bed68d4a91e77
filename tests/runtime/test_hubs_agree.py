"""The same traces on every hub that this tier has: `sim` is the oracle, row by row."""

from functools import cache

import pytest

from random_traces import EVENTS, assert_same_rows, random_replay

SEEDS = range(8)


@pytest.fixture(scope="module")
def on_sim(tmp_path_factory):
    """V.csv and E.csv of a seed, from the oracle."""

    @cache
    def run(seed):
        return random_replay(seed).on("sim", tmp_path_factory.mktemp(f"sim{seed}"))

    return run


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hub", ["unix"])
def test_random_trace_is_judged_alike(hub, seed, on_sim, tmp_path):
    print(f"seed {seed}")
    replay = random_replay(seed)
    (verdicts, events), (theirs, their_events) = on_sim(seed), replay.on(hub, tmp_path)
    assert_same_rows(verdicts, theirs, at_least=replay.trace.count("\n") - 1)
    assert_same_rows(events, their_events, at_least=10)


def test_the_traces_bring_about_every_verdict_and_event(on_sim):
    found: set[str] = set()
    for seed in SEEDS:
        for path in on_sim(seed):
            found |= {cell for line in path.read_text().splitlines() for cell in line.split(",")}
    assert {*EVENTS, "PASS", "SAMPLE", "SUPPRESS", "true", "false", "device", "key"} <= found


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
