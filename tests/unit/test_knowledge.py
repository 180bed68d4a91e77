"""When Users know that a storm runs, that it ended, and how many alerts it had."""

import pytest

from arm_runs import runs_of
from hubwire.identities import ACCESS_CONTROL_BROKER
from stormbench.compare.figures import ArmFigures
from stormbench.scenario.model import Scenario
from stormbench.scenario.trace import trace_of

MINUTE_MS = 60_000
STORM = {
    "name": "storm",
    "device": "meter",
    "code": "8002",
    "target": "90B3D51F30020000",
    "duration_ms": 30 * MINUTE_MS,
    "shape": "periodic",
    "per_hour": 600,
    "storm": True,
}
STORM_STARTS_MS = (21 + 5 + 1) * 6000  # 6 s between alerts: 21 for red, 5 of the key, a sample
WIRE_MS = 485  # 85 bytes at 1000 bytes a second, and 400 ms
LAST_MS = 30 * MINUTE_MS - 6000


def figures(mask_delay_ms=120 * MINUTE_MS, duration_ms=120 * MINUTE_MS, **storm):
    recipe = Scenario.model_validate(
        {
            "name": "test",
            "duration_ms": duration_ms,
            "devices": ({"name": "meter", "kind": "ESME", "originator": "00DB1234567890A0"},),
            "phases": ({**STORM, **storm},),
            "wan": {"bytes_per_s": 1000, "delay_ms": 400},
            "mask_delay_ms": mask_delay_ms,
        }
    )
    runs = runs_of(recipe, trace_of(recipe))
    return {arm: ArmFigures(run).as_report() for arm, run in runs.items()}


def test_without_a_throttle_a_storm_is_known_from_its_many_copies():
    # The 21st copy within ten minutes came before the key was over its limit.
    assert figures()["none"]["storm_known_ms"] == {"p50": 0, "max": 0, "unknown": 0}


def test_slow_storm_is_known_from_the_sample_that_says_so():
    # 21 a window open the incident, so nobody sees more than 20 copies of one key before the limit
    found = figures()["hub"]["storm_known_ms"]
    assert found["unknown"] == 0 and found["max"] <= WIRE_MS + 16


def test_storm_of_which_there_was_none_is_not_unknown():
    assert figures(count=3)["hub"]["storm_known_ms"] == {"p50": None, "max": None, "unknown": 0}


def test_end_is_known_by_silence_where_nobody_tells():
    known = figures()["none"]["end_known_ms"]
    assert known["max"] == WIRE_MS + 3 * 10 * MINUTE_MS


def test_end_is_told_by_the_throttle_before_silence_tells_it():
    of = figures()
    assert of["hub"]["end_known_ms"]["unknown"] == 0
    assert of["hub"]["end_known_ms"]["max"] <= of["none"]["end_known_ms"]["max"]


def test_silence_of_a_masked_meter_tells_nothing():
    assert figures(mask_delay_ms=MINUTE_MS)["mask"]["end_known_ms"] == {
        "p50": None,
        "max": None,
        "unknown": 1,
    }


def test_count_is_never_older_than_flush_and_the_way():
    age = figures()["hub"]["count_age_ms"]
    assert 0 < age["p50"] < age["max"] <= 10 * MINUTE_MS + WIRE_MS + 16


def test_nothing_suppressed_has_no_age():
    assert figures()["none"]["count_age_ms"] == {"p50": None, "max": None}


@pytest.mark.parametrize("arm", ["none", "device", "hub", "dsp", "layered"])
def test_anomaly_detection_still_fires_with_the_throttle_anywhere(arm):
    red = figures()[arm]["red_ms"]
    assert red["unknown"] == 0


def test_anomaly_detection_hears_of_the_hubs_suppressed_alerts_late_and_not_never():
    # 11 alerts raise amber and 21 red before the hub suppresses; none has to be suppressed for it.
    assert figures()["hub"]["red_ms"] == figures()["dsp"]["red_ms"]


def test_storm_of_the_hub_itself_is_the_brokers_to_know():
    broker = ACCESS_CONTROL_BROKER.hex().upper()
    found = figures(code="8F20", target=broker)["hub"]
    assert found["storm_known_ms"] == {"p50": None, "max": None, "unknown": 0}


def of_phases(*phases):
    recipe = Scenario.model_validate(
        {
            "name": "test",
            "duration_ms": 360 * MINUTE_MS,
            "devices": ({"name": "meter", "kind": "ESME", "originator": "00DB1234567890A0"},),
            "phases": phases,
            "wan": {"bytes_per_s": 1000, "delay_ms": 400},
        }
    )
    runs = runs_of(recipe, trace_of(recipe))
    return {arm: ArmFigures(run).as_report() for arm, run in runs.items()}


def test_end_of_a_storm_that_comes_back_is_that_of_its_last_part():
    found = of_phases(STORM, {**STORM, "name": "again", "at_ms": 180 * MINUTE_MS})
    assert 0 < found["hub"]["end_known_ms"]["max"] <= 3 * 10 * MINUTE_MS + WIRE_MS


def test_copies_that_never_come_close_together_tell_nobody_of_a_storm():
    # 26 alerts in ten minutes, 13 of each code: too many for a device, and for each code's limit,
    # but nobody sees more than 20 of one kind.
    flap = {name: value for name, value in STORM.items() if name != "code"}
    flap |= {"shape": "flap", "codes": ("8002", "8085"), "per_hour": 156}
    found = of_phases({**flap, "duration_ms": 120 * MINUTE_MS})
    assert found["none"]["storm_known_ms"] == {"p50": None, "max": None, "unknown": 2}
    assert found["hub"]["storm_known_ms"]["unknown"] == 0


def test_other_codes_that_are_suppressed_are_told_apart_by_whose_they_are():
    other = {**STORM, "name": "other", "code": "8003", "per_hour": 60, "storm": False}
    found = of_phases(STORM, other)["hub"]
    assert found["false_suppressed"] > 0
    assert found["false_suppressed_of"] == {
        "quiet_devices": 0,
        "storming_devices": found["false_suppressed"],
    }


def test_device_that_is_not_marked_as_storming_is_a_quiet_one():
    found = of_phases({**STORM, "storm": False})["hub"]
    assert found["false_suppressed_of"] == {
        "quiet_devices": found["false_suppressed"],
        "storming_devices": 0,
    }
    assert found["false_suppressed"] > 0
