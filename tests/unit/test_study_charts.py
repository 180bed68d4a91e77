"""What the charts of a study are made of."""

import pytest

from stormbench.study.page import look
from stormbench.study.page.break_even import break_even_figure, surface, tint
from stormbench.study.page.curves import Panel, curves, kept_off, metric
from stormbench.study.page.devices import device_maps
from stormbench.study.page.evidence import badge
from stormbench.study.page.hops import choices, hop_figure
from stormbench.study.page.over_time import shown, time_figure
from stormbench.study.page.scenario_table import rows
from stormbench.study.page.trade_off import RESULTS, policy_rows, trade_off_figure
from study_example import ARMS, SCENARIOS, make_study
from study_example_figures import MINUTE_MS, difference

STORMS = [name for name, (_, _, copies, _) in SCENARIOS.items() if copies]


@pytest.fixture
def study():
    return make_study()


def traces(figure, name):
    return [trace for trace in figure["data"] if trace.get("name") == name]


# Arms.


def test_every_arm_has_a_colour_a_mark_and_no_other_has_it():
    for field in look.Look._fields[:2]:
        assert len({getattr(look.look(arm), field) for arm in ARMS}) == len(ARMS)


def test_arm_keeps_its_colour_from_chart_to_chart(study):
    bars = hop_figure(choices(study["scenarios"], study["overall"]))["data"][0]
    line = curves(study["sweeps"]["roll_out"], [Panel("x", "alerts", metric("suppressed"))])
    colours = dict(zip(bars["y"], bars["marker"]["color"], strict=True))
    drawn = {trace["legendgroup"]: trace["line"]["color"] for trace in line["data"]}
    assert drawn == {arm: colours[arm] for arm in drawn}


# Hops.


def test_first_choice_is_the_mean_of_all_scenarios(study):
    first, *others = choices(study["scenarios"], study["overall"])
    assert first.title == f"mean of {len(SCENARIOS)} storms"
    assert [one.title for one in others] == [title for title, *_ in SCENARIOS.values()]
    mean = study["overall"]["arms"]["dsp"]["hops.wan.bytes"]["mean"]
    assert first.bars["hops.wan.bytes"]["dsp"].mean == mean


def test_one_scenario_has_no_mean_beside_it(study):
    only = {"boot_loop": study["scenarios"]["boot_loop"]}
    assert [choice.title for choice in choices(only, study["overall"])] == ["boot loop"]


def test_interval_of_a_bar_does_not_reach_below_nought(study):
    study["scenarios"]["boot_loop"]["arms"]["hub"]["hops.wan.alerts"]["low"] = -400.0
    only = choices({"boot_loop": study["scenarios"]["boot_loop"]}, None)
    assert only[0].bars["hops.wan.alerts"]["hub"].low == 0


def test_one_choice_is_seen_and_the_list_has_all(study):
    found = choices(study["scenarios"], study["overall"])
    figure = hop_figure(found)
    listed = figure["layout"]["meta"]["choices"]
    assert len(listed) == len(found) == 5
    assert [trace["visible"] for trace in figure["data"]] == listed[0]["visible"]
    assert sum(map(sum, (choice["visible"] for choice in listed))) == len(figure["data"])


def test_bars_of_a_row_are_on_one_scale(study):
    ranges = hop_figure(choices(study["scenarios"], study["overall"]))["layout"]["meta"][
        "choices"
    ][0]["layout"]
    assert len({ranges[f"xaxis{n}.range"][1] for n in ("", 2, 3, 4)}) == 1
    assert ranges["xaxis8.range"][1] > ranges["xaxis5.range"][1]


# Break-even.


def test_cell_of_the_surface_has_the_place_that_most_runs_have(study):
    found = surface(study["sweeps"]["break_even"])
    cell = found.cells[5, 720]
    assert (cell.kind.place, cell.agree) == ("hub", "2 of 3")
    assert cell.saved == "+2.5 h"


def test_surface_has_the_fastest_storm_on_top(study):
    assert [storm for storm, _ in surface(study["sweeps"]["break_even"]).rows] == [720, 120, 30]


