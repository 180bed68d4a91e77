"""Two tables of a study's page: wider WANs, and what is known when."""

import copy

from stormbench.study.page.knowledge import COLUMNS, knowledge
from stormbench.study.page.wider_wan import wider_wan
from study_example import make_study

P99 = "other_alert_delay_ms.p99"


def point(name, rate, place, of=2):
    return {
        "at": {"scenario": name, "bytes_per_s": rate},
        "places": {place: of},
        "replications": 2,
        "arms": {"hub": {P99: 1000.0}, "dsp": {P99: 61_000.0}},
    }


def study(*points):
    found = make_study()
    return {**found, "sweeps": {**found["sweeps"], "wan": {"points": list(points)}}}


def test_storm_has_a_row_with_its_own_rate_and_a_cell_for_each_that_was_tried():
    table = wider_wan(study(point("boot_loop", 20, "hub"), point("boot_loop", 80, "none")))
    ((title, rate, _, cells),) = table.rows
    assert (title, rate, table.rates) == ("boot loop", "20", ["20", "80"])
    assert [cell.place for cell in cells] == ["hub", "none"]
    assert cells[0].agree == "2 of 2" and cells[0].waits == ("hub 1 s", "DSP 1 min 1 s")


def test_runs_that_disagree_make_no_place():
    ((*_, cells),) = wider_wan(study(point("boot_loop", 20, "hub", of=1))).rows
    assert cells[0].place == "unclear"


def test_rate_at_which_a_storm_was_not_run_is_an_empty_cell():
    points = point("boot_loop", 20, "hub"), point("voltage_flapping", 80, "hub")
    cells = {title: row for title, *_, row in wider_wan(study(*points)).rows}
    assert cells["boot loop"][1] is None and cells["voltage flapping"][0] is None


def test_study_without_the_sweep_has_no_such_table():
    found = make_study()
    found["sweeps"].pop("wan")
    assert wider_wan(found) is None and wider_wan({}) is None


def test_knowledge_has_each_arm_in_order_and_its_figures_with_units():
    whole = copy.deepcopy(make_study()["overall"])
    whole["arms"]["hub"]["count_age_ms.max"] = {"mean": 61_000.0}
    whole["arms"]["none"].pop("count_age_ms.max", None)
    rows = dict(knowledge(whole))
    at = [path for path, _ in COLUMNS].index("count_age_ms.max")
    assert list(rows) == ["none", "mask", "device", "hub", "dsp", "layered"]
    assert rows["hub"][at] == ("1 min 1 s", 61_000.0) and rows["none"][at] == ("–", "")


def test_part_of_a_study_without_means_has_no_knowledge():
    assert knowledge(None) == []
