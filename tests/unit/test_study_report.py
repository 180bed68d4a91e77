"""What a study says: verdict, claims, answers; each from its figures, and wrong if they are."""

import csv
import re
from io import StringIO

import pytest

from commshub.policy import Policy
from stormbench.bench.figures import firmware_of
from stormbench.compare.arms import ARMS
from stormbench.policy_file import policy_of
from stormbench.study.alerts_csv import alerts_csv
from stormbench.study.break_even import widest_that_matters
from stormbench.study.drawback_figures import found
from stormbench.study.drawbacks import Drawback, drawbacks
from stormbench.study.evidence import MEASURED, SIMULATED
from stormbench.study.firmware_cost import KEPT, firmware_cost, policy_push_bytes
from stormbench.study.flash_wear import ONE_KEY, storm_saves_a_day
from stormbench.study.metrics import METRICS, value
from stormbench.study.overall import overall
from stormbench.study.page.places import PLACES
from stormbench.study.verdict import place_of, verdict
from study_bench import CONTROL, STORM, changed_runs, claim, report, report_of, runs

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

# The verdict.


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


def test_small_study_finds_the_hub():
    assert report()["verdict"]["place"] == "hub"


# Figures.


def of_storm():
    return [run for run in runs() if run["scenario"] == STORM]


def test_every_figure_of_every_arm_is_summed_up():
    for metric in METRICS:
        for arm in ARMS:
            values = [value(run["arms"][arm.name], metric.path) for run in of_storm()]
            found = report()["scenarios"][STORM]["arms"][arm.name].get(metric.path)
            known = [each for each in values if each is not None]
            assert (found is None) == (not known)
            if found:
                assert found["mean"] == pytest.approx(sum(known) / len(known))


def of_two_scenarios():
    """A storm, and a control, each in two replications."""
    both = [run for run in changed_runs() if run["scenario"] in (STORM, CONTROL)]
    return [run for run in both if run["replication"] < 2]


def test_overall_is_the_mean_over_the_runs_it_is_given():
    given = of_two_scenarios()
    mean = sum(run["arms"]["hub"]["hops"]["wan"]["bytes"] for run in given) / len(given)
    found = overall(given)["arms"]["hub"]["hops.wan.bytes"]["mean"]
    assert found == pytest.approx(mean)


def test_controls_are_in_no_mean_of_all():
    found = report()
    assert found["overall"]["scenarios"] == 1 and set(found["scenarios"]) == {STORM, CONTROL}
    path = "hops.wan.bytes"
    of_storm = found["scenarios"][STORM]["arms"]["hub"][path]["mean"]
    assert found["overall"]["arms"]["hub"][path]["mean"] == pytest.approx(of_storm)


def test_replication_that_not_every_scenario_has_is_not_in_the_overall_figures():
    less = [r for r in of_two_scenarios() if (r["scenario"], r["replication"]) != (STORM, 1)]
    assert overall(less)["replications"] == 1


def test_widest_wan_at_which_a_place_before_it_is_best():
    sweep = report()["sweeps"]["break_even"]
    assert widest_that_matters(sweep) == {120: 5}


def test_heat_map_has_the_storm_and_what_was_suppressed_of_it():
    rows = report()["scenarios"][STORM]["heat"]["rows"]
    storms = [row for row in rows if row["is_storm"]]
    assert {row["code"] for row in storms} == {"8F75"} and storms[0]["code_name"]
    suppressed = sum(row["suppressed"]["hub"] for row in rows)
    assert suppressed == runs()[0]["arms"]["hub"]["suppressed"]


def test_alerts_csv_has_a_row_for_each_alert_and_its_outcome_in_each_arm():
    rows = list(csv.DictReader(StringIO(alerts_csv(runs()))))
    of_storm = [row for row in rows if row["scenario"] == STORM]
    assert len(of_storm) == runs()[0]["alerts"]
    for arm in ARMS:
        outcomes = [row[arm.name] for row in of_storm]
        assert outcomes.count("suppressed") == runs()[0]["arms"][arm.name]["suppressed"]
        assert outcomes.count("delivered") == runs()[0]["arms"][arm.name]["delivered"]


# Claims.


def test_claims_of_the_small_study_are_met():
    assert [each for each in report()["claims"] if not each["met"]] == []


def test_alert_that_is_unaccounted_for_breaks_a_claim():
    wrong = changed_runs()
    wrong[-1]["arms"]["hub"]["unaccounted"] = 1
    found = claim(report_of(wrong), "No alert is unaccounted for")
    assert not found["met"] and "break_even" in found["found"]


def test_bound_that_the_shipped_seed_misses_breaks_a_claim():
    wrong = changed_runs()
    wrong[0]["expectations"][0]["met"] = False
    found = claim(report_of(wrong), "Every scenario keeps its own bounds")
    assert not found["met"] and STORM in found["found"]


def test_bound_that_another_seed_misses_does_not():
    wrong = changed_runs()
    wrong[1]["expectations"][0]["met"] = False
    assert claim(report_of(wrong), "Every scenario keeps its own bounds")["met"]


@pytest.mark.parametrize("arm", ["device", "hub", "dsp", "layered"])
@pytest.mark.parametrize(
    ("start", "path"),
    [
        ("No throttle suppresses", ("false_suppressed_of", "quiet_devices")),
        ("In a control", ("false_suppressed",)),
        ("Anomaly detection at the DSP sees", ("anomaly", "red_unseen")),
        ("Anomaly detection counts", ("anomaly", "uncounted")),
    ],
)
def test_harm_to_others_breaks_a_claim(arm, start, path):
    wrong = changed_runs()
    at = wrong[3]["arms"][arm]
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = 1
    found = claim(report_of(wrong), start)
    assert not found["met"] and arm in found["found"]


