"""An injection made for a command, which says on stderr how far it is where that takes long."""

from collections.abc import Sequence

from commshub.policy import Policy
from stormbench.cli._count_progress import CountProgress
from stormbench.inject.injection import Injection, injection_of
from stormbench.inject.plan import Meant
from stormbench.scenario.model import Scenario


def made_injection(
    scenario: Scenario, plan: Sequence[Sequence[Meant]], policy: Policy | None = None
) -> Injection:
    """As `injection_of` makes it; a message takes some 0.5 ms."""
    to_make = sum(map(len, {id(meant): meant for meant in plan}.values()))
    with CountProgress("alerts made", to_make) as step:
        return injection_of(scenario, plan, policy, step)
