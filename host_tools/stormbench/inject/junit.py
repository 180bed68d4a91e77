"""A run as JUnit XML: a suite a hub, a case for each check and each bound.

Bounds on the figures of all hubs together have a suite of their own.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from stormbench.inject.bounds import HeldBound
from stormbench.inject.one_hub import Result
from stormbench.junit import Case, Suite, write_suites
from stormbench.scenario.model import Scenario

_PROPERTIES = (
    "board",
    "transport",
    "firmware_version",
    "source_sha256",
    "micropython_version",
    "keyed",
    "policy",
    "intended",
    "sent",
    "acknowledged",
)


def write_junit(
    path: Path, scenario: Scenario, results: Sequence[Result], bounds: Sequence[HeldBound] = ()
) -> None:
    """Write it; a bound that was not measured is skipped, and says why.

    Each hub's suite has the scenario's time scale among its properties.

    Raises:
        JunitNotWritten: the drive is full, or there is no such folder.
    """
    write_suites(path, "stormbench inject", _suites(scenario, results, bounds))


def _suites(
    scenario: Scenario, results: Sequence[Result], bounds: Sequence[HeldBound]
) -> Iterator[Suite]:
    for number, result in enumerate(results, start=1):
        checks = [Case(check.name, check.failure) for check in result.checks]
        yield Suite(
            f"{scenario.name} into {result['hub']}",
            scenario.name,
            [*checks, *_cases(bounds, number)],
            result["duration_s"],
            {"time_scale": scenario.time_scale, **{name: result[name] for name in _PROPERTIES}},
        )
    if of_all := _cases(bounds, None):
        yield Suite(f"{scenario.name}, all hubs together", scenario.name, of_all)


def _cases(bounds: Iterable[HeldBound], hub_number: int | None) -> list[Case]:
    """Of the bounds on this hub's figures."""
    return [
        Case(
            f"{bound.title} {bound.in_words}",
            bound.sentence if bound.is_broken else None,
            bound.not_measured and f"not measured by inject: {bound.not_measured}",
        )
        for bound in bounds
        if bound.hub_number == hub_number
    ]
