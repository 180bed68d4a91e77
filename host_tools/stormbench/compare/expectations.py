"""A scenario's bounds, held against a report: what makes a scenario a test."""

from collections.abc import Iterable, Mapping
from typing import Any

from stormbench.scenario.expectation import Expectation
from stormbench.scenario.pace import Pace

_BOUNDS = ("min", "max", "equals")


def held_against(
    arms: Mapping[str, Any], expected: Iterable[Expectation], pace: Pace
) -> list[dict[str, Any]]:
    """Each expectation with what was found, as report.json has it.

    Args:
        arms: of report.json.
        pace: of the run that they are the figures of; bounds on times are divided as these were.

    Returns:
        For each `arm`, `metric`, its `min`, `max`, `equals` (None where it has none), `why`, the
        `value` that was found, and whether it is `met`; a value of None meets no bound.
    """
    return [_held(arms, expectation, pace) for expectation in expected]


def not_held(expectation: Expectation, pace: Pace) -> dict[str, Any]:
    """The same of one on a figure that nobody measured: `value` and `met` are None."""
    return {**_told(expectation, pace), "value": None, "met": None}


def figure(arm: Mapping[str, Any], metric: str) -> Any:
    """The figure of an arm of report.json at a path such as `hops.wan.alerts`."""
    found: Any = arm
    for step in metric.split("."):
        found = found[step]
    return found


def _held(arms: Mapping[str, Any], expectation: Expectation, pace: Pace) -> dict[str, Any]:
    told = _told(expectation, pace)
    value = figure(arms[expectation.arm], expectation.metric)
    bounds = {name: told[name] for name in _BOUNDS}
    return {**told, "value": value, "met": value is not None and _is_within(value, **bounds)}


def _told(expectation: Expectation, pace: Pace) -> dict[str, Any]:
    metric = expectation.metric
    bounds = {name: pace.bound(metric, getattr(expectation, name)) for name in _BOUNDS}
    return {"arm": expectation.arm, "metric": metric, **bounds, "why": expectation.why}


def _is_within(value: float, min: float | None, max: float | None, equals: float | None) -> bool:
    if equals is not None:
        return value == equals
    return (min is None or value >= min) and (max is None or value <= max)
