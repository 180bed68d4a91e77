"""Drawbacks on the page of a study: each with the values of the figures that it leans on."""

import copy
import re

import pytest

from study_example import make_study
from study_page import rendered, section, text_of


def drawback_with(**figure):
    """(figure's cell, ...) of a page whose one drawback leans on this."""
    row = make_study()["drawbacks"][0] | {"figures": [figure]}
    tree = rendered(drawbacks=[row])
    return text_of(tree, "//table[contains(@class, 'drawbacks')]//td[2]")


DELAY = {"metric": "other_alert_delay_ms.p99", "arms": ["dsp", "hub"]}


def test_drawback_has_its_figures_value_in_each_arm_with_its_unit_its_mark_and_where():
    said = drawback_with(metric="hops.wan.bytes", arms=["dsp", "hub"], of="all")
    assert re.fullmatch(
        r"dsp \d\d\.\d kB, hub \d\d\.\d kB simulatedbytes onto the WAN; mean of 4 storms", said
    )


def test_mean_of_one_scenario_is_called_what_it_is():
    row = make_study()["drawbacks"][0] | {"figures": [{**DELAY, "of": "all"}]}
    overall = make_study()["overall"] | {"scenarios": 1}
    said = section(rendered(drawbacks=[row], overall=overall), "drawbacks")
    assert "p99; the one storm that was run" in said


def test_drawback_names_the_scenario_that_is_worst():
    scenarios = make_study()["scenarios"]
    scenarios["voltage_flapping"]["arms"]["dsp"][DELAY["metric"]]["mean"] = 3_600_000
    row = make_study()["drawbacks"][0] | {"figures": [{**DELAY, "of": "worst"}]}
    tree = rendered(drawbacks=[row], scenarios=scenarios)
    said = text_of(tree, "//table[contains(@class, 'drawbacks')]//td[2]")
    assert said.startswith("dsp 1 h") and said.endswith("of a storm: voltage flapping")


def test_circumstance_of_a_storm_is_never_the_worst():
    scenarios = make_study()["scenarios"]
    absent = {"title": "absent user", "role": "circumstance"}
    scenarios["absent_user"] = scenarios["boot_loop"] | absent
    scenarios["absent_user"]["arms"] = copy.deepcopy(scenarios["boot_loop"]["arms"])
    scenarios["absent_user"]["arms"]["dsp"][DELAY["metric"]]["mean"] = 86_400_000
    row = make_study()["drawbacks"][0] | {"figures": [{**DELAY, "of": "worst"}]}
    assert "absent" not in section(rendered(drawbacks=[row], scenarios=scenarios), "drawbacks")


def test_drawback_has_the_value_of_the_scenario_that_it_names():
    said = drawback_with(**DELAY, of="regional_power_cut")
    assert said.endswith("simulateddelay of other alerts, p99; scenario regional power cut")


def test_drawback_has_the_value_at_a_point_of_a_sweep():
    said = drawback_with(**DELAY, sweep="roll_out", at={"updated_share": 0.5})
    assert said.endswith("hubs with the new firmware 50 %, in the sweep roll out")


def test_drawback_has_a_cost_of_the_firmware_with_its_own_mark():
    cost = [make_study()["firmware_cost"][0] | {"name": "decision_p99"}]
    row = make_study()["drawbacks"][0] | {"figures": [{"cost": "decision_p99"}]}
    tree = rendered(drawbacks=[row], firmware_cost=cost)
    said = text_of(tree, "//table[contains(@class, 'drawbacks')]//td[2]")
    assert said == "412 µs measured on firmwareTime for a decision"


@pytest.mark.parametrize(
    ("figure", "reason"),
    [
        ({**DELAY, "of": "hub_resets"}, "the scenario hub resets was not run"),
        (
            {**DELAY, "sweep": "cell", "at": {"storming": 2}},
            "the sweep cell was not run",
        ),
        ({"cost": "boot"}, "the firmware's cost is not in this report"),
        ({**DELAY, "of": "all"}, "this study has no mean of storms"),
    ],
)
def test_figure_that_a_part_of_a_study_has_not_is_empty_and_says_why(figure, reason):
    row = make_study()["drawbacks"][0] | {"figures": [figure]}
    tree = rendered(drawbacks=[row], sweeps=None, firmware_cost=None, overall=None)
    assert text_of(tree, "//table[contains(@class, 'drawbacks')]//td[2]") == f"– {reason}"


@pytest.mark.parametrize(
    "figure",
    [
        {**DELAY, "of": "all", "metric": "other_alert_delay_ms.p98"},
        {**DELAY, "of": "no_such_scenario"},
        {**DELAY, "of": "all", "arms": ["hubs"]},
        {**DELAY, "sweep": "roll_out", "at": {"updated_share": 0.4}},
        {**DELAY, "sweep": "cell", "at": {"storming": 2}, "arms": ["mask"]},
        {"cost": "no_such_row"},
    ],
)
def test_figure_that_no_study_has_is_refused(figure):
    with pytest.raises(ValueError, match=r"no study has|is no point of"):
        drawback_with(**figure)
