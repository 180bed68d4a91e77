"""A home with the throttle in its meters: decided first, and only then built."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arm_runs import arm_runs, runs_of, scenario, trace
from hubwire import gbcs
from hubwire.gbcs_make import Recipe, make, numbered
from stormbench.compare.account import account
from stormbench.compare.anomaly import anomaly
from stormbench.compare.arms import BY_NAME
from stormbench.compare.run import Comparison
from stormbench.link.northbound import WanAlert
from stormbench.scenario.read import read_scenario
from stormbench.scenario.shipped import scenario_path
from stormbench.scenario.trace import FIRST_COUNTER, trace_of

SCENARIOS = ["default", "narrow_wan"]


def home_of(name, arm):
    (home,) = arm_runs(name)[arm].homes.values()
    return home


def counters_sent(home):
    """The originator counters of what left, in order, by device."""
    found: dict[bytes, list[int]] = {}
    for item in home.north:
        if isinstance(item, WanAlert):
            alert = gbcs.decode(item.message)
            found.setdefault(alert.originator, []).append(alert.originator_counter)
    return found


@given(
    st.sampled_from([0x8F3E, 0x81A0, 0x8002, 0x8F66, 0x8F12]),
    st.sampled_from([None, "dlms", "gbz"]),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**64 - 1),
)
def test_alert_that_is_numbered_anew_is_the_one_made_with_that_number(code, payload, old, new):
    alert = make(Recipe(code=code, payload=payload, counter=old))
    assert numbered(alert, new) == make(Recipe(code=code, payload=payload, counter=new))


def test_one_run_of_the_firmware_serves_the_hub_and_its_meters():
    recipe = scenario("default")
    comparison = Comparison(recipe, recipe.throttle_policy(), "sim")
    assert comparison.alerts_to_send == 2 * len(trace("default"))  # one that forwards, one not


# A hub's power cut is not its meters'.


@cache
def runs_with_power_cuts():
    recipe = read_scenario(scenario_path("hub_resets"))
    return runs_of(recipe, trace_of(recipe))


def accounts_with_power_cuts():
    return {arm: account(run) for arm, run in runs_with_power_cuts().items()}


def test_meters_forget_nothing_when_their_hub_loses_its_power():
    lost = {arm: terms["lost_at_reset"] for arm, terms in accounts_with_power_cuts().items()}
    assert lost["device"] == 0 < lost["hub"]


def test_hub_that_forwards_what_its_meters_leave_forgets_nothing_either():
    assert accounts_with_power_cuts()["none"]["lost_at_reset"] == 0


@pytest.mark.parametrize("arm", BY_NAME)
def test_each_alert_is_accounted_for_whoevers_power_is_cut(arm):
    assert accounts_with_power_cuts()[arm]["unaccounted"] == 0


@pytest.mark.parametrize("arm", BY_NAME)
def test_what_is_lost_with_the_power_never_came_to_anomaly_detection(arm):
    assert anomaly(runs_with_power_cuts()[arm])["uncounted"] == 0


def test_meters_have_a_run_of_their_own_where_the_power_of_their_hub_is_cut():
    recipe = read_scenario(scenario_path("hub_resets"))
    comparison = Comparison(recipe, recipe.throttle_policy(), "sim")
    assert comparison.alerts_to_send == 3 * len(trace_of(recipe))


@pytest.mark.parametrize("name", SCENARIOS)
def test_verdicts_do_not_hang_on_the_numbers_of_messages(name):
    renumbered = [
        replace(alert, message=gbcs.encode(numbered(gbcs.decode(alert.message), 7_000_000 + at)))
        for at, alert in enumerate(trace(name))
    ]
    runs = runs_of(scenario(name), renumbered)
    (home,) = runs["hub"].homes.values()
    assert home.hub.verdicts == home_of(name, "hub").hub.verdicts
    assert "SUPPRESS" in home.hub.verdicts


@pytest.mark.parametrize("name", SCENARIOS)
def test_suppressed_alert_costs_its_meter_no_counter(name):
    for counters in counters_sent(home_of(name, "device")).values():
        assert counters == list(range(FIRST_COUNTER, FIRST_COUNTER + len(counters)))


def test_user_sees_a_gap_where_the_hub_suppressed():
    gaps = [
        later - earlier
        for counters in counters_sent(home_of("default", "hub")).values()
        for earlier, later in pairwise(counters)
    ]
    assert max(gaps) > 1


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_draft_leaves_a_meter(name):
    home = home_of(name, "device")
    left = [gbcs.decode(item.message) for item in home.north if isinstance(item, WanAlert)]
    assert left and all(alert.originator_counter < 1 << 63 for alert in left)


def test_what_a_meter_sends_is_all_that_is_on_its_han():
    home = home_of("default", "device")
    left = [item for item in home.north if isinstance(item, WanAlert)]
    assert home.han.alerts == len(left) < len(home.sent)


def test_meters_that_do_not_throttle_send_all_over_their_han():
    home = home_of("default", "hub")
    assert home.han.alerts == len(trace("default"))
    assert home.han.bytes == sum(len(alert.message) for alert in trace("default"))


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_a_meter_suppressed_was_never_built(name):
    home = home_of(name, "device")
    numbers = {
        alert.counter >> 63
        for alert, verdict in zip(home.sent, home.hub.verdicts, strict=True)
        if verdict == "SUPPRESS"
    }
    assert numbers == {1}  # that of a draft


@pytest.mark.parametrize(
    ("arm", "updated", "not_updated"),
    [
        ("none", "forwards", "forwards"),
        ("mask", "masked", "masked"),
        ("device", "meters", "forwards"),
        ("hub", "throttles", "forwards"),
        ("dsp", "forwards", "forwards"),
        ("layered", "throttles", "forwards"),
    ],
)
def test_home_without_the_new_firmware_has_none_and_a_mask_takes_none(arm, updated, not_updated):
    assert BY_NAME[arm].role_of(True) == updated
    assert BY_NAME[arm].role_of(False) == not_updated
