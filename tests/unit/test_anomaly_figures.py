"""Anomaly detection at the DSP beside what it would make of all that is raised."""

import copy
from dataclasses import replace

import pytest

from arm_runs import arm_runs, report, runs_of
from hubwire.identities import ACCESS_CONTROL_BROKER
from storm_phase import MINUTE_MS, STORM
from stormbench.compare.anomaly import anomaly
from stormbench.dsp import twin
from stormbench.dsp.anomaly import AnomalyDetection
from stormbench.dsp.red_times import RedTimes, Span
from stormbench.link.northbound import Notice
from stormbench.scenario.model import Scenario
from stormbench.scenario.trace import trace_of

ARMS = ["none", "mask", "device", "hub", "dsp", "layered"]
WITH_COUNTS = ["device", "hub", "layered"]
"""Those in which a throttle before the DSP sends it counts."""

WIRE_MS = 485  # 85 bytes at 1000 bytes a second, and 400 ms


def figures(*phases, kind="ESME", **fields):
    """Of each arm, over three hours."""
    recipe = Scenario.model_validate(
        {
            "name": "test",
            "duration_ms": 180 * MINUTE_MS,
            "devices": (
                {"name": "meter", "kind": kind, "originator": "00DB1234567890A0"},
                {"name": "other", "kind": "ESME", "originator": "00DB1234567890B0"},
            ),
            "phases": phases,
            "wan": {"bytes_per_s": 1000, "delay_ms": 400},
            **fields,
        }
    )
    return {arm: anomaly(run) for arm, run in runs_of(recipe, trace_of(recipe)).items()}


class Deaf(AnomalyDetection):
    """Counts what arrives, and not the count that it bears."""

    def count(self, t_ms, originator, alerts):
        super().count(t_ms, originator, min(alerts, 1))


class Doubling(AnomalyDetection):
    """Counts a count twice."""

    def count(self, t_ms, originator, alerts):
        super().count(t_ms, originator, alerts if alerts < 2 else 2 * alerts)


@pytest.mark.parametrize("scenario", ["default", "few_hubs_updated", "narrow_wan", "wide_wan"])
@pytest.mark.parametrize("arm", ARMS)
def test_each_alert_that_came_to_the_dsp_is_counted_there_once(scenario, arm):
    assert report(scenario)["arms"][arm]["anomaly"]["uncounted"] == 0


@pytest.mark.parametrize("arm", ARMS)
def test_with_a_wide_wan_all_that_a_storming_device_raised_is_counted(arm):
    found = figures(STORM)[arm]
    assert found["counted"] == found["raised"] == 600


def test_detection_that_ignores_counts_is_found_out(monkeypatch):
    listening = figures(STORM)
    monkeypatch.setattr(twin, "AnomalyDetection", Deaf)
    deaf = figures(STORM)
    for arm in WITH_COUNTS:
        assert deaf[arm]["uncounted"] > 500
        assert deaf[arm]["counted"] == 600 - deaf[arm]["uncounted"]
        assert deaf[arm]["red_share"] < 0.6 < 0.99 < listening[arm]["red_share"]
    for arm in set(ARMS) - set(WITH_COUNTS):
        assert deaf[arm] == listening[arm]


@pytest.mark.parametrize("arm", WITH_COUNTS)
def test_detection_that_counts_twice_is_found_out(monkeypatch, arm):
    monkeypatch.setattr(twin, "AnomalyDetection", Doubling)
    assert figures(STORM)[arm]["uncounted"] < 0


def test_without_a_throttle_before_it_the_dsp_sees_red_as_late_as_the_way_takes():
    for arm in ("none", "dsp"):
        found = figures(STORM)[arm]
        red_ms = found["red_beyond_ms"] / (1 - found["red_share"])
        assert found["red_late_ms"] == found["red_beyond_ms"] == WIRE_MS
        assert red_ms == pytest.approx(90 * MINUTE_MS - 20 * 6000)  # 3 windows after the storm's 6


def test_count_that_comes_late_keeps_the_incident_open_and_says_so():
    of = figures(STORM)
    assert of["hub"]["red_beyond_ms"] > of["none"]["red_beyond_ms"]


