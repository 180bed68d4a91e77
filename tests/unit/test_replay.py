"""`stormbench replay`: a verdict for each row, the events in order, in the trace's time."""

from functools import partial

import pytest

from replay_bench import (
    METER,
    NUMBERS,
    OPERATOR,
    OTHER,
    POLICY,
    STORM,
    SUPPLIER,
    replayed,
    rows_of,
    told,
)


@pytest.fixture
def replay(tmp_path):
    """Replays rows on hub `sim`; gives the rows of V.csv and of E.csv, as dicts."""
    return partial(replayed, tmp_path)


def test_each_row_has_its_verdict_in_the_order_of_the_trace(replay):
    verdicts, _ = replay(STORM)
    said = [row["verdict"] for row in verdicts]
    suppressed = ["SUPPRESS"] * 9
    assert said == ["PASS"] * 4 + ["SAMPLE", *suppressed, "SAMPLE", *suppressed[4:]]
    assert [int(row["t_ms"]) for row in verdicts] == [row[0] for row in STORM]


def test_row_of_the_verdicts_begins_with_the_row_of_the_trace(replay):
    verdicts, _ = replay([(0, METER.lower(), SUPPLIER.lower(), "8f3e")])
    assert list(verdicts[0].values()) == ["0", METER, SUPPLIER, "8F3E", "PASS", "", "", "", ""]


def test_numbers_are_empty_but_for_a_sample(replay):
    verdicts, _ = replay(STORM)
    by_verdict = {row["verdict"]: [row[name] for name in NUMBERS.split(",")] for row in verdicts}
    assert by_verdict["PASS"] == by_verdict["SUPPRESS"] == [""] * 4
    assert by_verdict["SAMPLE"][1:] == ["2", "9", "9"]


def test_events_are_in_order_with_their_level(replay):
    _, events = replay(STORM)
    assert told(events) == [
        (100, "INCIDENT_OPEN"),
        (200, "INCIDENT_ESCALATE"),
        (500, "OVERLOAD_START"),
    ]
    assert [event["level"] for event in events] == ["amber", "red", ""]


def test_event_of_an_incident_has_no_key(replay):
    _, (opened, *_) = replay(STORM)
    assert list(opened.values())[2:6] == [METER, "", "", "amber"]
    assert list(opened.values())[6:] == ["", "", "", "", "false"]


def test_event_of_an_overload_has_its_key(replay):
    _, (*_, started) = replay(STORM)
    assert [started[name] for name in ("originator", "target", "code")] == [
        METER,
        SUPPLIER,
        "8F3E",
    ]


def test_table_full_has_no_party_and_says_which_table(replay):
    _, events = replay(STORM, "--capacity-keys", 0)
    (full,) = (event for event in events if event["event"] == "TABLE_FULL")
    assert list(full.values()) == ["300", "TABLE_FULL", "", "", "", "key", "", "", "", "", "false"]


def test_without_until_time_stops_at_the_last_row(replay):
    _, events = replay(STORM)
    assert max(t_ms for t_ms, _ in told(events)) <= STORM[-1][0]


def test_until_moves_time_on_in_the_traces_time(replay):
    _, events = replay(STORM, "--until", 60_000)
    after = [event for event in told(events) if event[0] > STORM[-1][0]]
    assert after == [(5500, "SUMMARY"), (40_000, "OVERLOAD_END"), (40_000, "INCIDENT_CLOSE")]


def test_until_includes_what_is_due_at_its_very_end(replay):
    last_ms = told(replay(STORM, "--until", 60_000)[1])[-1][0]
    assert told(replay(STORM, "--until", last_ms)[1])[-1] == (last_ms, "INCIDENT_CLOSE")
    assert (last_ms, "INCIDENT_CLOSE") not in told(replay(STORM, "--until", last_ms - 1)[1])


@pytest.mark.parametrize("start_ms", [0, 5, 2**30 - 50, 2**46])
def test_start_ms_changes_nothing_that_is_written(replay, start_ms):
    later = [(t_ms + 7, *key) for t_ms, *key in STORM]
    plain = replay(later, "--until", 60_007)
    assert replay(later, "--until", 60_007, "--start-ms", start_ms) == plain


