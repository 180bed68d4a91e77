"""Scenario files: what they may say, and the alerts that they come to."""

import copy
from itertools import pairwise
from typing import Any

import pytest

from hubwire.gbcs import decode
from stormbench.errors import InvalidInput
from stormbench.scenario.model import Scenario
from stormbench.scenario.read import read_scenario
from stormbench.scenario.trace import Alert, storm_spans_ms, trace_of

METER = {"name": "meter", "kind": "ESME", "originator": "00DB1234567890A0"}
OTHER = {"name": "other", "kind": "GSME", "originator": "00DB1234567890A1"}
PHASE: dict[str, Any] = {
    "name": "voltage",
    "device": "meter",
    "code": "8002",
    "target": "90B3D51F30020000",
    "at_ms": 60_000,
    "duration_ms": 3_600_000,
    "shape": "poisson",
    "per_hour": 60,
}
BASE: dict[str, Any] = {
    "name": "test",
    "seed": 7,
    "duration_ms": 4_000_000,
    "devices": [METER, OTHER],
    "phases": [PHASE],
}


def toml(value):
    """A value of a TOML file, written as an inline one."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {toml(item)}' for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


@pytest.fixture
def read(tmp_path):
    """Reads a scenario from a file that says these fields."""

    def read_fields(fields) -> Scenario:
        path = tmp_path / "s.toml"
        path.write_text("".join(f"{name} = {toml(value)}\n" for name, value in fields.items()))
        return read_scenario(path)

    return read_fields


def with_phase(**changes):
    """BASE with its phase changed; None removes a field."""
    phase = {**PHASE, **changes}
    return {**BASE, "phases": [{k: v for k, v in phase.items() if v is not None}]}


def burst(**changes):
    return with_phase(shape="burst", per_hour=None, **changes)


def changed(place, value):
    """BASE with the field at `place`, such as devices.0.kind, set to `value`; None removes it."""
    fields = copy.deepcopy(BASE)
    at: Any = fields
    *path, last = place.split(".")
    for step in path:
        at = at[int(step)] if step.isdigit() else at.setdefault(step, {})
    if value is None:
        del at[last]
    else:
        at[last] = value
    return fields


def times(scenario):
    return [alert.at_ms for alert in trace_of(scenario)]


# What is refused.


@pytest.mark.parametrize("place", ["name", "duration_ms", "devices", "phases"])
def test_missing_field_is_named(read, place):
    with pytest.raises(InvalidInput, match=rf"s\.toml: {place}: Field required"):
        read(changed(place, None))


@pytest.mark.parametrize("place", ["speed", "wan.speed", "tables.speed", "devices.0.speed"])
def test_unknown_field_is_named(read, place):
    with pytest.raises(
        InvalidInput, match=rf"s\.toml:\d: {place}: Extra inputs are not permitted"
    ):
        read(changed(place, 1))


WRONG = [
    ("name", 5),
    ("seed", -1),
    ("seed", "62"),
    ("seed", 2**63),
    ("seed", 1.5),
    ("duration_ms", 0),
    ("duration_ms", 2**47 + 1),
    ("duration_ms", True),
    ("hubs", []),
    ("devices", []),
    ("wan.bytes_per_s", 0),
    ("wan.bytes_per_s", "10"),
    ("wan.bytes_per_s", float("inf")),
    ("wan.bytes_per_s", float("nan")),
    ("wan.delay_ms", -1),
    ("wan.queue_bytes", -1),
    ("wan.loss", -0.1),
    ("wan.loss", 1),
    ("tables.device_capacity", -1),
    ("tables.key_capacity", 1025),
    ("policy", 5),
    ("devices.0.kind", "esme"),
    ("devices.0.originator", "00DB1234567890A"),
    ("devices.0.originator", "00DB1234567890AG"),
    ("devices.0.hub", "1"),
    ("devices.0.hub", 65_536),
    ("wan.queue_bytes", 2**47 + 1),
    ("phases.0.count", 1_000_001),
    ("phases.0.code", "802"),
    ("phases.0.code", 8002),
    ("phases.0.target", "90B3D51F3002000"),
    ("phases.0.also_to", "90B3D51F3001000"),
    ("phases.0.also_to", ["90B3D51F30010000"]),
    ("phases.0.at_ms", -1),
    ("phases.0.shape", "sine"),
    ("phases.0.per_hour", 0),
    ("phases.0.per_hour", 360_001),
    ("phases.0.count", 0),
    ("phases.0.every_ms", 0),
    ("phases.0.jitter_ms", -1),
    ("phases.0.payload", "DLMS"),
    ("phases.0.form", "none"),
    ("phases.0.storm", 1),
]


@pytest.mark.parametrize(("place", "value"), WRONG)
def test_wrong_value_is_named(read, place, value):
    with pytest.raises(InvalidInput, match=rf"s\.toml:\d: {place}: "):
        read(changed(place, value))


def test_what_each_wrong_value_was_put_into_is_a_scenario(read):
    assert read(BASE).name == "test"


def test_every_wrong_value_of_a_file_is_named(read):
    with pytest.raises(InvalidInput, match=r":2: seed: .*\n.*:3: duration_ms: "):
        read({**BASE, "seed": -1, "duration_ms": 0})


@pytest.mark.parametrize("hub", [0, 65536])
def test_hub_id_beyond_16_bits_is_named(read, hub):
    with pytest.raises(InvalidInput, match=r"hubs\.0\.id: "):
        read({**BASE, "hubs": [{"id": hub}]})


@pytest.mark.parametrize("shape", ["poisson", "periodic"])
def test_phase_without_its_rate_is_refused(read, shape):
    phase = {**PHASE, "shape": shape}
    del phase["per_hour"]
    with pytest.raises(InvalidInput, match=r"s\.toml:5: phases\.0\.per_hour: Field required"):
        read({**BASE, "phases": [phase]})


@pytest.mark.parametrize(
    ("given", "missing"), [({"count": 3}, "every_ms"), ({"every_ms": 1000}, "count")]
)
def test_burst_without_count_and_every_ms_is_refused(read, given, missing):
    with pytest.raises(InvalidInput, match=rf"s\.toml:5: phases\.0\.{missing}: Field required"):
        read(burst(**given))


def test_field_of_another_shape_is_refused(read):
    with pytest.raises(InvalidInput, match=r"phases\.0\.every_ms: Extra inputs"):
        read(with_phase(every_ms=1000))


def test_two_devices_of_one_name_are_refused(read):
    with pytest.raises(
        InvalidInput, match=r"devices\.1\.name: two devices have one name, got 'meter' again"
    ):
        read({**BASE, "devices": [METER, {**OTHER, "name": "meter"}]})


def test_two_devices_of_one_originator_are_refused(read):
    twin = {**OTHER, "originator": METER["originator"].lower()}
    with pytest.raises(InvalidInput, match="two devices have one originator"):
        read({**BASE, "devices": [METER, twin]})


def test_two_hubs_of_one_id_are_refused(read):
    with pytest.raises(InvalidInput, match="two hubs have one id"):
        read({**BASE, "hubs": [{"id": 1}, {"id": 1}]})


def test_two_phases_of_one_name_are_refused(read):
    with pytest.raises(InvalidInput, match="two phases have one name"):
        read({**BASE, "phases": [PHASE, PHASE]})


def test_device_behind_a_hub_that_is_not_there_is_refused(read):
    with pytest.raises(InvalidInput, match=r"s\.toml:4: devices\.0\.hub: no hub has id 2"):
        read(changed("devices.0.hub", 2))


def test_phase_of_a_device_that_is_not_there_is_refused(read):
    with pytest.raises(
        InvalidInput,
        match=r"s\.toml:5: phases\.0\.device: no device is called 'nobody'; there are meter",
    ):
        read(with_phase(device="nobody"))


def test_phase_that_ends_after_the_scenario_is_refused(read):
    with pytest.raises(
        InvalidInput, match=r"phases\.0\.duration_ms: the phase ends at 3660000 ms, after"
    ):
        read({**BASE, "duration_ms": PHASE["at_ms"] + PHASE["duration_ms"] - 1})


def test_phase_may_end_when_the_scenario_does(read):
    end_ms = PHASE["at_ms"] + PHASE["duration_ms"]
    assert read({**BASE, "duration_ms": end_ms}).duration_ms == end_ms


def test_policy_that_is_refused_is_named(read):
    with pytest.raises(InvalidInput, match=r"s\.toml:6: policy\.code_limit: must be 0 to 65535"):
        read({**BASE, "policy": {"code_limit": -1}})


def test_policy_of_the_scenario_is_the_default_but_for_what_it_names(read):
    policy = read({**BASE, "policy": {"excluded_codes": ["8F66"]}}).throttle_policy()
    assert (policy.excluded_codes, policy.code_limit) == ({0x8F66}, 5)


def test_file_that_is_not_toml_is_refused(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("name = \n")
    with pytest.raises(InvalidInput, match=r"s\.toml: not TOML: "):
        read_scenario(path)


# The trace.


def test_same_seed_gives_the_same_trace(read):
    assert trace_of(read(BASE)) == trace_of(read(BASE))


def test_another_seed_gives_another_trace(read):
    assert times(read(BASE)) != times(read({**BASE, "seed": 8}))


@pytest.mark.parametrize("place", [0, 1])
def test_another_phase_moves_no_alert_of_the_first(read, place):
    another = {**PHASE, "name": "another", "device": "other", "code": "8154"}
    phases = [PHASE]
    phases.insert(place, another)
    more = trace_of(read({**BASE, "phases": phases}))
    assert len(more) > len(trace_of(read(BASE)))
    assert [alert for alert in more if alert.phase == "voltage"] == trace_of(read(BASE))


def test_two_phases_of_the_same_recipe_do_not_march_in_step(read):
    again = {**PHASE, "name": "again", "device": "other"}
    trace = trace_of(read({**BASE, "phases": [PHASE, again]}))
    by_phase = {name: {a.at_ms for a in trace if a.phase == name} for name in ("voltage", "again")}
    assert not by_phase["voltage"] & by_phase["again"]


def test_counters_rise_by_one_in_each_originator(read):
    phases = [PHASE, {**PHASE, "name": "b"}, {**PHASE, "name": "c", "device": "other"}]
    trace = trace_of(read({**BASE, "phases": phases}))
    for device in (METER, OTHER):
        originator = bytes.fromhex(device["originator"])
        counters = [a.counter for a in trace if a.originator == originator]
        assert counters == list(range(1000, 1000 + len(counters)))


def test_message_says_what_the_alert_says(read):
    for alert in trace_of(read(with_phase(payload="asn1", form="signature"))):
        said = decode(alert.message)
        key = (said.originator, said.target, said.alert_code)
        assert (*key, said.originator_counter) == (*alert.key, alert.counter)
        assert (said.payload, said.form) == ("asn1", "signature")


def test_no_two_alerts_have_one_identity(read):
    phases = [PHASE, {**PHASE, "name": "b", "target": "90B3D51F30010000"}]
    trace = trace_of(read({**BASE, "phases": phases}))
    assert len({alert.identity for alert in trace}) == len(trace)


def test_alerts_at_one_time_come_in_the_order_of_phases(read):
    (once,) = burst(count=1, every_ms=3_600_000)["phases"]
    phases = [{**once, "name": name} for name in "zab"]
    trace = trace_of(read({**BASE, "phases": phases}))
    assert [(a.phase, a.at_ms) for a in trace] == [(name, 60_000) for name in "zab"]


TWO = {"also_to": "90B3D51F30010000", "target": "90B3D51F30020000"}


@pytest.mark.parametrize(
    "shape",
    [
        {"shape": "periodic", "per_hour": 60, "jitter_ms": 30_000},
        {"shape": "poisson", "per_hour": 60},
        {"shape": "burst", "per_hour": None, "count": 3, "every_ms": 600_000, "gap_ms": 0},
        {"shape": "flap", "code": None, "codes": ["8006", "8089"], "jitter_ms": 9_000},
    ],
)
def test_second_party_is_told_of_each_happening_right_after_the_first(read, shape):
    to_two = trace_of(read(with_phase(**TWO, **shape)))
    to_one = trace_of(read(with_phase(target=TWO["target"], **shape)))
    first, second = to_two[::2], to_two[1::2]
    assert [(a.at_ms, *a.key) for a in first] == [(a.at_ms, *a.key) for a in to_one]
    assert {a.target for a in second} == {bytes.fromhex(TWO["also_to"])}
    same = ("at_ms", "code", "happening", "originator", "is_storm")
    for a, b in zip(first, second, strict=True):
        assert [getattr(a, name) for name in same] == [getattr(b, name) for name in same]
        assert b.counter == a.counter + 1
    assert len({a.happening for a in to_two}) == len(to_one) > 2


def test_count_is_of_happenings_and_not_of_those_told(read):
    assert len(trace_of(read(with_phase(**TWO, count=2)))) == 4


def test_second_party_that_is_the_first_is_refused(read):
    with pytest.raises(InvalidInput, match=r"phases\.0\.also_to: must be another party than targ"):
        read(with_phase(also_to=PHASE["target"].lower()))


def test_second_party_may_be_away(read):
    outage = {"user": TWO["also_to"], "at_ms": 0, "duration_ms": 1}
    assert read({**with_phase(**TWO), "user_outages": [outage]}).user_outages


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "shape",
    [
        {"shape": "poisson", "per_hour": 500},
        {"shape": "periodic", "per_hour": 500, "jitter_ms": 30_000},
        {"shape": "burst", "per_hour": None, "count": 9, "every_ms": 7_000, "jitter_ms": 7_000},
        {
            "shape": "ramp",
            "per_hour": None,
            "from_per_hour": 0,
            "to_per_hour": 900,
            "jitter_ms": 9_000,
        },
    ],
)
def test_times_lie_within_the_phase_and_in_order(read, shape, seed):
    at = times(read({**with_phase(duration_ms=100_000, **shape), "seed": seed}))
    assert at and at == sorted(at)
    assert all(60_000 <= at_ms < 160_000 for at_ms in at)


def test_poisson_has_its_rate_and_no_rhythm(read):
    at = times(read(with_phase(per_hour=900)))
    gaps = [later - earlier for earlier, later in pairwise(at)]
    assert 800 < len(at) < 1000  # 900 expected, 30 the standard deviation
    shorter = sum(gap < 4000 for gap in gaps) / len(gaps)
    assert 0.58 < shorter < 0.68  # of gaps with a mean of 4 s, 1 - 1/e = 0.632


def test_periodic_has_equal_gaps(read):
    at = times(read(with_phase(shape="periodic", per_hour=6)))
    assert at == [60_000 + number * 600_000 for number in range(6)]


def test_jitter_moves_each_alert_of_a_periodic_phase_later(read):
    at = times(read(with_phase(shape="periodic", per_hour=6, jitter_ms=1000)))
    late = [at_ms - 60_000 - number * 600_000 for number, at_ms in enumerate(at)]
    assert all(0 <= ms <= 1000 for ms in late)
    assert len(set(late)) > 1


def test_burst_is_its_count_100_ms_apart_at_each_wake_up(read):
    at = times(read(burst(count=3, every_ms=1_800_000)))
    assert at == [start + after for start in (60_000, 1_860_000) for after in (0, 100, 200)]


def test_burst_that_does_not_fit_is_cut_at_the_end_of_its_phase(read):
    short = {"duration_ms": 1_150, "count": 3, "every_ms": 1_000}
    assert times(read(burst(**short))) == [60_000, 60_100, 60_200, 61_000, 61_100]


@pytest.mark.parametrize("shape", ["poisson", "periodic"])
def test_count_ends_a_phase_early(read, shape):
    whole = times(read(with_phase(shape=shape)))
    assert times(read(with_phase(shape=shape, count=3))) == whole[:3]


def test_storm_is_what_the_phase_says(read):
    phases = [{**PHASE, "storm": True}, {**PHASE, "name": "calm"}]
    scenario = read({**BASE, "phases": phases})
    assert {(a.phase, a.is_storm) for a in trace_of(scenario)} == {
        ("voltage", True),
        ("calm", False),
    }
    assert storm_spans_ms(scenario) == [(60_000, 3_660_000)]


def test_alert_is_behind_its_devices_hub(read):
    fields = {**BASE, "hubs": [{"id": 1}, {"id": 9}], "devices": [{**METER, "hub": 9}, OTHER]}
    alerts: list[Alert] = trace_of(read(fields))
    assert {alert.hub_id for alert in alerts} == {9}
