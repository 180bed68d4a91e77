"""The library of scenarios on the emulated Pico: each meets its own bounds there, too."""

import pytest

from stormbench.compare.run import Comparison
from stormbench.scenario.read import read_scenario
from stormbench.scenario.shipped import scenario_names, scenario_path

FOR_EACH_RUN = ("boot_loop", "hub_resets", "regional_power_cut", "voltage_flapping")
"""A storm with restarts of the meter, one with restarts of the hub, a control, and held copies."""


@pytest.mark.parametrize(
    "name",
    [
        name if name in FOR_EACH_RUN else pytest.param(name, marks=pytest.mark.soak)
        for name in scenario_names()
    ],
)
def test_scenario_meets_its_bounds_on_the_emulated_pico(name: str) -> None:
    recipe = read_scenario(scenario_path(name))
    assert "emulated" in recipe.runs_on
    held = (
        Comparison(recipe, recipe.throttle_policy(), "emulated").run(None).report["expectations"]
    )
    assert held and [each for each in held if not each["met"]] == []
