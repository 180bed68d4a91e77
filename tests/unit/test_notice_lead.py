"""`notice_lead_ms`: from verdicts on one side, from what Users were told on the other."""

from dataclasses import replace

import pytest

from arm_runs import arm_runs, runs_of
from hubwire.identities import ACCESS_CONTROL_BROKER
from stormbench.compare.account import account
from stormbench.compare.figures import ArmFigures
from stormbench.compare.notice_lead import first_suppressed, notice_lead
from stormbench.dsp.users import Recipients
from stormbench.link.northbound import Notice
from stormbench.scenario.model import Scenario
from stormbench.scenario.trace import trace_of
from stormbench.wan.departure import NOTICE_BYTES

SCENARIOS = ["default", "few_hubs_updated", "narrow_wan", "wide_wan"]
NOBODY = {"p50": None, "min": None, "max": None, "untold": 0}
METER = {"name": "meter", "kind": "ESME", "originator": "00DB1234567890A0"}
STORM = {
    "name": "storm",
    "device": "meter",
    "code": "81A0",
    "target": "90B3D51F30010000",
    "duration_ms": 600_000,
    "shape": "periodic",
    "per_hour": 600,
    "storm": True,
}


def leads_of(wan=None, **storm):
    """`notice_lead_ms` of each arm of one storm of 100 alerts, 6 s between them."""
    recipe = Scenario.model_validate(
        {
            "name": "test",
            "duration_ms": 3_600_000,
            "devices": (METER,),
            "phases": ({**STORM, **storm},),
            "wan": {"bytes_per_s": 1000, "delay_ms": 400, **(wan or {})},
        }
    )
    alerts = trace_of(recipe)
    return {arm: notice_lead(run) for arm, run in runs_of(recipe, alerts).items()}


def alike(lead_ms, untold=0):
    return {"p50": lead_ms, "min": lead_ms, "max": lead_ms, "untold": untold}


def with_notices(run, service_notices):
    """The run as if Users had been told these."""
    recipients = Recipients()
    recipients.take(run.deliveries)
    recipients.take_notices(service_notices)
    return replace(run, recipients=recipients)


def hubs_starts(run):
    """When the start of each overload left its hub."""
    return {
        (hub_id, item.report.overload_id): item.at_ms
        for hub_id, home in run.homes.items()
        for item in home.north
        if isinstance(item, Notice) and item.event == "OVERLOAD_START" and not item.shadow
    }


def test_user_behind_a_wan_learns_of_the_hubs_start_after_its_time_on_the_wan():
    # 1000 bytes a second: as many ms as the notice has bytes, and nothing waits before it.
    assert leads_of()["hub"] == alike(-(NOTICE_BYTES + 400))


def test_user_behind_a_full_wan_learns_later_by_the_time_in_the_queue():
    lead = leads_of(wan={"bytes_per_s": 5})["hub"]
    assert lead["max"] < -(NOTICE_BYTES * 200 + 400)


def test_user_is_told_of_the_dsps_own_throttle_in_the_same_ms():
    assert leads_of()["dsp"] == alike(0)


def test_layered_has_the_overloads_of_both():
    runs = arm_runs("narrow_wan")
    of_hub, of_dsp = (notice_lead(runs[arm])["p50"] for arm in ("hub", "dsp"))
    of_both = notice_lead(runs["layered"])
    assert (of_both["min"], of_both["max"]) == (of_hub, of_dsp)


@pytest.mark.parametrize("arm", ["none", "mask", "device", "hub", "dsp", "layered"])
def test_without_an_overload_there_is_no_lead(arm):
    assert leads_of(count=3)[arm] == NOBODY


def test_hub_that_suppresses_nothing_in_shadow_has_no_lead():
    assert leads_of()["none"] == NOBODY


@pytest.mark.parametrize("arm", ["device", "hub", "dsp", "layered"])
def test_overloads_of_alerts_for_the_broker_are_left_out(arm):
    broker = ACCESS_CONTROL_BROKER.hex().upper()
    assert leads_of(code="8F20", target=broker)[arm] == NOBODY


def test_user_whose_notice_the_wan_dropped_is_untold():
    # Room for one alert (124 bytes, 140 as a sample), which takes longer than the 6 s to the next:
    # every second one is dropped, and so is the notice, 6 s behind the sample.
    lead = leads_of(wan={"bytes_per_s": 17, "queue_bytes": 140})["hub"]
    assert lead == {**NOBODY, "untold": 1}


def test_service_notices_move_nothing_but_the_lead():
    run = arm_runs("default")["hub"]
    without = with_notices(run, [])
    before, after = (ArmFigures(each).as_report() for each in (run, without))
    assert {name for name in before if before[name] != after[name]} == {"notice_lead_ms"}
    assert account(without) == account(run)


def test_every_overload_is_untold_where_nobody_was_told_of_any():
    run = arm_runs("default")["hub"]
    lead = notice_lead(with_notices(run, []))
    assert lead == {**NOBODY, "untold": len(first_suppressed(run))}


def test_lead_is_positive_where_the_user_was_told_ahead():
    run = arm_runs("narrow_wan")["dsp"]
    early = [replace(n, at_ms=n.at_ms - 1500) for n in run.twin.service_notices]
    assert notice_lead(with_notices(run, early)) == alike(1500)


def test_lead_has_the_middle_and_both_ends():
    run = arm_runs("default")["dsp"]
    by_start = [n for n in run.twin.service_notices if n.notice.event == "OVERLOAD_START"]
    shifted = [replace(n, at_ms=n.at_ms + 100 * at) for at, n in enumerate(by_start)]
    lead = notice_lead(with_notices(run, shifted))
    assert lead == {"p50": -50, "min": -100, "max": 0, "untold": 0}


def test_overload_whose_samples_never_came_north_leaves_its_user_untold():
    run = arm_runs("narrow_wan")["hub"]
    homes = {hub_id: replace(home, north=()) for hub_id, home in run.homes.items()}
    lead = notice_lead(replace(run, homes=homes))
    assert lead == {**NOBODY, "untold": 1}


# The hub's word against the ledger of verdicts.


@pytest.mark.parametrize("arm", ["none", "mask", "device", "hub", "dsp", "layered"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_hubs_start_leaves_in_the_ms_of_the_first_suppression(scenario, arm):
    run = arm_runs(scenario)[arm]
    suppressed = first_suppressed(run).items()
    assert {o: first.at_ms for o, first in suppressed if o[0] is not None} == hubs_starts(run)
