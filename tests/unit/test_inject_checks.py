"""Who was late, and when that is too much."""

from typing import Any

import pytest

from stormbench.inject.checks import checks_of
from stormbench.inject.limits import LATE_MS
from stormbench.inject.plan import even_storm
from stormbench.inject.times import times_of
from stormbench.link.drive import Course

LATE_US = LATE_MS * 1_000


def late(pc_us: int, hub_us: int) -> tuple[int, int]:
    """How many were late by this PC and by the hub, of one alert with these parts."""
    course = Course(sent_us=[pc_us + hub_us], judged_us=[pc_us + hub_us])
    course.held_up.note(0, hub_us)
    found = times_of(even_storm(0x8F3E, 1, 1), course)["lateness_us"]
    return found["pc"]["late"], found["hub"]["late"]


def test_alert_may_be_half_the_time_late_that_lies_between_those_of_a_burst() -> None:
    assert (late(50_000, 0), late(50_001, 0)) == ((0, 0), (1, 0))


@pytest.mark.parametrize(
    ("pc_us", "hub_us", "counted"),
    [
        (LATE_US, 0, (0, 0)),
        (LATE_US + 1, 0, (1, 0)),
        (0, LATE_US + 1, (0, 1)),
        (LATE_US * 3 // 5, LATE_US * 3 // 5, (0, 1)),
        (LATE_US + 1, 20 * LATE_US, (0, 1)),
    ],
)
def test_alert_is_late_by_whoever_has_the_larger_part(
    pc_us: int, hub_us: int, counted: tuple[int, int]
) -> None:
    assert late(pc_us, hub_us) == counted


def failures(pc: int, hub: int) -> list[str]:
    """What does not hold where of 1,000 alerts so many were late."""
    result: dict[str, Any] = {
        "error": None,
        "stopped": False,
        "unaccounted": 0,
        "sent": 1_000,
        "lateness_us": {"pc": {"late": pc}, "hub": {"late": hub}},
    }
    return [each.failure.split(":")[0] for each in checks_of(result) if each.failure]


@pytest.mark.parametrize(
    ("pc", "hub", "said"),
    [
        (10, 0, []),
        (11, 0, ["this PC was late"]),
        (0, 11, ["the hub did not take them"]),
        (5, 6, ["the hub did not take them"]),
        (6, 5, ["this PC was late"]),
        (6, 6, ["this PC was late", "the hub did not take them"]),
        (1, 400, ["the hub did not take them"]),
    ],
)
def test_run_is_not_certified_with_more_than_one_in_a_hundred_late(
    pc: int, hub: int, said: list[str]
) -> None:
    assert failures(pc, hub) == said


def test_latency_counts_from_the_intended_time_and_that_of_the_hub_from_the_sending() -> None:
    found = times_of(
        even_storm(0x8F3E, 1, 2), Course(sent_us=[3, 1_000_003], judged_us=[9, 1_000_009])
    )
    assert (found["latency_us"]["max"], found["hub_latency_us"]["max"]) == (9, 6)