def test_point_that_was_not_run_leaves_a_gap(study):
    study["sweeps"]["break_even"]["points"].pop()
    found = surface(study["sweeps"]["break_even"])
    assert found.rows[0][1][-1] is None
    assert break_even_figure(found)["data"][0]["z"][-1][-1] is None


def test_place_that_is_not_known_does_not_break_the_surface(study):
    study["sweeps"]["break_even"]["points"][0]["places"] = {"the moon": 3}
    found = surface(study["sweeps"]["break_even"])
    assert found.cells[5, 30].kind.word == "the moon"
    assert "the moon" in break_even_figure(found)["data"][0]["text"][0][0]


def test_tint_is_paler_than_the_colour_of_its_arm():
    assert look.look("hub").colour == "#e0992b"
    assert tint("hub") == "#f0cc95"


# Curves.


def test_line_of_an_arm_is_its_figure_at_each_point(study):
    panel = Panel("bytes", "bytes", metric("hops.wan.bytes"))
    figure = curves(study["sweeps"]["roll_out"], [panel])
    (hub,) = [trace for trace in figure["data"] if trace["legendgroup"] == "hub"]
    assert list(hub["x"]) == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    assert hub["y"][0] == pytest.approx(130.05)
    assert figure["layout"]["yaxis"]["title"]["text"] == "kB"


def test_what_is_kept_off_is_counted_from_the_arm_without_a_throttle(study):
    point = study["sweeps"]["mask_delay"]["points"][0]
    silent = metric("silent")(point, "mask")
    assert kept_off("hops.wan.alerts")(point, "mask") == pytest.approx(silent)
    assert kept_off("hops.wan.alerts")(point, "nobody") is None


def test_legend_names_each_arm_once_however_many_panels_there_are(study):
    panels = [Panel(title, "alerts", metric("suppressed")) for title in "ab"]
    figure = curves(study["sweeps"]["cell"], panels)
    named = [trace for trace in figure["data"] if trace["showlegend"]]
    named.sort(key=lambda trace: trace["legendrank"])
    assert [trace["name"] for trace in named] == ["none", "hub", "dsp"]


def test_lines_that_coincide_are_tellable_by_their_widths_and_gaps(study):
    panels = [Panel("x", "alerts", metric("suppressed"))]
    lines = curves(study["sweeps"]["roll_out"], panels)["data"]
    assert [line["legendgroup"] for line in lines] == ["none", "hub", "dsp", "layered", "device"]
    widths = [line["line"]["width"] for line in lines]
    assert widths == sorted(set(widths), reverse=True)


def test_lines_of_hops_have_no_colour_of_an_arm(study):
    hops = {trace["name"]: trace["line"] for trace in time_figure(study["scenarios"])["data"]}
    colours = [line["color"] for line in hops.values() if "color" in line]
    assert len(set(colours)) == 3
    assert not set(colours) & {arm.colour for arm in look.ARMS.values()}


# Over time.


def test_storms_are_drawn_in_which_the_place_matters_most(study):
    scenarios = study["scenarios"]
    delay = "other_alert_delay_ms.p99"
    scenarios["boot_loop"]["differences"]["hub-dsp"][delay] = difference(-9.0 * MINUTE_MS)
    assert shown(scenarios)[0] == "boot_loop"
    assert "regional_power_cut" not in shown(scenarios)


def test_counts_of_bins_are_drawn_as_alerts_a_minute(study):
    figure = time_figure(study["scenarios"])
    raised = traces(figure, "raised on the HAN")[0]
    counts = study["scenarios"][shown(study["scenarios"])[0]]["timeline"]["arms"]["none"]["raised"]
    assert max(raised["y"]) == pytest.approx(max(counts) / 2)


# Trade-off.


def test_ring_is_round_the_policy_that_the_study_had(study):
    figure = trade_off_figure(study["sweeps"]["policy"], study["provenance"]["policy"])
    (ring,) = traces(figure, "the default")
    assert (*ring["x"], *ring["y"]) == (30, 11)


