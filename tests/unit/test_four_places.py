"""Four small scenarios, four verdicts: the answer is the storm's, and not built in."""

import pytest

from arm_runs import arm_runs, report

PLACES = {
    "no_storm": {"none"},
    "few_hubs_updated": {"dsp"},
    "narrow_wan": {"hub", "layered"},
    "wide_wan": {"no difference"},
}


def place(name):
    return report(name)["verdict"]["place"]


@pytest.mark.parametrize("name", PLACES)
def test_place_is_the_scenarios_own(name):
    assert place(name) in PLACES[name]


def test_four_scenarios_give_four_places():
    assert len({place(name) for name in PLACES}) == 4


def test_where_no_throttle_is_needed_none_suppressed_anything():
    assert {arm["suppressed"] for arm in report("no_storm")["arms"].values()} == {0}


def test_hub_that_is_not_updated_does_nothing_for_its_arm():
    arms = report("few_hubs_updated")["arms"]
    assert arms["hub"] == arms["none"]
    assert arms["layered"]["suppressed"] == arms["dsp"]["suppressed"] > 100


def test_throttle_behind_a_wan_that_is_too_narrow_loses_what_none_loses():
    arms = report("narrow_wan")["arms"]
    dropped = {name: arms[name]["dropped"]["queue"] for name in arms}
    assert dropped["dsp"] == dropped["none"] > 0
    assert dropped["hub"] == dropped["layered"] == 0


def test_over_a_wide_wan_nothing_is_dropped_under_any_arm():
    assert {run.cell.dropped.alerts for run in arm_runs("wide_wan").values()} == {0}


def test_over_a_wide_wan_each_throttle_spares_the_users_the_same():
    arms = report("wide_wan")["arms"]
    to_users = {name: arms[name]["hops"]["user"]["alerts"] for name in arms}
    assert to_users["hub"] == to_users["dsp"] == to_users["layered"] < to_users["none"] / 3
