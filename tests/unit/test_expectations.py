"""What a scenario expects of its report: which bounds there are, and when one is met."""

from typing import Any

import pytest
from pydantic import ValidationError

from arm_runs import report
from stormbench.compare.arms import BY_NAME
from stormbench.compare.expectations import held_against
from stormbench.report.expectations import expectation_lines, in_words
from stormbench.scenario.expectation import ARMS, METRICS, Expectation, is_time
from stormbench.scenario.pace import Pace


def expect(**fields: Any) -> Expectation:
    return Expectation(**{"arm": "hub", "metric": "delivered", **fields})


def held(value: Any, scale: float = 1, **fields: Any) -> dict[str, Any]:
    """What comes of one expectation where its figure is `value`."""
    figure: Any = value
    expectation = expect(**fields)
    for step in reversed(expectation.metric.split(".")):
        figure = {step: figure}
    (found,) = held_against({"hub": figure}, [expectation], Pace(scale))
    return found


def paths(value: Any, path: str = "") -> list[str]:
    if not isinstance(value, dict):
        return [path]
    return [each for key in value for each in paths(value[key], f"{path}.{key}".lstrip("."))]


# The names.


def test_arms_are_those_of_compare():
    assert set(ARMS) == set(BY_NAME)


@pytest.mark.parametrize("arm", ARMS)
def test_metrics_are_all_figures_of_an_arm_of_a_report(arm):
    assert sorted(METRICS) == sorted(paths(report("no_storm")["arms"][arm]))


def test_unknown_metric_is_refused_with_those_near_it():
    with pytest.raises(ValidationError, match=r"near it hops\.wan\.alerts"):
        expect(metric="hops.wan.alert", max=1)


def test_unknown_arm_is_refused_with_those_there_are():
    with pytest.raises(ValidationError, match="one of none, mask, device, hub, dsp, layered"):
        expect(arm="user", max=1)


# The bounds.


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        ({}, "needs min, max or equals"),
        ({"equals": 1, "max": 2}, "equals goes without min and max"),
        ({"min": 2, "max": 1}, "min, 2, is above max, 1"),
    ],
)
def test_bounds_that_do_not_go_together_are_refused(bounds, reason):
    with pytest.raises(ValidationError, match=reason):
        expect(**bounds)


@pytest.mark.parametrize("bound", [True, "1", float("nan"), float("inf")])
def test_bound_that_is_no_number_is_refused(bound):
    with pytest.raises(ValidationError, match="max"):
        expect(max=bound)


@pytest.mark.parametrize(
    ("bounds", "met"),
    [
        ({"min": 5}, True),
        ({"min": 6}, False),
        ({"max": 5}, True),
        ({"max": 4}, False),
        ({"min": 4, "max": 6}, True),
        ({"min": 6, "max": 7}, False),
        ({"equals": 5}, True),
        ({"equals": 4}, False),
        ({"equals": 0}, False),
    ],
)
def test_bound_is_met_by_what_lies_within_it(bounds, met):
    assert held(5, **bounds)["met"] is met


def test_no_value_meets_no_bound():
    assert held(None, metric="notice_lead_ms.p50", min=-1000)["met"] is False


@pytest.mark.parametrize("value", [600, 601])
def test_bound_on_a_time_is_divided_as_times_are(value):
    found = held(value, 100, metric="other_alert_delay_ms.p99", max=60_000)
    assert (found["max"], found["met"]) == (600, value <= 600)


@pytest.mark.parametrize(
    "metric",
    ["other_alert_delay_ms.lost", "notice_lead_ms.untold", "red_ms.unknown", "hops.wan.bytes"],
)
def test_bound_on_a_count_is_not(metric):
    assert held(5, 100, metric=metric, max=50)["max"] == 50


def test_times_are_the_figures_in_ms():
    assert {metric.partition(".")[0] for metric in METRICS if is_time(metric)} == {
        "other_alert_delay_ms",
        "first_alert_delay_ms",
        "notice_lead_ms",
        "storm_known_ms",
        "end_known_ms",
        "anomaly",
        "count_age_ms",
        "red_ms",
        "wan_wait_ms_max",
        "failed_queue",
    }


# In words.


def test_line_of_a_bound_that_is_met_leaves_out_what_it_is_for():
    (line,) = expectation_lines([held(5, max=5, why="because")])
    assert line == "met  hub  delivered  5,  expected at most 5"


def test_line_of_a_bound_that_is_not_says_it():
    (line,) = expectation_lines([held(None, metric="notice_lead_ms.p50", min=0, max=9, why="so")])
    assert line.endswith("none,  expected at least 0 and at most 9: so")


def test_page_words_times_as_times():
    (row,) = in_words([held(90_000, metric="other_alert_delay_ms.p99", max=120_000)])
    assert (row.bound, row.value) == ("at most 2 min", "1 min 30 s")
