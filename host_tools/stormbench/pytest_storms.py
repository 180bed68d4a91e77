"""What the fixture `storm` is asked for: the alerts, and the policy that they come with.

Loaded when a test asks for a storm, so it may import what it needs.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from commshub.policy import Policy
from stormbench.inject.plan import (
    Shot,
    even_storm,
    policy_of_run,
    require_within_limits,
    storms_of,
)
from stormbench.policy_file import code_of
from stormbench.scenario.fit import fits
from stormbench.scenario.model import Scenario
from stormbench.scenario.read import changed, read_scenario
from stormbench.scenario.shipped import scenario_path


def fitting(
    asked: Scenario | Path | str | None, time_scale: float | None, hub_name: str
) -> Scenario | None:
    """The scenario that is asked for, if one is; skips the test where it fits other hubs only."""
    if asked is None:
        return None
    scenario = asked if isinstance(asked, Scenario) else read_scenario(scenario_path(str(asked)))
    if not fits(scenario, hub_name):
        pytest.skip(
            f"scenario {scenario.name!r} fits {', '.join(scenario.runs_on)} (its runs_on), and "
            f"the hub is {hub_name}"
        )
    return changed(scenario, time_scale=time_scale)


def storm_asked_for(
    scenario: Scenario | None, code: str, per_s: float, count: int, real_ids: bool
) -> tuple[Policy | None, Sequence[Shot]]:
    """The policy, None for what is in force, and the alerts: a scenario's, or `count` of one code.

    Raises:
        InvalidInput: see `require_within_limits`.
    """
    policy = None
    if scenario is None:
        shots = even_storm(code_of(code), per_s, count)
    else:
        (shots,) = storms_of(scenario, 1)
        policy = policy_of_run(scenario)
    require_within_limits([shots], real_ids=real_ids)
    return policy, shots
