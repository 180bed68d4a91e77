"""The verdict is computed from a report's figures, and from nothing else."""

import copy
import json

import pytest

from arm_runs import report
from stormbench.compare.verdict import judge

NAMES = ["default", "few_hubs_updated", "narrow_wan", "no_storm", "wide_wan"]


def with_arms(name, **sources):
    """The report of a scenario in which arm X has the figures of arm sources[X].

    Meters do as their hub does, and a mask as no throttle, unless they are named.
    """
    for arm, like in (("device", "hub"), ("mask", "none")):
        sources.setdefault(arm, sources.get(like, like))
    changed = copy.deepcopy(report(name))
    for arm, source in sources.items():
        changed["arms"][arm] = copy.deepcopy(report(name)["arms"][source])
    return changed


def figure(of_report, arm, metric):
    """A figure by its name in `because`; `wan_load` is the one that is not in `arms`."""
    found = of_report["arms"][arm]
    if metric == "wan_load":
        capacity = of_report["wan"]["bytes_per_s"] * of_report["scenario"]["duration_ms"] / 1000
        return found["hops"]["wan"]["bytes"] / capacity
    for step in metric.split("."):
        found = found[step]
    return found


def with_figure(name, metric, **values):
    """The report of a scenario whose arms all are as `none` is, but for one figure of some."""
    changed = with_arms(name, hub="none", dsp="none", layered="none")
    for arm, like in (("device", "hub"), ("mask", "none")):
        if like in values:
            values.setdefault(arm, values[like])
    for arm, value in values.items():
        *path, last = metric.split(".")
        at = changed["arms"][arm]
        for step in path:
            at = at[step]
        at[last] = value
    return changed


@pytest.mark.parametrize("name", NAMES)
def test_verdict_of_a_report_that_was_stored_is_the_same_again(name):
    stored = json.loads(json.dumps(report(name)))
    stored["verdict"] = {}
    assert judge(stored) == report(name)["verdict"]


def test_verdict_does_not_hang_on_the_name_of_anything_but_the_arms():
    changed = copy.deepcopy(report("narrow_wan"))
    changed["scenario"].update(name="another", seed=0)
    changed["hub"] = changed["policy"] = {}
    assert judge(changed) == report("narrow_wan")["verdict"]


def test_judging_changes_nothing_in_the_report():
    before = copy.deepcopy(report("narrow_wan"))
    judge(report("narrow_wan"))
    assert report("narrow_wan") == before


def test_swapped_figures_swap_the_place():
    assert report("narrow_wan")["verdict"]["place"] == "hub"
    assert judge(with_arms("narrow_wan", hub="dsp", dsp="hub"))["place"] == "dsp"


def test_swapped_back_figures_swap_the_place_back():
    assert report("few_hubs_updated")["verdict"]["place"] == "dsp"
    assert judge(with_arms("few_hubs_updated", hub="dsp", dsp="hub"))["place"] == "hub"


@pytest.mark.parametrize("name", NAMES)
def test_arms_that_are_all_alike_need_no_throttle(name):
    verdict = judge(with_arms(name, hub="none", dsp="none", layered="none"))
    assert (verdict["place"], verdict["because"]) == ("none", [])


def test_hub_and_dsp_with_the_same_figures_make_no_difference():
    verdict = judge(with_arms("narrow_wan", dsp="hub", layered="hub"))
    assert verdict["place"] == "no difference"
    assert {reason["other_arm"] for reason in verdict["because"]} == {"none", "mask"}


def test_meter_that_does_no_better_than_its_hub_is_not_the_place():
    assert judge(with_arms("narrow_wan", device="hub"))["place"] == "hub"


def test_meter_that_does_better_than_its_hub_is_the_place():
    assert judge(with_arms("narrow_wan", hub="dsp", device="hub", layered="dsp"))["place"] == (
        "device"
    )


def test_what_is_hidden_counts_against_a_mask_and_before_any_delay():
    changed = with_arms("narrow_wan", mask="hub")
    changed["arms"]["mask"]["silent"] = 1
    changed["arms"]["mask"]["other_alert_delay_ms"]["p99"] = 0
    assert judge(changed)["place"] == "hub"


