"""`stormbench replay --reset-at`: the hub loses its power in the middle of a trace.

Under the small policy the overload begins at 400, and is saved; a restart takes the time since for
one save interval, 10 s, which is longer than a sample period.
"""

from functools import partial

import pytest

from command_line import stormbench
from replay_bench import NUMBERS, STORM, replayed, told


@pytest.fixture
def replay(tmp_path):
    """Replays rows on hub `sim`; gives the rows of V.csv and of E.csv, as dicts."""
    return partial(replayed, tmp_path)


def verdicts_of(files):
    return [row["verdict"] for row in files[0]]


def numbers_at(files, t_ms):
    (row,) = (row for row in files[0] if row["t_ms"] == str(t_ms))
    return tuple(row[name] for name in NUMBERS.split(","))


def test_overload_outlives_a_reset_and_its_next_alert_is_a_copy(replay):
    said = verdicts_of(replay(STORM, "--reset-at", 700))
    assert said[4:9] == ["SAMPLE", "SUPPRESS", "SUPPRESS", "SAMPLE", "SUPPRESS"]


def test_numbers_go_on_with_the_next_block_and_the_same_overload(replay):
    assert numbers_at(replay(STORM, "--reset-at", 700), 700) == ("1", "64", "0", "0")


def test_second_reset_uses_another_block(replay):
    files = replay(STORM, "--reset-at", 700, "--reset-at", 900)
    assert numbers_at(files, 900)[:2] == ("1", "128")


def test_next_overload_after_a_reset_is_number_64(replay):
    late = [(t_ms + 100_000, *key) for t_ms, *key in STORM]
    files = replay(STORM + late, "--reset-at", 90_000)
    assert numbers_at(files, 100_400)[0] == "64"


def test_what_is_counted_after_the_last_save_is_not_reported(replay):
    # Saved at 400; those of 500 and 600 are lost to the hub, those after the reset are not.
    _, events = replay(STORM, "--reset-at", 700, "--until", 60_000)
    ends = [event for event in events if event["event"] == "OVERLOAD_END"]
    assert [end["total_suppressed"] for end in ends] == ["11"]


def test_reset_at_the_time_of_an_alert_comes_before_it(replay):
    assert verdicts_of(replay(STORM, "--reset-at", 700))[7] == "SAMPLE"
    assert verdicts_of(replay(STORM, "--reset-at", 701))[7:9] == ["SUPPRESS", "SAMPLE"]


def test_reset_before_the_first_alert_changes_no_verdict(replay):
    there, plain = replay(STORM, "--reset-at", 0), replay(STORM)
    assert verdicts_of(there) == verdicts_of(plain)
    assert told(there[1]) == told(plain[1])


def test_reset_before_anything_began_forgets_what_was_counted(replay):
    assert verdicts_of(replay(STORM, "--reset-at", 100))[:6] == [*["PASS"] * 5, "SAMPLE"]


def test_reset_after_the_last_row_is_done_too(replay):
    _, events = replay(STORM, "--reset-at", 30_000, "--until", 60_000)
    # It would close at 40,000; the save of 20,400 is taken for one of 30,400, made at 30,000.
    assert told(events)[-1] == (40_000 + 30_000 - 30_400, "INCIDENT_CLOSE")


def test_resets_are_done_in_order_of_time_however_they_are_given(replay):
    there = replay(STORM, "--reset-at", 700, "--reset-at", 1300)
    assert replay(STORM, "--reset-at", 1300, "--reset-at", 700) == there


def test_start_ms_changes_nothing_beside_a_reset(replay):
    options = ("--reset-at", 700, "--reset-at", 20_000, "--until", 60_000)
    assert replay(STORM, *options, "--start-ms", 2**30 - 700) == replay(STORM, *options)


@pytest.mark.parametrize("at_ms", [99, 2001])
def test_reset_outside_the_replay_ends_with_2(tmp_path, at_ms):
    trace = tmp_path / "t.csv"
    trace.write_text(f"t_ms,originator,target,code\n100,{STORM[0][1]},{STORM[0][2]},8F3E\n")
    out = ("--out", tmp_path / "v.csv", "--until", 2000)
    ran = stormbench("replay", trace, "--hub", "sim", *out, "--reset-at", at_ms)
    assert ran.exit_code == 2
    assert ran.complaint() == f"--reset-at {at_ms}: the replay is from 100 to 2000 ms (--until)"
