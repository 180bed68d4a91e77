"""What the shipped scenario holds, so that a run of it shows everything once."""

import re
from functools import cache

import pytest

from arm_runs import arm_runs, hub_events
from hubwire.gbcs import decode
from hubwire.identities import ACCESS_CONTROL_BROKER
from stormbench.scenario.phases import Phase
from stormbench.scenario.read import SHIPPED_DEFAULT, read_scenario
from stormbench.scenario.trace import trace_of

SCENARIO = read_scenario(None)
TRACE = trace_of(SCENARIO)
MINUTE_MS = 60_000
STORMS = [phase for phase in SCENARIO.phases if phase.storm]
KINDS = {device.name: device.kind for device in SCENARIO.devices}


@cache
def decoded():
    return [decode(alert.message) for alert in TRACE]


def alerts_of(phase: Phase):
    return [alert for alert in TRACE if alert.phase == phase.name]


def signed(phase: Phase):
    return {decode(alert.message).form for alert in alerts_of(phase)} == {"signature"}


def test_it_has_400_to_700_alerts():
    assert 400 <= len(TRACE) <= 700


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_has_400_to_700_alerts_with_any_seed(seed):
    assert 400 <= len(trace_of(SCENARIO.model_copy(update={"seed": seed}))) <= 700


def test_it_goes_on_for_90_minutes_and_more():
    assert TRACE[-1].at_ms - TRACE[0].at_ms >= 90 * MINUTE_MS


def test_it_has_four_originators_and_two_users():
    assert len({alert.originator for alert in decoded()}) >= 4
    assert len({alert.target for alert in decoded()} - {ACCESS_CONTROL_BROKER}) >= 2


def test_it_has_both_forms_and_all_three_payloads():
    assert {alert.form for alert in decoded()} == {"mac", "signature"}
    assert {alert.payload for alert in decoded()} == {"dlms", "gbz", "asn1"}


def test_it_has_a_gas_meter_whose_alerts_come_in_bursts():
    bursts = [phase for phase in SCENARIO.phases if phase.shape == "burst"]
    assert any(KINDS[phase.device] == "GSME" and alerts_of(phase) for phase in bursts)


def test_the_storm_is_one_electricity_meters():
    (device,) = {phase.device for phase in STORMS}
    assert KINDS[device] == "ESME"


def test_the_storm_is_of_a_critical_security_code_and_of_one_that_is_not():
    by_form = {signed(phase): phase.code for phase in STORMS}
    assert by_form == {True: "8F3E", False: "81A0"}


def test_each_storm_lasts_45_minutes_and_ends_45_before_the_run():
    for phase in STORMS:
        at = [alert.at_ms for alert in alerts_of(phase)]
        assert at[-1] - at[0] >= 45 * MINUTE_MS
        assert SCENARIO.duration_ms - at[-1] >= 45 * MINUTE_MS


def test_one_other_critical_alert_comes_in_the_middle_of_the_storm():
    start_ms, end_ms = max(p.at_ms for p in STORMS), min(p.at_ms + p.duration_ms for p in STORMS)
    middle = range(start_ms + 15 * MINUTE_MS, end_ms - 15 * MINUTE_MS)
    of_meter = [p for p in SCENARIO.phases if p.device == STORMS[0].device and p not in STORMS]
    (tamper,) = (phase for phase in of_meter if signed(phase))
    (alert,) = alerts_of(tamper)
    assert alert.at_ms in middle
    assert tamper.code not in {phase.code for phase in STORMS}


def test_others_go_on_before_during_and_after_the_storm():
    storm = next(phase for phase in STORMS)
    end_ms = storm.at_ms + storm.duration_ms
    spans = [(0, storm.at_ms), (storm.at_ms, end_ms), (end_ms, SCENARIO.duration_ms)]
    others = [alert for alert in TRACE if not alert.is_storm and alert.phase != "tamper"]
    for start, end in spans:
        assert len({a.originator for a in others if start <= a.at_ms < end}) >= 2


def test_its_wan_drops_alerts_where_nothing_throttles():
    assert arm_runs("default")["none"].cell.dropped_alerts > 0


def test_its_wan_drops_nothing_behind_a_hub_that_throttles():
    assert arm_runs("default")["hub"].cell.dropped.alerts == 0


def test_a_hub_emits_every_event_of_the_mechanism():
    assert {event.event for event in hub_events("default")} == {
        "INCIDENT_OPEN",
        "INCIDENT_ESCALATE",
        "INCIDENT_CLOSE",
        "OVERLOAD_START",
        "SUMMARY",
        "OVERLOAD_END",
        "TABLE_FULL",
    }


def test_both_levels_of_an_incident_are_reached():
    levels = [e.level for e in hub_events("default") if e.event.startswith("INCIDENT")]
    assert levels == ["amber", "red", "red"]


def test_both_storms_are_suppressed_and_both_overloads_end():
    ended = [e.code for e in hub_events("default") if e.event == "OVERLOAD_END"]
    assert {f"{code:04X}" for code in ended} == {phase.code for phase in STORMS}


def test_its_comment_on_the_storms_load_is_true():
    storm_bytes = sum(len(a.message) for phase in STORMS for a in alerts_of(phase))
    per_s = storm_bytes / (STORMS[0].duration_ms / 1000)
    comment = SHIPPED_DEFAULT.read_text(encoding="utf-8")
    said = re.search(r"the storm alone, (\d+) bytes a second, overfills it", comment)
    assert said and int(said[1]) == round(per_s) > SCENARIO.wan.bytes_per_s
