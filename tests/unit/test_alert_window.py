"""The alerts that are on their way to a hub: which are done with, and what became of them."""

from typing import Any

import pytest

from hubwire.frames import WINDOW
from stormbench.link.alert_window import Acknowledged, AlertWindow, Waiting

NUMBERS = 0x10000


def entries(*verdicts: int, at_ms: int = 100) -> list[dict[str, Any]]:
    return [{"verdict": verdict, "at_ms": at_ms + place} for place, verdict in enumerate(verdicts)]


def window(count: int, first: int = 0) -> AlertWindow:
    """A window with so many alerts on their way, the oldest of number `first`."""
    made = AlertWindow()
    for _ in range(first):
        made.add(0, b"")
        made.take_judged((made.first + 1) % NUMBERS)
    for place in range(count):
        made.add(place, b"%d" % place)
    return made


def seqs(made: AlertWindow) -> list[int]:
    return [alert.seq for alert in made]


def test_alerts_are_numbered_from_0_and_wait_in_order() -> None:
    made = window(2)
    assert list(made) == [Waiting(0, 0, b"0"), Waiting(1, 1, b"1")]


def test_number_after_65535_is_0() -> None:
    assert seqs(window(3, first=0xFFFF)) == [0xFFFF, 0, 1]


def test_window_is_full_at_its_size() -> None:
    made = window(WINDOW - 1)
    assert not made.is_full
    made.add(0, b"")
    assert made.is_full


def test_first_is_the_oldest_that_waits_or_else_the_next() -> None:
    made = window(2, first=5)
    assert made.first == 5
    made.on_ack(6, entries(0, 0))
    assert (made.first, len(made)) == (7, 0)


def test_acknowledged_alerts_get_their_own_verdicts_and_times() -> None:
    made = window(3)
    done = made.on_ack(1, entries(2, 1))
    assert done == [
        Acknowledged(Waiting(0, 0, b"0"), "SUPPRESS", 100),
        Acknowledged(Waiting(1, 1, b"1"), "SAMPLE", 101),
    ]
    assert seqs(made) == [2]


def test_verdicts_of_alerts_that_are_done_with_are_passed_over() -> None:
    made = window(1, first=7)
    done = made.on_ack(7, entries(2, 2, 2, 1))
    assert [(each.alert.seq, each.verdict, each.at_ms) for each in done] == [(7, "SAMPLE", 103)]


def test_acknowledgement_without_verdicts_is_of_nothing() -> None:
    made = window(3)
    assert made.on_ack(2, []) == [] and len(made) == 3


@pytest.mark.parametrize("last", [0xFFFF, 0x9000])
def test_late_acknowledgement_is_of_nothing(last: int) -> None:
    made = window(3)
    assert made.on_ack(last, entries(2, 2, 2)) == [] and len(made) == 3


def test_same_acknowledgement_again_is_of_nothing() -> None:
    made = window(3)
    made.on_ack(1, entries(0, 0))
    assert made.on_ack(1, entries(0, 0)) == [] and seqs(made) == [2]


def test_verdicts_that_leave_out_the_oldest_alert_wait_until_that_one_is_told() -> None:
    """Verdicts are handed out in order; the oldest's was said before, and that was lost."""
    made = window(4)
    assert made.on_ack(3, entries(0, 0)) == [] and len(made) == 4
    assert [each.alert.seq for each in made.on_ack(3, entries(1, 1, 0, 0))] == [0, 1, 2, 3]


def test_acknowledgement_reaches_over_65535() -> None:
    made = window(4, first=0xFFFE)
    done = made.on_ack(0, entries(0, 1, 2))
    assert [(each.alert.seq, each.verdict) for each in done] == [
        (0xFFFE, "PASS"),
        (0xFFFF, "SAMPLE"),
        (0, "SUPPRESS"),
    ]
    assert seqs(made) == [1]


@pytest.mark.parametrize(
    ("under_way", "ready", "is_time"),
    [
        (0, 2 * WINDOW, True),
        (WINDOW // 2, 2 * WINDOW, True),
        (WINDOW // 2 + 1, WINDOW, False),
        (WINDOW - 3, 3, True),
        (WINDOW - 3, 4, False),
        (WINDOW, 1, False),
    ],
)
def test_burst_goes_when_all_of_it_or_half_a_window_has_room(
    under_way: int, ready: int, is_time: bool
) -> None:
    assert window(under_way).takes_burst_of(ready) is is_time


def test_acknowledgement_of_an_empty_window_is_of_nothing() -> None:
    assert AlertWindow().on_ack(5, entries(0, 0)) == []


@pytest.mark.parametrize(
    ("taken", "judged"), [(5, []), (6, [5]), (8, [5, 6, 7]), (9, [5, 6, 7]), (4, [])]
)
def test_those_before_the_number_that_a_hub_expected_were_judged(
    taken: int, judged: list[int]
) -> None:
    made = window(3, first=5)
    assert [alert.seq for alert in made.take_judged(taken)] == judged
    assert seqs(made) == [seq for seq in (5, 6, 7) if seq not in judged]


def test_judged_alerts_are_known_over_65535() -> None:
    made = window(4, first=0xFFFE)
    assert [alert.seq for alert in made.take_judged(1)] == [0xFFFE, 0xFFFF, 0]
