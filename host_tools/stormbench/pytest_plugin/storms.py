"""What the fixture `storm` is asked for: the alerts, and all that a scenario brings with them.

Loaded when a test asks for a storm, so it may import what it needs.
"""

from pathlib import Path
from typing import Any

import pytest

from stormbench.errors import InvalidInput
from stormbench.inject.injection import Injection, injection_of, require_one_hub
from stormbench.inject.limits import MOST_ALERTS
from stormbench.inject.plan import even_storm, plan_of, require_within_limits
from stormbench.policy_file import code_of
from stormbench.scenario.fit import fits
from stormbench.scenario.model import LEAST_TIME_SCALE, MOST_TIME_SCALE, Scenario
from stormbench.scenario.read import changed, read_scenario
from stormbench.scenario.shipped import scenario_path

_LEAST_PER_S, _MOST_PER_S = 0.001, 1_000_000
"""The least is chosen, one in a quarter of an hour; at the most they are 1 us apart, which is how
finely their times are kept. How many may be in a second is in inject/limits.py."""


def of_scenario(
    asked: Scenario | Path | str, time_scale: float | None, hub_name: str, real_ids: bool
) -> Injection:
    """A scenario's storm; skips the test where the scenario fits other hubs only.

    Raises:
        InvalidInput: it cannot be read, has several hubs, or is beyond what may be sent.
    """
    scenario = asked if isinstance(asked, Scenario) else read_scenario(scenario_path(str(asked)))
    if not fits(scenario, hub_name):
        pytest.skip(
            f"scenario {scenario.name!r} fits {', '.join(scenario.runs_on)} (its runs_on), and "
            f"the hub is {hub_name}"
        )
    require_one_hub(scenario, "`storm` floods")
    if time_scale is not None:
        _require_number("time_scale", time_scale, LEAST_TIME_SCALE, MOST_TIME_SCALE)
    scenario = changed(scenario, time_scale=time_scale)
    plan = plan_of(scenario, 1)
    require_within_limits(plan, real_ids=real_ids)
    return injection_of(scenario, plan)


def of_one_code(code: Any, per_s: Any, count: Any, time_scale: Any) -> Injection:
    """`count` alerts of one code at even times, under the policy that is in force.

    Raises:
        InvalidInput: a value is none for it, or the storm is beyond what may be sent.
    """
    if time_scale is not None:
        raise InvalidInput("storm: time_scale goes with a scenario; of one code give per_s")
    try:
        number = code_of(code)
    except ValueError as error:
        raise InvalidInput(f"storm: code: {error}") from error
    if type(count) is not int or not 1 <= count <= MOST_ALERTS:
        raise InvalidInput(
            f"storm: count: expected a whole number 1 to {MOST_ALERTS:,}, got {count!r:.80}"
        )
    _require_number("per_s", per_s, _LEAST_PER_S, _MOST_PER_S)
    shots = even_storm(number, per_s, count)
    require_within_limits([shots])
    return Injection([shots])


def _require_number(name: str, value: Any, least: float, most: float) -> None:
    """Go on only with a number in this range, which nan is not."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and least <= value <= most):
        raise InvalidInput(
            f"storm: {name}: expected a number {least:,} to {most:,}, got {value!r:.80}"
        )
