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
from study_bench import CONTROL, STORM, changed_runs, claim, report, report_of, runs


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


def test_hub_behind_which_others_wait_as_long_breaks_a_claim():
    wrong = changed_runs()
    for run in wrong:
        run["arms"]["hub"]["other_alert_delay_ms"] = run["arms"]["dsp"]["other_alert_delay_ms"]
    assert not claim(report_of(wrong), "With a throttle at the hub other alerts wait")["met"]


def test_control_that_needs_a_throttle_without_its_storm_breaks_a_claim():
    calm = {"group": "calm", "point": {"scenario": CONTROL}, "scenario": ""}
    run = {**changed_runs()[-1], **calm, "place": "none"}
    start = "In a control without the storm"
    assert claim(report_of([*changed_runs(), run]), start)["met"]
    found = claim(report_of([*changed_runs(), {**run, "place": "hub"}]), start)
    assert not found["met"] and CONTROL in found["found"]


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
