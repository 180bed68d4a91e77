"""The answers to the Working Group's questions: each sentence goes by its figures."""

from stormbench.study.assumptions import assumptions
from stormbench.study.question_1 import unintended_consequences
from stormbench.study.question_2 import placed_as_firmware
from stormbench.study.question_3 import amended_by_whom
from study_bench import report

P99 = "other_alert_delay_ms.p99"


def point(at, place, arms, replications=3):
    return {
        "at": at,
        "places": {place: replications},
        "replications": replications,
        "arms": arms,
    }


def sweep(axis, *points):
    return {"axes": [{"name": axis}], "points": list(points)}


def said(question, **parts):
    found = {**report(), **parts}
    return " ".join(sentence.text for sentence in question(found))


CALM = [
    point({"scenario": "install_day"}, "none", {}),
    point({"scenario": "regional_power_cut"}, "none", {}),
]


def test_control_without_its_storm_needs_no_throttle_or_is_named():
    parts = {**report()["sweeps"], "calm": {"points": CALM}}
    assert "changes nothing in any of them" in said(unintended_consequences, sweeps=parts)
    needed = [CALM[0], {**CALM[1], "places": {"hub": 3}}]
    parts["calm"] = {"points": needed}
    found = said(unintended_consequences, sweeps=parts)
    assert "a throttle is of use in regional power cut" in found


def policy_point(limit, false, users, age_ms, place="hub"):
    at = {
        "red_threshold": 20,
        "code_limit": limit,
        "code_window_ms": 600_000,
        "sample_period_ms": 600_000,
    }
    figures = {
        "false_suppressed": false,
        "hops.user.alerts": users,
        "count_age_ms.max": age_ms,
    }
    return point(at, place, {"hub": figures})


POLICY = {"points": [policy_point(2, 12.0, 139.0, 1000.0), policy_point(5, 3.0, 185.0, 2000.0)]}


def test_legitimate_alerts_that_a_policy_suppresses_are_told_with_the_defaults_own():
    found = said(unintended_consequences, sweeps={"policy": POLICY})
    assert "2 policies at the hub suppress between 3 and 12 alerts, the scenarios' own 3." in found


def test_what_a_number_of_the_policy_trades_is_told_from_end_to_end():
    found = said(amended_by_whom, sweeps={"policy": POLICY})
    assert (
        "The limit of a code, from 2 to 5, all else over its range: alerts at Users 139 to 185; "
        "oldest count 1 s to 2 s; legitimate alerts suppressed 12 to 3."
    ) in found
    assert "The red threshold" not in found  # which has one value here


def test_place_that_hangs_on_the_policy_is_told():
    assert "Under every one of the 2 policies the best place is the same, hub." in said(
        amended_by_whom, sweeps={"policy": POLICY}
    )
    other = {"points": [POLICY["points"][0], policy_point(5, 3.0, 185.0, 2000.0, "dsp")]}
    found = said(amended_by_whom, sweeps={"policy": other})
    assert "Which place is best depends on them: DSP and hub." in found


def test_wrong_last_states_are_told_by_arm_and_where():
    found = said(unintended_consequences)
    assert "Users end with the right state in every arm" in found or "conditions" not in found
    scenarios = {name: dict(each) for name, each in report()["scenarios"].items()}
    name = "stuck_tamper_sensor"
    arms = {
        arm: {
            **of,
            "last_state.pairs": {"mean": 2.0},
            "last_state.wrong": {"mean": 1.5 if arm == "dsp" else 0.0},
        }
        for arm, of in scenarios[name]["arms"].items()
    }
    scenarios = {name: {**scenarios[name], "arms": arms}}
    found = said(unintended_consequences, scenarios=scenarios)
    assert "wrong state in 0 (none), 0 (device), 0 (hub), 1.5 (dsp): in stuck tamper" in found


def test_hub_that_tells_users_late_is_told():
    found = said(unintended_consequences)
    assert "a User hears later from the hub" in found and "at once" in found


def test_resets_of_the_hub_are_told_with_what_they_lose():
    scenario = report()["scenarios"]["stuck_tamper_sensor"]
    arms = {
        **scenario["arms"],
        "hub": {**scenario["arms"]["hub"], "lost_at_reset": {"mean": 7.0}},
    }
    parts = {**report()["scenarios"], "hub_resets": {**scenario, "arms": arms}}
    assert "it loses the count of 7 alerts a run" in said(placed_as_firmware, scenarios=parts)


def test_mask_that_comes_too_late_for_the_storms_is_told_so():
    assert "so it does nothing in them" in said(placed_as_firmware)


def tried(found, title):
    (row,) = [row for row in found if row["title"] == title]
    return row["answer"], row["tried"]


def test_share_of_hubs_at_which_another_place_is_best_changes_the_answer():
    points = [
        point({"updated_share": 0.5}, "layered", {"hub": {P99: 60_000.0}}),
        point({"updated_share": 1}, "hub", {"hub": {P99: 5_000.0}}),
    ]
    found = assumptions({"roll_out": sweep("updated_share", *points)}, "hub")
    answer, figures = tried(found, "Every hub has the firmware")
    assert answer == "changes"
    assert figures.endswith("50 %: hub and DSP, 1 min; 100 %: hub, 5 s.")


def test_queue_that_leaves_the_place_as_it_is_leaves_the_answer():
    points = [
        point({"queue_bytes": size}, "hub", {arm: {P99: wait} for arm, wait in waits.items()})
        for size, waits in (
            (1500, {"hub": 1000.0, "dsp": 2000.0}),
            (6000, {"hub": 1000.0, "dsp": 9000.0}),
        )
    ]
    found = assumptions({"queue": sweep("queue_bytes", *points)}, "hub")
    answer, figures = tried(found, "The queue before the WAN")
    assert answer == "stays" and figures.endswith("1.5 kB: 2 s and 1 s; 6.0 kB: 9 s and 1 s.")


def test_wan_on_which_fewer_storms_need_a_place_before_it_changes_the_answer():
    def at(wan, place):
        return point({"scenario": "a", "bytes_per_s": wan}, place, {})

    points = [at(20, "hub"), at(80, "no difference")]
    answer, figures = tried(assumptions({"wan": {"points": points}}, "hub"), "The rate of the WAN")
    assert answer == "changes" and "1 at 20 bytes/s, 0 at 80 bytes/s" in figures
    stays = {"points": [at(20, "hub"), at(80, "layered")]}
    assert tried(assumptions({"wan": stays}, "hub"), "The rate of the WAN")[0] == "stays"


def test_assumption_that_nothing_varies_has_nothing_tried():
    (last,) = assumptions({}, "hub")[-1:]
    assert last["answer"] is None and last["tried"] is None and last["sweep"] is None
