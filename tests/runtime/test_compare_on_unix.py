"""Comparisons on MicroPython's Unix port, against the same on the firmware in process."""

from functools import cache
from typing import Any

import pytest

from stormbench.compare.arms import BY_NAME
from stormbench.compare.run import Comparison
from stormbench.scenario.read import read_scenario
from stormbench.scenario.shipped import scenario_names, scenario_path

DEFAULT = "default"
SCENARIOS = [DEFAULT, *scenario_names()]
STORMS = [DEFAULT, "hub_resets", "voltage_flapping", "stuck_tamper_sensor"]
"""The shipped one; power cuts; held copies of paired codes; two parties."""


@cache
def report(scenario: str, hub: str) -> dict[str, Any]:
    recipe = read_scenario(None if scenario == DEFAULT else scenario_path(scenario))
    return Comparison(recipe, recipe.throttle_policy(), hub).run(None).report


@pytest.mark.parametrize("arm", BY_NAME)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_arm_comes_to_the_same_figures_under_micropython(scenario: str, arm: str) -> None:
    assert report(scenario, "unix")["arms"][arm] == report(scenario, "sim")["arms"][arm]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_all_but_the_hub_is_reported_alike(scenario: str) -> None:
    unix, sim = dict(report(scenario, "unix")), dict(report(scenario, "sim"))
    assert (unix.pop("hub")["kind"], sim.pop("hub")["kind"]) == ("unix", "sim")
    assert unix == sim


@pytest.mark.parametrize("scenario", scenario_names())
def test_scenario_meets_its_bounds_under_micropython(scenario: str) -> None:
    held = report(scenario, "unix")["expectations"]
    assert held and [each for each in held if not each["met"]] == []


def test_the_scenarios_put_to_use_what_tells_arms_apart() -> None:
    """Figures that are alike because nothing happened would say nothing."""
    assert report("hub_resets", "unix")["arms"]["hub"]["lost_at_reset"] > 0
    assert report("voltage_flapping", "unix")["arms"]["device"]["last_state"]["wrong_by_counter"]
    assert report("stuck_tamper_sensor", "unix")["arms"]["none"]["two_parties"]["told_to_one"]
    for scenario in STORMS:
        arms = report(scenario, "unix")["arms"]
        assert all(arms[arm]["suppressed"] for arm in ("device", "hub", "dsp", "layered"))