def test_device_that_finds_no_room_passes_untracked(replay):
    later = [(t_ms + 1000, OTHER, *key) for t_ms, _, *key in STORM]
    verdicts, events = replay(sorted(STORM + later), "--capacity-devices", 1)
    said = {row["verdict"] for row in verdicts if row["originator"] == OTHER}
    assert said == {"PASS"}
    assert "SUPPRESS" in {row["verdict"] for row in verdicts}
    assert [e["level"] for e in events if e["event"] == "TABLE_FULL"] == ["device"]


def test_several_originators_are_throttled_each_by_itself(replay):
    alone, _ = replay(STORM)
    both = rows_of((METER, SUPPLIER, "8F3E"), (OTHER, SUPPLIER, "8F3E"), times=range(0, 2000, 100))
    together, _ = replay(both)
    for originator in (METER, OTHER):
        of_one = [row["verdict"] for row in together if row["originator"] == originator]
        assert of_one == [row["verdict"] for row in alone]


def test_targets_of_one_code_are_throttled_each_by_itself(replay):
    both = rows_of((METER, SUPPLIER, "8F3E"), (METER, OPERATOR, "8F3E"), times=range(0, 2000, 100))
    verdicts, _ = replay(both)
    sampled = {row["target"] for row in verdicts if row["verdict"] == "SAMPLE"}
    assert sampled == {SUPPLIER, OPERATOR}


def test_shadow_passes_everything_and_marks_its_events(replay):
    verdicts, events = replay(STORM, "--until", 60_000, policy=POLICY + "shadow = true\n")
    loud, heard = replay(STORM, "--until", 60_000)
    assert {row["verdict"] for row in verdicts} == {"PASS"} != {row["verdict"] for row in loud}
    assert {event["shadow"] for event in events} == {"true"}
    assert told(events) == told(heard)


def test_summary_that_leaves_as_a_held_message_is_an_event(replay):
    _, events = replay(STORM, "--until", 60_000)
    (summary,) = (event for event in events if event["event"] == "SUMMARY")
    assert [summary[name] for name in ("originator", "target", "code")] == [
        METER,
        SUPPLIER,
        "8F3E",
    ]
    assert [summary[name] for name in NUMBERS.split(",")][1:] == ["3", "5", "14"]


def test_end_of_an_overload_that_leaves_as_a_held_message_is_an_event(replay):
    # The flush is too late for it, so that the end has a count.
    _, events = replay(STORM, "--until", 60_000, policy=POLICY.replace("4_000", "600_000"))
    (end,) = (event for event in events if event["event"] == "OVERLOAD_END")
    assert (end["throttled_count"], end["total_suppressed"]) == ("5", "14")


def test_more_overloads_than_messages_are_held_give_the_same_events(replay):
    keys = [(METER, SUPPLIER, f"81A{n:X}") for n in range(12)]
    rows = rows_of(*keys, times=range(0, 900, 100))
    _, events = replay(rows, "--until", 60_000)
    ends = [event["code"] for event in events if event["event"] == "OVERLOAD_END"]
    assert sorted(ends) == sorted(code for _, _, code in keys)


def test_excluded_code_is_never_throttled(replay):
    verdicts, _ = replay(rows_of((METER, SUPPLIER, "8F66"), times=range(0, 2000, 100)))
    assert {row["verdict"] for row in verdicts} == {"PASS"}


def test_limit_of_a_code_holds_for_that_code(replay):
    verdicts, _ = replay(STORM, policy=POLICY + '[code_limits]\n"8F3E" = 4\n')
    assert [row["verdict"] for row in verdicts].index("SAMPLE") == 7


def test_gap_of_the_longest_length_is_replayed(replay):
    rows = [(0, METER, SUPPLIER, "8F3E"), (2**47, METER, SUPPLIER, "8F3E")]
    assert [row["verdict"] for row in replay(rows)[0]] == ["PASS", "PASS"]


def test_events_file_is_written_even_if_there_are_none(replay):
    _, events = replay(STORM[:1])
    assert events == []


def test_same_trace_gives_the_same_files_again(replay):
    assert replay(STORM, "--until", 60_000) == replay(STORM, "--until", 60_000)
