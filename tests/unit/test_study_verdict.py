"""The verdict of a study: over storms, with the conditions under which it changes."""

import pytest

from stormbench.study.verdict import place_of, verdict

P99 = "other_alert_delay_ms.p99"


def scenario(replications=3, role="storm", bytes_per_s=10, less_ms=3000, **places):
    return {
        "places": dict(sorted(places.items(), key=lambda each: -each[1])),
        "replications": replications,
        "role": role,
        "wan": {"bytes_per_s": bytes_per_s},
        "differences": {"hub-dsp": {P99: {"mean": -less_ms}}},
    }


WHOLE = {
    "arms": {
        "hub": {"hops.wan.bytes": {"mean": 1000}},
        "dsp": {"hops.wan.bytes": {"mean": 4000}},
    },
    "differences": {"hub-dsp": {"other_alert_delay_ms.p99": {"mean": -3000, "spans_zero": False}}},
}


def judged(**places):
    return verdict({name: scenario(**{each: 3}) for name, each in places.items()}, WHOLE, {})


def test_place_of_most_storms_is_the_verdict_and_the_others_are_named():
    found = judged(storm_a="hub", storm_b="hub", some_other="dsp", a_third="none", a_fourth="none")
    assert found["place"] == "no difference"
    found = judged(storm_a="hub", storm_b="hub", storm_c="hub", some_other="dsp")
    assert found["place"] == "hub"
    assert found["sentence"] == (
        "On a WAN of 10 bytes a second, and with the firmware in every hub, the throttle is best "
        "placed at the hub in 3 of 4 storms: against the DSP, 75 % fewer bytes on the WAN, and "
        "other alerts wait 3 s less (for 99 in 100; from 3 s to 3 s, storm by storm). In some "
        "other dsp does better."
    )


@pytest.mark.parametrize("role", ["control", "circumstance"])
def test_verdict_is_over_storms_alone(role):
    scenarios = {"a": scenario(hub=3), "b": scenario(role=role, dsp=3, bytes_per_s=900)}
    found = verdict(scenarios, WHOLE, {})
    assert found["places"] == {"hub": 1} and "900" not in found["sentence"]


def test_verdict_says_between_which_delays_the_storms_lie():
    scenarios = {
        "a": scenario(hub=3, bytes_per_s=8, less_ms=1000),
        "b": scenario(hub=3, bytes_per_s=30, less_ms=5000),
    }
    said = verdict(scenarios, WHOLE, {})["sentence"]
    assert said.startswith("On a WAN of 8 to 30 bytes a second")
    assert "wait 3 s less (for 99 in 100; from 1 s to 5 s, storm by storm)" in said


def sweep_of(axis, **places):
    """Three replications at each value of the axis, which agree."""
    values = [float(value.removeprefix("at").replace("_", ".")) for value in places]
    points = [
        {"at": {axis: value}, "places": {place: 3}, "replications": 3}
        for value, place in zip(values, places.values(), strict=True)
    ]
    return {"points": points}


def test_verdict_says_where_it_is_best_while_hubs_are_updated():
    roll_out = sweep_of("updated_share", at0="dsp", at0_5="layered", at0_75="layered", at1="hub")
    roll_out["points"].insert(
        1, {"at": {"updated_share": 0.25}, "places": {"dsp": 1, "hub": 1}, "replications": 2}
    )
    (said,) = verdict({"a": scenario(hub=3)}, WHOLE, {"roll_out": roll_out})["conditions"]
    assert said == (
        "While the firmware is rolled out: with 0 % of the hubs updated it is best placed at the "
        "DSP; with 25 % of the hubs updated the runs disagree; with 50 % and 75 % of the hubs "
        "updated it is best placed at the hub and at the DSP behind it."
    )


def test_verdict_says_in_how_many_storms_the_place_matters_on_a_wider_wan():
    points = [
        {"at": {"scenario": name, "bytes_per_s": wan}, "places": {place: 2}, "replications": 2}
        for name, wan, place in (
            ("a", 20, "hub"),
            ("b", 20, "hub"),
            ("a", 80, "hub"),
            ("b", 80, "no difference"),
        )
    ]
    (said,) = verdict({"a": scenario(hub=3)}, WHOLE, {"wan": {"points": points}})["conditions"]
    assert said.endswith("in fewer of the 2 storms: 2 at 20 bytes/s and 1 at 80 bytes/s.")


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ({"hub": 1, "dsp": 2}, "In c d dsp does better."),
        ({"no difference": 3}, "In c d it makes no difference."),
        ({"hub": 2, "dsp": 1, "none": 1}, "In c d the runs disagree."),
    ],
)
def test_storm_that_says_something_else_is_named_with_it(places, said):
    other = scenario(sum(places.values()), **places)
    found = verdict({"a": scenario(hub=3), "b": scenario(hub=3), "c_d": other}, WHOLE, {})
    assert found["sentence"].endswith(said)


def test_delay_that_does_not_differ_is_no_ground():
    delay = {"mean": -3000, "spans_zero": True}
    whole = {**WHOLE, "differences": {"hub-dsp": {"other_alert_delay_ms.p99": delay}}}
    found = verdict({"a": scenario(hub=3)}, whole, {})
    assert found["sentence"].endswith("against the DSP, 75 % fewer bytes on the WAN.")


def test_two_places_with_as_many_storms_make_no_difference():
    found = judged(a="hub", b="dsp")
    assert found["place"] == "no difference"
    assert "no place is best in 2 storms." in found["sentence"]


def test_scenario_whose_replications_do_not_agree_is_unclear():
    assert place_of(scenario(30, hub=19, dsp=11)) == "unclear"
    assert place_of(scenario(30, hub=20, dsp=10)) == "hub"