def test_layered_is_the_place_only_if_it_does_better_than_either():
    assert judge(with_arms("narrow_wan", hub="dsp"))["place"] == "layered"
    assert judge(with_arms("narrow_wan", layered="hub"))["place"] == "hub"


@pytest.mark.parametrize("name", NAMES)
def test_because_has_the_figures_of_the_arms(name):
    for reason in report(name)["verdict"]["because"]:
        metric = reason["metric"]
        assert reason["value"] == figure(report(name), reason["arm"], metric)
        assert reason["other_value"] == figure(report(name), reason["other_arm"], metric)


@pytest.mark.parametrize("name", NAMES)
def test_because_names_only_differences_in_favour_of_the_arm(name):
    for reason in report(name)["verdict"]["because"]:
        assert reason["value"] < reason["other_value"]
        assert list(reason) == ["metric", "arm", "other_arm", "value", "other_value"]


def test_because_names_no_difference_twice():
    reasons = report("default")["verdict"]["because"]
    named = [(reason["metric"], reason["other_arm"]) for reason in reasons]
    assert named and len(set(named)) == len(named)


@pytest.mark.parametrize(("users", "is_named"), [(105, False), (106, True)])
def test_difference_counts_from_a_twentieth_of_the_users_alerts(users, is_named):
    throttled = dict.fromkeys(("hub", "dsp", "layered"), 100)
    verdict = judge(with_figure("no_storm", "hops.user.alerts", none=users, **throttled))
    assert bool(verdict["because"]) is is_named


@pytest.mark.parametrize(
    ("metric", "slack"),
    [
        ("other_alert_delay_ms.lost", 1),
        ("first_alert_delay_ms.lost", 0),
        ("other_alert_delay_ms.p99", 1000),
        ("false_suppressed", 0),
    ],
)
def test_each_harm_counts_beyond_its_slack_and_not_within(metric, slack):
    at = figure(report("no_storm"), "none", metric)
    for more, places in ((slack, "none"), (slack + 1, "hub")):
        worse = dict.fromkeys(("none", "dsp", "layered"), at + more)
        assert judge(with_figure("no_storm", metric, **worse))["place"] == places


def test_graver_harm_decides_before_a_larger_lighter_one():
    changed = with_figure("no_storm", "other_alert_delay_ms.lost", none=2, dsp=2, layered=2)
    for arm in ("device", "hub"):
        changed["arms"][arm]["hops"]["user"]["alerts"] *= 50
    assert judge(changed)["place"] == "hub"


def test_wan_load_counts_from_a_quarter_of_what_the_wan_carries():
    capacity = 1000 * 7200
    least = report("no_storm")["arms"]["none"]["hops"]["wan"]["bytes"]
    for more, place in ((capacity // 4, "none"), (capacity // 4 + 1, "hub")):
        worse = dict.fromkeys(("none", "dsp", "layered"), least + more)
        assert judge(with_figure("no_storm", "hops.wan.bytes", **worse))["place"] == place


def test_sentence_names_the_worse_arms_and_both_figures():
    sentence = report("few_hubs_updated")["verdict"]["sentence"]
    assert sentence.startswith("The throttle is best placed at the DSP: ")
    assert "38 alerts to deal with, against 209 under none, mask, device and hub" in sentence


def test_sentence_names_the_worse_arms_after_a_swap():
    changed = with_arms("few_hubs_updated", hub="dsp", dsp="hub")
    assert "against 209 under none, mask and dsp" in judge(changed)["sentence"]


def test_sentence_without_a_difference_says_so():
    sentence = report("no_storm")["verdict"]["sentence"]
    assert sentence == (
        "No throttle is needed here: the arms do not differ in anything that harms anybody."
    )


def test_sentence_of_no_difference_names_the_arms_that_are_alike():
    sentence = report("wide_wan")["verdict"]["sentence"]
    alike, _, found = sentence.partition("device, hub, dsp, layered")
    assert "makes no difference" in alike
    assert "under none" in found


@pytest.mark.parametrize(("time_scale", "place"), [(1.0, "none"), (2.0, "hub")])
def test_difference_that_counts_is_as_much_shorter_as_times_are(time_scale, place):
    changed = with_figure(
        "no_storm", "other_alert_delay_ms.p99", hub=0, layered=0, none=999, dsp=999
    )
    changed["scenario"]["time_scale"] = time_scale
    assert judge(changed)["place"] == place