def test_mask_is_what_the_dsp_cannot_see_past():
    found = figures(STORM, mask_delay_ms=MINUTE_MS)["mask"]
    assert found["counted"] < found["raised"] and found["uncounted"] == 0
    assert found["red_share"] < 0.6


@pytest.mark.parametrize("arm", ARMS)
def test_storm_of_the_hub_itself_is_one_of_these(arm):
    broker = ACCESS_CONTROL_BROKER.hex().upper()
    found = figures({**STORM, "code": "8F20", "target": broker}, kind="CHF")[arm]
    assert (found["raised"], found["red_devices"], found["red_unseen"]) == (600, 1, 0)
    assert found["red_share"] > 0.99


@pytest.mark.parametrize("arm", ARMS)
def test_device_that_evades_the_throttle_by_codes_in_turn_is_one_of_these(arm):
    round_robin = {name: value for name, value in STORM.items() if name != "code"}
    codes = tuple(f"80{number:02X}" for number in range(0x10, 0x40))
    found = figures({**round_robin, "shape": "flap", "codes": codes, "per_hour": 240})[arm]
    assert (found["raised"], found["counted"], found["red_devices"]) == (240, 240, 1)
    assert found["red_share"] > 0.99


def test_alerts_of_no_storm_are_no_storming_devices():
    calm = {**STORM, "storm": False}
    found = figures(calm)["none"]
    assert (found["raised"], found["counted"], found["red_devices"]) == (0, 0, 0)
    assert found["red_share"] is found["red_late_ms"] is None


def test_storm_too_slow_for_red_is_none_that_the_dsp_missed():
    found = figures({**STORM, "per_hour": 60})["hub"]
    assert (found["raised"], found["red_devices"], found["red_unseen"]) == (60, 0, 0)


def test_devices_whose_alerts_the_wan_drops_are_never_seen_red():
    found = figures(STORM, wan={"bytes_per_s": 1000, "queue_bytes": 0})["none"]
    assert (found["red_devices"], found["red_unseen"], found["red_share"]) == (1, 1, 0)
    assert found["uncounted"] == 0 and found["red_late_ms"] is None


def test_quiet_device_that_the_dsp_sees_red_is_beyond_what_was_raised():
    run = arm_runs("default")["hub"]
    seen = copy.copy(run.twin)
    seen.red = copy.deepcopy(run.twin.red)
    quiet = bytes.fromhex("00DB1234567890B0")
    for at_ms, event in ((5, "INCIDENT_OPEN"), (9, "INCIDENT_CLOSE")):
        seen.red.on_incident(Notice(at_ms, event, "red", False, quiet, None, None, None))
    before, after = anomaly(run), anomaly(replace(run, twin=seen))
    assert after == {**before, "red_beyond_ms": before["red_beyond_ms"] + 4}


# When an originator is red.

METER = b"meter..."


def told(*events):
    red = RedTimes()
    for at_ms, event, level in events:
        red.on_incident(Notice(at_ms, event, level, False, METER, None, None, None))
    return red


def test_red_lasts_from_its_beginning_until_its_incident_closes():
    red = told(
        (5, "INCIDENT_OPEN", "amber"),
        (7, "INCIDENT_ESCALATE", "red"),
        (9, "INCIDENT_CLOSE", "red"),
    )
    assert red.spans(METER, 100) == [Span(7, 9)]
    assert red.first_ms == {METER: 7}


def test_incident_that_stays_amber_is_not_red():
    red = told((5, "INCIDENT_OPEN", "amber"), (9, "INCIDENT_CLOSE", "amber"))
    assert red.spans(METER, 100) == [] and red.first_ms == {}


def test_incident_that_comes_again_is_another_one():
    again = [
        (5, "INCIDENT_OPEN", "red"),
        (9, "INCIDENT_CLOSE", "red"),
        (20, "INCIDENT_OPEN", "red"),
    ]
    red = told(*again)
    assert red.spans(METER, 100) == [Span(5, 9), Span(20, 100)]
    assert red.first_ms == {METER: 5}


@pytest.mark.parametrize(("end_ms", "spans"), [(5, []), (6, [Span(5, 6)]), (9, [Span(5, 9)])])
def test_nothing_is_red_after_the_end(end_ms, spans):
    assert (
        told((5, "INCIDENT_OPEN", "red"), (9, "INCIDENT_CLOSE", "red")).spans(METER, end_ms)
        == spans
    )
