"""A scenario's storm, as everybody sends it who does: `inject`, `monitor`, the fixture `storm`.

Made of a plan before anything is opened, and judged by the scenario's bounds afterwards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event

from commshub.policy import Policy
from stormbench.errors import ExitCode, InvalidInput
from stormbench.hub.open import Faults
from stormbench.inject.bounds import HeldBound, held_bounds
from stormbench.inject.one_hub import Result, begin, storm_into
from stormbench.inject.plan import (
    Meant,
    Storms,
    faults_of_run,
    lasts_us,
    policy_of_run,
    storms_of,
)
from stormbench.link.client import HubClient
from stormbench.scenario.model import Scenario


@dataclass(frozen=True)
class HeldResult(Result):
    """A result with the scenario's bounds on it: one that is not met is among its failures.

    So `certified` says that it was in time, that every alert is accounted for, and that every
    bound is met which can be known of a hub alone; `facts` and `checks` know of no bound.

    Attributes:
        bounds: all of them, those that were not measured too.
        time_scale: by which the times of the scenario are divided.
    """

    bounds: Sequence[HeldBound] = ()
    time_scale: float = 1.0

    @property
    def failures(self) -> list[str]:
        """A sentence for each check that did not hold, and for each bound that is not met."""
        broken = [f"not met: {bound.sentence}" for bound in self.bounds if bound.is_broken]
        return [*super().failures, *broken]


@dataclass(frozen=True)
class Injection:
    """What is sent to hubs, and how.

    Attributes:
        storms: for each hub its alerts.
        policy: what hubs throttle by; None: what is in force at each.
        faults: of the link to each; None: none.
        lasts_us: for how long hubs are listened to at least, us.
        scenario: whose bounds count; None: there is none.
    """

    storms: Storms
    policy: Policy | None = None
    faults: Faults | None = None
    lasts_us: int = 0
    scenario: Scenario | None = None

    def bounds_on(self, results: Sequence[Result]) -> list[HeldBound]:
        """The scenario's bounds, held against what came of it."""
        if self.scenario is None:
            return []
        return held_bounds(self.scenario, results, keeps_policy=self.policy is None)

    def into(self, client: HubClient, name: str, stop: Event | None = None) -> HeldResult:
        """Bring one hub to its beginning, and send it the only storm; see `storm_into`.

        The faults are whoever's who opened the hub.
        """
        begin(client, self.policy)
        (shots,) = self.storms
        result = storm_into(client, name, shots, stop, lasts_us=self.lasts_us)
        bounds = self.bounds_on([result])
        is_broken = any(bound.is_broken for bound in bounds)
        code = result.exit_code or (ExitCode.FAILED if is_broken else ExitCode.DONE)
        scale = 1.0 if self.scenario is None else self.scenario.time_scale
        return HeldResult(
            result.facts, result.checks, result.shots, result.course, code, bounds, scale
        )


def injection_of(
    scenario: Scenario,
    plan: Sequence[Sequence[Meant]],
    policy: Policy | None = None,
    on_made: Callable[[], None] = lambda: None,
) -> Injection:
    """The injection of a plan of this scenario; makes its messages, which takes a while.

    Args:
        policy: in the run's time, in place of the scenario's.
        on_made: called for each message.
    """
    return Injection(
        storms_of(plan, on_made),
        policy_of_run(scenario) if policy is None else policy,
        faults_of_run(scenario),
        lasts_us(scenario),
        scenario,
    )


def require_one_hub(scenario: Scenario, who: str) -> None:
    """Go on only with a scenario of one hub.

    Args:
        who: takes one, with what it does: "`storm` floods".

    Raises:
        InvalidInput: it has several.
    """
    if len(scenario.hubs) > 1:
        raise InvalidInput(
            f"scenario {scenario.name!r} has {len(scenario.hubs)} hubs, and {who} one: "
            "`stormbench inject`, with a --hub for each, sends it to all of them"
        )
