"""The library of scenarios: each meets its own bounds, and has some that mean something.

A bound means something where it is not met without a throttle, or under a policy that throttles
too eagerly.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from commshub.policy import Policy
from stormbench.compare.expectations import figure, held_against
from stormbench.compare.run import Comparison
from stormbench.inject.bounds import figures_of
from stormbench.inject.plan import lasts_us, plan_of, policy_of_run, storms_of
from stormbench.inject.run import inject, opened
from stormbench.policies.shipped import policy_path
from stormbench.policy_file import read_policy
from stormbench.scenario.expectation import ARMS, INJECTED
from stormbench.scenario.model import Scenario
from stormbench.scenario.pace import Pace
from stormbench.scenario.read import read_scenario
from stormbench.scenario.shipped import scenario_names, scenario_path

TOO_EAGER = "bad"
"""The shipped policy that takes a week of a healthy device for a storm."""

CONTROLS = (
    "firmware_campaign",
    "future_dated_outcomes",
    "install_day",
    "just_under_the_threshold",
    "regional_power_cut",
)
"""What is not to be throttled, beside a storm that is."""

each = pytest.mark.parametrize("name", scenario_names())


@cache
def scenario(name: str) -> Scenario:
    return read_scenario(scenario_path(name))


def report(recipe: Scenario, policy: Policy) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        return Comparison(recipe, policy, "sim").run(Path(folder)).report


@cache
def own_report(name: str) -> dict[str, Any]:
    return report(scenario(name), scenario(name).throttle_policy())


def unmet(expectations: list[dict[str, Any]]) -> list[str]:
    return [f"{e['arm']} {e['metric']}: {e['value']}" for e in expectations if not e["met"]]


def bounds_on(arm: str, name: str) -> list[dict[str, Any]]:
    """What the scenario expects of arms that throttle, held against another arm."""
    expected = [e for e in scenario(name).expect if e.arm != "none"]
    moved = [e.model_copy(update={"arm": arm}) for e in expected]
    return held_against(own_report(name)["arms"], moved, Pace(1))


def test_there_are_twelve_and_more():
    assert len(scenario_names()) >= 12


@each
def test_each_has_three_bounds_and_more(name):
    assert len(scenario(name).expect) >= 3


@each
def test_each_says_what_it_stands_for_and_who_says_so(name):
    cause = scenario(name).cause
    assert cause is not None and cause.what and cause.source


@each
def test_each_meets_its_own_bounds(name):
    assert unmet(own_report(name)["expectations"]) == []


@each
def test_one_bound_of_each_is_not_met_without_a_throttle(name):
    assert unmet(bounds_on("none", name)) != []


@each
def test_one_bound_of_each_is_not_met_under_a_policy_that_is_too_eager(name):
    eager = report(scenario(name), read_policy(policy_path(TOO_EAGER)))
    assert unmet(eager["expectations"]) != []


@pytest.mark.parametrize("name", ["duty_cycle", "firmware_campaign", "voltage_flapping"])
def test_some_come_to_the_same_figures_when_they_are_injected(name):
    recipe = scenario(name)
    count = len(recipe.hubs)
    with opened(["sim"] * count, None, policy_of_run(recipe)) as hubs:
        results = inject(hubs, storms_of(plan_of(recipe, count)), lasts_us=lasts_us(recipe))
    found, compared = figures_of(results), own_report(name)["arms"]["hub"]
    assert {m: figure(found, m) for m in INJECTED} == {m: figure(compared, m) for m in INJECTED}


@pytest.mark.parametrize("name", CONTROLS)
def test_controls_expect_no_false_suppression_wherever_a_throttle_stands(name):
    expected = {e.arm for e in scenario(name).expect if e.metric == "false_suppressed"}
    assert expected == set(ARMS) - {"none", "mask"}


@pytest.mark.parametrize("name", ["gas_wake_ups", "stuck_tamper_sensor"])
def test_bounds_are_met_60_times_as_fast(name):
    faster = scenario(name).model_copy(update={"time_scale": 60.0})
    assert unmet(report(faster, faster.throttle_policy())["expectations"]) == []
