"""A meter whose clock is wrong: its time stamps say so, and no throttle goes by them."""

from hubwire.gbcs import decode
from stormbench.compare.run import Comparison
from stormbench.scenario.read import read_scenario
from stormbench.scenario.shipped import scenario_path
from stormbench.scenario.trace import trace_of

CLOCKS = ("authentication_failures", "wrong_clock")


def test_wrong_clock_is_in_the_time_stamps_and_in_nothing_else():
    right, wrong = (read_scenario(scenario_path(name)) for name in CLOCKS)
    pairs = list(zip(trace_of(right), trace_of(wrong), strict=True))
    assert [(a.at_ms, a.key, a.counter) for a, _ in pairs] == [
        (b.at_ms, b.key, b.counter) for _, b in pairs
    ]
    stamps = [[decode(alert.message).timestamp for alert in pair] for pair in pairs]
    behind = {(a - b).days for a, b in stamps if a and b and a != b}
    assert behind == {3 * 365}


def test_wrong_clock_changes_no_figure_but_the_name_of_the_scenario():
    reports = []
    for name in CLOCKS:
        recipe = read_scenario(scenario_path(name))
        reports.append(Comparison(recipe, recipe.throttle_policy(), "sim").run(None).report)
    assert reports[0]["arms"] == reports[1]["arms"]
