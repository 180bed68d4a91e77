"""A scenario's bounds, held against what an injection measured.

There is one arm here, `hub`, and neither a WAN nor a User behind it: figures of them, and of all
other arms, are not measured, and that is said of each bound on one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stormbench.compare.expectations import figure, held_against, not_held
from stormbench.inject.one_hub import Result
from stormbench.report.expectations import bound_in_words, sentence
from stormbench.scenario.expectation import INJECTED, INJECTED_ARM, Expectation
from stormbench.scenario.model import Scenario, Tables
from stormbench.scenario.pace import Pace
from stormbench.wan.departure import count_at, departures
from stormbench.wan.hop import HopCounts


@dataclass(frozen=True)
class HeldBound:
    """A bound as report.json has it (`fields`), and why it was not measured; None where it was.

    `hub` and `hub_number`: whose figures these are, by name and from 1 on as hubs were named;
    None: those of all together.
    """

    hub: str | None
    hub_number: int | None
    fields: Mapping[str, Any]
    not_measured: str | None = None

    @property
    def is_broken(self) -> bool:
        """Whether it was measured, and is not met."""
        return self.fields["met"] is False

    @property
    def title(self) -> str:
        """The figure that it bounds: `hub suppressed`."""
        return f"{self.fields['arm']} {self.fields['metric']}"

    @property
    def in_words(self) -> str:
        """What it must be: `at most 3`."""
        return bound_in_words(self.fields)

    @property
    def sentence(self) -> str:
        """What was found, and what was expected; and what for."""
        return sentence(self.fields)

    def as_json(self) -> dict[str, Any]:
        """As inject.json has it: `met` is null where `not_measured` says why."""
        return {
            "hub": self.hub,
            "hub_number": self.hub_number,
            **self.fields,
            "not_measured": self.not_measured,
        }


def held_bounds(
    scenario: Scenario, results: Sequence[Result], *, keeps_policy: bool = False
) -> list[HeldBound]:
    """Each bound of a scenario: of each hub, or of all together where the scenario has several.

    Args:
        keeps_policy: whether hubs were given no policy, and kept their own.
    """
    if len(scenario.hubs) > 1:
        return _held(scenario, results, None, None, keeps_policy)
    return [
        bound
        for number, result in enumerate(results, start=1)
        for bound in _held(scenario, [result], result.facts["hub"], number, keeps_policy)
    ]


def _held(
    scenario: Scenario,
    results: Sequence[Result],
    hub: str | None,
    hub_number: int | None,
    keeps_policy: bool,
) -> list[HeldBound]:
    arms = {INJECTED_ARM: figures_of(results)}
    pace = Pace(scenario.time_scale)
    unlike = _unlike(scenario, results, keeps_policy)
    held = []
    for expectation in scenario.expect:
        why = unlike or _why_not(arms, expectation)
        if why is None:
            (fields,) = held_against(arms, [expectation], pace)
        else:
            fields = not_held(expectation, pace)
        held.append(HeldBound(hub, hub_number, fields, why))
    return held


def figures_of(results: Sequence[Result]) -> dict[str, Any]:
    """The figures of an arm that an injection knows, under the names of report.json.

    Of several hubs their sum; None where a hub could not be asked for one.
    """
    han, wan = HopCounts(), HopCounts()
    suppressed = false_suppressed = 0
    for number, result in enumerate(results, start=1):
        for shot, _ in zip(result.shots, result.course.sent_us, strict=False):
            han.add_alert(len(shot.message))
        for departure in departures(number, result.course.north):
            count_at(wan, departure.item)
        for shot, verdict in zip(result.shots, result.course.verdicts, strict=False):
            suppressed += verdict == "SUPPRESS"
            false_suppressed += verdict == "SUPPRESS" and not shot.is_storm
    return {
        "hops": {
            "han": {"alerts": han.alerts, "bytes": han.bytes},
            "wan": {"alerts": wan.alerts, "bytes": wan.bytes},
        },
        "suppressed": suppressed,
        "false_suppressed": false_suppressed,
        "generated": sum(result.facts["sent"] for result in results),
        "lost_at_reset": _sum(results, "lost_at_reset"),
        "unaccounted": _sum(results, "unaccounted"),
    }


def _sum(results: Sequence[Result], name: str) -> int | None:
    values = [value for each in results if (value := each.facts.get(name)) is not None]
    return sum(values) if len(values) == len(results) else None


def _why_not(arms: Mapping[str, Any], expectation: Expectation) -> str | None:
    if expectation.arm != INJECTED_ARM:
        return f"only arm {INJECTED_ARM} is run"
    if expectation.metric not in INJECTED:
        return "there is no WAN, DSP or User behind the hub"
    value = figure(arms[INJECTED_ARM], expectation.metric)
    return "the hub could not be asked" if value is None else None


def _unlike(scenario: Scenario, results: Sequence[Result], keeps_policy: bool) -> str | None:
    """Why this run is not the scenario's at all, so that none of its bounds is on it."""
    if any(result.facts["stopped"] or result.facts["error"] for result in results):
        return "the run did not come to its end"
    if keeps_policy and scenario.time_scale != 1:
        return "the hub kept its own policy, which no time scale divides (see --policy)"
    if scenario.tables != Tables():
        return "the hub's tables are as they are on it, and not the scenario's"
    if not all(hub.updated for hub in scenario.hubs):
        return "some hubs of the scenario have no throttle, and each of these has"
    return None