def test_policy_that_suppresses_what_is_legitimate_is_a_hollow_mark(study):
    sweep = study["sweeps"]["policy"]
    for at, point in enumerate(sweep["points"]):
        point["arms"]["hub"]["false_suppressed"] = 3.0 if at == 0 else 0.0
    marks = [trace["marker"]["symbol"] for trace in trade_off_figure(sweep, {})["data"]]
    hollow = [symbol for of in marks for symbol in of if symbol.endswith("-open")]
    assert len(hollow) == 1


def test_policies_are_a_table_too_with_the_default_marked(study):
    sweep, default = study["sweeps"]["policy"], study["provenance"]["policy"]
    found = policy_rows(sweep, default)
    assert len(found) == len(sweep["points"]) and sum(row.is_default for row in found) == 1
    assert all(len(row.cells) == len(sweep["axes"]) + len(RESULTS) for row in found)


def test_policy_that_is_no_point_of_the_sweep_has_no_ring(study):
    policy = study["provenance"]["policy"] | {"code_limit": 3}
    assert not traces(trade_off_figure(study["sweeps"]["policy"], policy), "the default")


# Devices.


def test_alerts_of_one_code_to_two_parties_are_one_cell(study):
    heat = study["scenarios"]["boot_loop"]["heat"]
    heat["rows"].append(heat["rows"][0])
    (found,) = device_maps({"boot_loop": study["scenarios"]["boot_loop"]})
    device, spots = found.rows[0]
    assert (device, spots[-1].raised, spots[-1].share) == ("bad meter (ESME)", 280, 0.9)


def test_device_that_raised_nothing_of_a_code_has_no_cell(study):
    found = device_maps(study["scenarios"])[0]
    assert [spot is None for spot in found.rows[0][1]] == [True, True, False]


# Scenarios.


def test_difference_whose_interval_has_nought_in_it_is_none(study):
    scenario = study["scenarios"]["boot_loop"]
    scenario["differences"]["hub-dsp"]["hops.wan.bytes"] = difference(-3.0, 4.0)
    assert rows({"boot_loop": scenario})[0].cells[0].text == "no difference"


def test_figure_that_no_replication_has_is_a_dash_and_sorts_last(study):
    scenario = study["scenarios"]["boot_loop"]
    del scenario["differences"]["hub-dsp"]["hops.wan.bytes"]
    cell = rows({"boot_loop": scenario})[0].cells[0]
    assert (cell.text, cell.sort) == ("–", "")


@pytest.mark.parametrize(
    ("met", "said"),
    [
        ([6, 4, 6], ("6 of 6", "4 of 6", True)),
        ([4, 6, 6], ("4 of 6", "", False)),
        ([6, 6, 6], ("6 of 6", "", True)),
    ],
)
def test_bounds_are_those_met_with_the_scenarios_seed_and_beside_it_in_the_worst_run(
    study, met, said
):
    scenario = study["scenarios"]["boot_loop"]
    scenario["bounds"] = {"of": 6, "met": met}
    row = rows({"boot_loop": scenario})[0]
    assert (row.bounds, row.bounds_worst, row.all_bounds_met) == said


# Evidence.


@pytest.mark.parametrize(
    ("mark", "label"),
    [
        ("measured on firmware", "measured on firmware"),
        ("simulated", "simulated"),
        ("E", "established"),
        ("D", "derived"),
        ("M", "judgement"),
    ],
)
def test_mark_is_shown_as_a_word(mark, label):
    assert badge(mark).label == label


def test_row_of_a_scenario_says_what_it_is_counted_as_and_which_wan_it_assumes():
    control = {**make_study()["scenarios"]["boot_loop"], "role": "control"}
    storm, other = rows({"a": {**control, "role": "storm"}, "b": control})
    assert storm.setting == "WAN of 20 bytes/s, queue of 6.0 kB"
    assert other.setting == "control, not in the verdict; WAN of 20 bytes/s, queue of 6.0 kB"