def test_hub_that_spares_the_wan_nothing_breaks_a_claim():
    wrong = changed_runs()
    for run in wrong:
        run["arms"]["hub"]["hops"]["wan"] = run["arms"]["dsp"]["hops"]["wan"]
    assert not claim(report_of(wrong), "A throttle at the hub puts fewer")["met"]


def test_one_replication_claims_nothing_of_differences():
    first = [run for run in changed_runs() if run["replication"] == 0]
    starts = [each["claim"] for each in report_of(first)["claims"]]
    assert not any(start.startswith("A throttle at") for start in starts)


# Answers.


def test_each_question_has_an_answer():
    assert [answer["id"] for answer in report()["answers"]] == ["q1", "q2", "q3"]


def answer(found, name):
    (one,) = [each["sentences"] for each in found["answers"] if each["id"] == name]
    return " ".join(sentence["text"] for sentence in one)


def test_suppressed_alert_of_a_quiet_device_is_in_the_first_answer():
    assert "no throttle suppressed an alert of a device" in answer(report(), "q1")
    wrong = changed_runs()
    for run in wrong:
        run["arms"]["hub"]["false_suppressed_of"]["quiet_devices"] = 2
    said = answer(report_of(wrong), "q1")
    assert "alerts were suppressed in stuck tamper sensor and install day" in said or (
        "alerts were suppressed in install day and stuck tamper sensor" in said
    )


def test_second_answer_says_from_which_wan_on_it_makes_no_difference():
    assert "up to 5 bytes/s" in answer(report(), "q2")


def test_study_of_a_sweep_alone_has_no_verdict_and_no_answer():
    found = report_of([run for run in changed_runs() if run["group"] != "scenarios"])
    assert found["verdict"] is None and found["answers"] == []
    assert "120 alerts/h: up to 5 bytes/s" in found["assumptions"][0]["tried"]


# What is beside the runs.


def test_cost_of_a_new_policy_is_that_of_its_frame():
    rows = {row["what"]: row for row in firmware_cost()}
    assert rows["a new policy, to one hub"]["value"] == policy_push_bytes()
    cell = rows["a new policy, to the 8 hubs of a cell"]
    assert cell["value"] == round(8 * policy_push_bytes() / 24) and cell["unit"] == "s"
    assert cell["evidence"] == "assumed"


def test_signatures_that_are_spared_are_those_of_the_hub_less_those_of_the_meters():
    arms = report()["overall"]["arms"]
    spared = arms["hub"]["built.signature"]["mean"] - arms["device"]["built.signature"]["mean"]
    rows = [row["value"] for row in report()["firmware_cost"] if row["unit"] == "signatures"]
    assert rows == [round(spared, 1)] and spared > 0


@pytest.mark.parametrize(
    ("name", "years"), [("flash_wear_one_key", 28), ("flash_wear_full_tables", 1.6)]
)
def test_flash_wear_follows_from_the_inputs_that_its_note_tells(name, years):
    (row,) = [row for row in firmware_cost() if row["name"] == name]
    sum_of_it = re.search(r"([\d,]+) / \(([\d,]+) x ([\d.]+) x ([\d.]+)%\) in days", row["note"])
    erases, saves, of_a_save, percent = (
        float(each.replace(",", "")) for each in sum_of_it.groups()
    )
    found = erases / (saves * of_a_save * percent / 100) / 365.25
    assert row["value"] == years == float(f"{found:.2g}")


def test_more_saves_a_day_wear_the_flash_sooner():
    often = storm_saves_a_day(policy_of({"save_interval_ms": 1_000}, "policy"))
    assert ONE_KEY.years(often) < ONE_KEY.years(storm_saves_a_day(Policy())) / 4


def test_what_is_kept_of_the_firmware_says_of_which():
    rows = [row for row in firmware_cost() if row["evidence"] == MEASURED]
    assert len(rows) == 9
    assert {row["firmware_sha256"] for row in rows} == {firmware_of(KEPT)}


def test_every_cost_has_its_evidence_and_its_source():
    assert all(row["evidence"] and row["source"] for row in firmware_cost())


def test_every_place_has_its_drawbacks():
    assert {each.place for each in drawbacks()} == {place.name for place in PLACES}


def test_figures_of_drawbacks_have_a_value_wherever_they_were_run():
    for each in report()["drawbacks"]:
        for figure in each["figures"]:
            one = found(figure, report())
            assert one.values or one.reason.endswith("was not run"), (figure, one.reason)


def test_statement_that_this_study_counted_has_its_figure():
    assert all(each.figures for each in drawbacks() if each.evidence == SIMULATED)


def test_drawback_with_a_figure_that_no_study_has_is_refused():
    row = report()["drawbacks"][0] | {"figures": [{"cost": "no_such_row"}]}
    with pytest.raises(ValueError, match="no study has a cost of that name"):
        Drawback.model_validate(row)


def test_widest_wan_is_the_fastest_whatever_the_order_of_points():
    points = [
        {"at": {"storm_per_hour": 1, "bytes_per_s": wan}, "places": {place: 1}}
        for wan, place in ((20, "layered"), (5, "hub"), (10, "dsp"))
    ]
    assert widest_that_matters({"points": points}) == {1: 20}


def test_bounds_of_a_scenario_say_nothing_at_another_point():
    assert runs()[0]["expectations"] and runs()[-1]["expectations"] == []


def test_alerts_csv_says_which_alerts_are_of_a_storm():
    rows = list(csv.DictReader(StringIO(alerts_csv(runs()))))
    assert {row["phase"] for row in rows if row["storm"] == "1"} == {
        "magnet",
        "storm beside it",
    }
