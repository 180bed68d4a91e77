"""`last_state`: the Users know how a paired condition stands, or they do not."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from arm_runs import runs_of
from hubwire.codes import CodePair, alert_name, pair_of
from stormbench.compare.last_state import last_state
from stormbench.compare.one_arm import ArmRun
from stormbench.dsp.dispatch import Delivery
from stormbench.dsp.users import Recipients
from stormbench.scenario.model import Scenario
from stormbench.scenario.trace import Alert, trace_of

THROTTLED = ["hub", "dsp", "layered"]
FLAP = {
    "name": "flap",
    "device": "meter",
    "codes": ("8006", "8089"),
    "target": "90B3D51F30020000",
    "duration_ms": 600_000,
    "shape": "flap",
    "per_hour": 600,
    "storm": True,
}


def runs(*phases: dict, queue_bytes: int = 100_000) -> tuple[dict[str, ArmRun], list[Alert]]:
    """Each arm over these phases, and the trace."""
    recipe = Scenario.model_validate(
        {
            "name": "test",
            "duration_ms": 3_600_000,
            "devices": tuple(
                {"name": name, "kind": "ESME", "originator": f"00DB12345678{number:04X}"}
                for number, name in enumerate(("meter", "other"), start=0x90A0)
            ),
            "phases": phases,
            "wan": {"bytes_per_s": 1000, "queue_bytes": queue_bytes},
        }
    )
    alerts = trace_of(recipe)
    return runs_of(recipe, alerts), alerts


def state(pairs: int, wrong: int) -> dict[str, int]:
    """Whichever way a User sorts."""
    return {"pairs": pairs, "wrong": wrong, "wrong_by_counter": wrong}


def told(run: ArmRun, deliveries: Iterable[Delivery]) -> ArmRun:
    """The run, if only these deliveries had come."""
    recipients = Recipients()
    recipients.take(deliveries)
    return replace(run, recipients=recipients)


def test_flap_without_a_throttle_ends_in_the_right_state():
    found, _ = runs(FLAP)
    assert last_state(found["none"]) == state(pairs=1, wrong=0)


@pytest.mark.parametrize("arm", THROTTLED)
@pytest.mark.parametrize("count", [99, 100])
def test_flap_that_is_throttled_ends_in_the_right_state(arm, count):
    found, alerts = runs({**FLAP, "count": count})
    assert len(alerts) == count
    assert last_state(found[arm]) == state(pairs=1, wrong=0)


@pytest.mark.parametrize("count", [99, 100])
def test_flap_that_its_meter_throttles_ends_in_the_right_state_by_the_time_in_the_alerts(count):
    found, _ = runs({**FLAP, "count": count})
    assert last_state(found["device"])["wrong"] == 0


def test_user_who_sorts_by_counter_takes_an_old_state_that_a_meter_held_for_the_newest():
    # Of one of the two ends the copy that was held is the older, and is built after the newer.
    ends = [last_state(runs({**FLAP, "count": count})[0]["device"]) for count in (99, 100)]
    assert sorted(end["wrong_by_counter"] for end in ends) == [0, 1]


@pytest.mark.parametrize("arm", THROTTLED)
def test_throttle_that_held_no_copy_would_leave_one_of_the_two_ends_wrong(arm):
    wrong = 0
    for count in (99, 100):
        found, _ = runs({**FLAP, "count": count})
        run = found[arm]
        bare = told(run, [each for each in run.deliveries if not each.is_held])
        wrong += last_state(bare)["wrong"]
    assert wrong == 1


def test_last_alert_that_the_wan_drops_leaves_the_state_before():
    found, _ = runs({**FLAP, "count": 2})
    run = found["none"]
    assert last_state(told(run, run.deliveries[:1]))["wrong"] == 1


def test_condition_of_which_nothing_came_is_wrong():
    found, _ = runs(FLAP, queue_bytes=0)
    assert last_state(found["none"]) == state(pairs=1, wrong=1)


def test_copy_that_comes_late_does_not_undo_a_newer_one():
    found, _ = runs({**FLAP, "count": 2})
    run = found["none"]
    assert last_state(told(run, run.deliveries[::-1]))["wrong"] == 0


def test_state_that_came_before_and_holds_again_is_right_only_if_it_is_the_newest():
    found, _ = runs({**FLAP, "count": 3})
    run = found["none"]
    assert last_state(told(run, run.deliveries[:1]))["wrong"] == 0
    assert last_state(told(run, run.deliveries[:2]))["wrong"] == 1


def test_devices_recipients_and_pairs_are_apart():
    other_device = {**FLAP, "name": "device", "device": "other"}
    other_user = {**FLAP, "name": "user", "target": "90B3D51F30010000"}
    other_pair = {**FLAP, "name": "pair", "codes": ("8F75", "81BC")}
    found, _ = runs(
        *({**phase, "count": 2} for phase in (FLAP, other_device, other_user, other_pair))
    )
    run = found["none"]
    assert last_state(run) == state(pairs=4, wrong=0)
    for lost in run.deliveries[-4:]:
        left = [each for each in run.deliveries if each is not lost]
        assert last_state(told(run, left))["wrong"] == 1


def test_code_that_stands_alone_is_no_condition():
    found, _ = runs({**FLAP, "codes": ("8F3E", "81A0")})
    assert last_state(found["hub"]) == state(pairs=0, wrong=0)


# The table of pairs.

ALL = sorted({pair for code in range(0x8000, 0x9000) if (pair := pair_of(code)) is not None})


@pytest.mark.parametrize(
    ("began", "ended"),
    [
        (0x8002, 0x8085),
        (0x8006, 0x8089),
        (0x8020, 0x808D),
        (0x8024, 0x8091),
        (0x8028, 0x8095),
        (0x802C, 0x8099),
        (0x8F74, 0x81B9),
        (0x8F76, 0x81C1),
        (0x8F75, 0x81BC),
        (0x81C3, 0x81C2),
    ],
)
def test_either_code_of_a_pair_finds_it(began, ended):
    assert pair_of(began) == pair_of(ended) == CodePair(began, ended)


@pytest.mark.parametrize("pair", ALL)
def test_names_of_a_pair_are_of_one_thing(pair):
    names = [str(alert_name(code)) for code in pair]
    assert all("None" not in name for name in names)
    phases = [name[name.index("Phase") :][:7] if "Phase" in name else "" for name in names]
    assert phases[0] == phases[1]
    for thing in ("Average RMS", "Extreme", "Swell", "Sag", "Cover", "Magnetic", "Tilt"):
        assert (thing in names[0]) == (thing in names[1])


@pytest.mark.parametrize("pair", [pair for pair in ALL if pair.began < 0x8100])
def test_names_of_voltages_say_what_begins_and_what_ends(pair):
    began, ended = map(str, map(alert_name, pair))
    if "current value" in began:
        (now,) = [word for word in ("above", "below") if f"current value {word}" in began]
        assert f"previous value {now}" in ended
    else:
        assert "(voltage returns" in ended and "(voltage returns" not in began


def test_no_code_is_in_two_pairs():
    codes = [code for pair in ALL for code in pair]
    assert len(codes) == len(set(codes)) == 58
