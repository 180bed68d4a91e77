"""The time scale of a scenario: every time of a run is that of the scenario, divided by it.

A scenario of a day then takes minutes on a board that lives by its own clock. Times of phases, of
the policy, the WAN and the faults are divided alike and rates rise as much, so that the same
alerts meet the same windows; sizes and counts stay.
"""

from dataclasses import dataclass

from commshub.policy import NUMBERS, Policy
from stormbench.faults.plan import FaultPlan
from stormbench.policy_file import plain_policy, policy_of
from stormbench.scenario.expectation import is_time
from stormbench.wan.cell import WanSettings


@dataclass(frozen=True)
class Pace:
    """How many times as fast as the scenario a run is."""

    scale: float

    def ms(self, scenario_ms: int) -> int:
        """A time of the run."""
        return int(scenario_ms / self.scale)

    def policy(self, policy: Policy) -> Policy:
        """A policy for the run. No time falls below its least, so the saves of a hub
        (`save_interval_ms`) come at most once a second."""
        if self.scale == 1:
            return policy
        fields = plain_policy(policy)
        for name, _, least, _ in NUMBERS:
            if name.endswith("_ms"):
                fields[name] = max(least, round(fields[name] / self.scale))
        return policy_of(fields, "policy, with its times divided by the time scale")

    def wan(self, wan: WanSettings) -> WanSettings:
        """A WAN for the run, which carries the same share of the same alerts."""
        return WanSettings(
            wan.bytes_per_s * self.scale, self.ms(wan.delay_ms), wan.queue_bytes, wan.loss
        )

    def faults(self, plan: FaultPlan) -> FaultPlan:
        """Faults for the run; their times stay 1 ms at least."""
        times = {name for name in FaultPlan.model_fields if name.endswith("_ms")}
        divided = {name: max(1, self.ms(getattr(plan, name))) for name in times}
        return plan.model_copy(update=divided)

    def bound(self, metric: str, value: float | None) -> float | None:
        """A bound on a figure of the run."""
        if value is None or self.scale == 1 or not is_time(metric):
            return value
        return value / self.scale
