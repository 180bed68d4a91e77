"""A scenario's bounds, held against an injection: met, not met, or not measured, and told so."""

import json
from pathlib import Path
from threading import Event
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from command_line import Ran, stormbench
from inject_bench import scenario as recipe
from stormbench.errors import ExitCode
from stormbench.hub.open import opened_hub
from stormbench.inject.bounds import HeldBound, figures_of, held_bounds
from stormbench.inject.one_hub import Result, begin, storm_into
from stormbench.inject.plan import lasts_us, plan_of, storms_of
from stormbench.scenario.expectation import INJECTED
from stormbench.scenario.model import Scenario

REST = """
[[phases]]
name = "storm"
device = "meter"
code = "8F3E"
target = "90B3D51F30010000"
duration_ms = 10_000
shape = "periodic"
per_hour = 18_000
storm = true
[[devices]]
name = "meter"
kind = "ESME"
originator = "00DB1234567890A0"
"""
"""50 alerts, of which 26 pass, one is a sample and 23 are suppressed."""


def bound(metric: str, arm: str = "hub", **limits: float) -> dict[str, Any]:
    """An [[expect]] table."""
    return {"arm": arm, "metric": metric, **limits}


SHORT = 'name = "short"\nduration_ms = 20_000\n'
LONG = 'name = "long"\nduration_ms = 1_200_000\n'


def injected(tmp_path: Path, *bounds: dict[str, Any], head: str = SHORT, options: Any = ()) -> Ran:
    """What `inject` says of the scenario with these bounds."""
    tables = [
        "[[expect]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in b.items()) for b in bounds
    ]
    path = tmp_path / "storm.toml"
    path.write_text(head + REST + "".join(tables))
    return stormbench("inject", path, "--hub", "sim", *options)


def expectations(ran: Ran) -> list[dict[str, Any]]:
    """Those of inject.json."""
    found = ran.document()["expectations"]
    assert isinstance(found, list)
    return found


def test_bound_that_is_met_exits_0_and_is_told(tmp_path: Path) -> None:
    ran = injected(tmp_path, bound("suppressed", max=23))
    assert ran.exit_code == 0
    assert "  met  hub  suppressed  23,  expected at most 23" in ran.out


def test_bound_that_is_not_met_exits_1_and_says_what_it_is_for(tmp_path: Path) -> None:
    ran = injected(tmp_path, {**bound("suppressed", max=22), "why": "few"})
    assert ran.exit_code == 1
    assert "NOT MET  hub  suppressed  23,  expected at most 22: few" in ran.out
    assert "certified: it was in time" in ran.out
    assert "sim: not met: hub suppressed is 23, expected at most 22: few" in ran.err


def test_result_has_each_bound_with_what_was_found(tmp_path: Path) -> None:
    limits = bound("suppressed", max=22), bound("hops.wan.alerts", min=27)
    found = expectations(injected(tmp_path, *limits, options=["--json"]))
    told = [(each["hub"], each["hub_number"], each["value"], each["met"]) for each in found]
    assert told == [("sim", 1, 23, False), ("sim", 1, 27, True)]


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (bound("suppressed", arm="dsp", max=0), "only arm hub is run"),
        (bound("delivered", min=99), "there is no WAN, DSP or User behind the hub"),
        (bound("last_state.wrong", max=-1), "there is no WAN, DSP or User behind the hub"),
    ],
)
def test_bound_on_what_is_not_here_is_not_measured_and_that_is_told(
    tmp_path: Path, limits: dict[str, Any], why: str
) -> None:
    ran = injected(tmp_path, limits)
    assert ran.exit_code == 0
    assert f"not measured by inject: {limits['arm']} {limits['metric']}: {why}" in ran.out
    (found,) = expectations(injected(tmp_path, limits, options=["--json"]))
    assert (found["met"], found["value"], found["not_measured"]) == (None, None, why)


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("tables = { device_capacity = 1 }\n", "the hub's tables"),
        ("hubs = [{ id = 1, updated = false }]\n", "have no throttle"),
    ],
)
def test_no_bound_is_held_against_a_run_that_is_another_than_the_scenarios(
    tmp_path: Path, head: str, why: str
) -> None:
    (found,) = expectations(
        injected(tmp_path, bound("suppressed", max=0), head=SHORT + head, options=["--json"])
    )
    assert found["met"] is None and why in found["not_measured"]


def test_bounds_are_held_against_a_run_with_the_scenarios_faults_in_its_link(
    tmp_path: Path,
) -> None:
    head = SHORT + "faults = { resets = 2, frames = 40 }\n"
    ran = injected(tmp_path, bound("unaccounted", max=0), head=head, options=["--json"])
    (found,) = expectations(ran)
    assert (found["met"], ran.document()["hubs"][0]["faults"]) == (True, {"reset": 2})


def test_no_bound_is_held_against_a_faster_run_under_the_hubs_own_policy(tmp_path: Path) -> None:
    options = ["--time-scale", 2, "--json"]
    (found,) = expectations(injected(tmp_path, bound("suppressed", max=99), options=options))
    assert "kept its own policy" in found["not_measured"]
    options += ["--policy", "default"]
    (found,) = expectations(injected(tmp_path, bound("suppressed", max=99), options=options))
    assert found["met"] is True


def test_each_hub_has_its_bounds_where_the_scenario_has_one(tmp_path: Path) -> None:
    options = ["--hub", "sim", "--json"]
    found = expectations(injected(tmp_path, bound("suppressed", max=23), options=options))
    assert [(each["hub_number"], each["value"]) for each in found] == [(1, 23), (2, 23)]


def test_junit_has_a_case_for_each_bound_failed_or_skipped(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    limits = bound("suppressed", max=22), bound("pending", max=0), bound("unaccounted", equals=0)
    injected(tmp_path, *limits, options=["--junit", path])
    (suite,) = ET.parse(path).getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("7", "1", "1")
    cases = {str(case.get("name")): [each.tag for each in case] for case in suite.iter("testcase")}
    assert cases["hub suppressed at most 22"] == ["failure"]
    assert cases["hub pending at most 0"] == ["skipped"]
    assert cases["hub unaccounted 0"] == []


def test_what_the_hub_tells_after_the_storm_is_in_its_figures(tmp_path: Path) -> None:
    """26 pass, a sample, and a summary with a held copy when nothing comes any more."""
    for head, alerts in ((SHORT, 27), (LONG, 28)):
        ran = injected(tmp_path, bound("hops.wan.alerts", equals=alerts), head=head)
        assert ran.exit_code == 0


def test_run_lasts_as_long_as_a_scenario_with_bounds(tmp_path: Path) -> None:
    with_bounds = recipe().model_copy(update={"expect": ("any",)})
    assert lasts_us(with_bounds) == 10_000_000 and lasts_us(recipe()) == 0
    faster = with_bounds.model_copy(update={"time_scale": 4.0})
    assert lasts_us(faster) == 2_500_000


@pytest.mark.parametrize(
    ("lasts_s", "code", "failures"),
    [(60, ExitCode.INTERRUPTED, ["stopped: the scenario was not over yet"]), (0, 0, [])],
)
def test_run_that_is_stopped_while_it_only_listens_is_not_whole(
    lasts_s: int, code: int, failures: list[str]
) -> None:
    stop = Event()
    (shots,) = storms_of(plan_of(recipe(), 1))
    left = [len(shots)]

    def count(sent: int) -> None:
        left[0] -= sent
        if not left[0]:
            stop.set()

    with opened_hub("sim") as client:
        begin(client)
        result = storm_into(client, "sim", shots, stop, count, lasts_s * 1_000_000)
    assert (result.exit_code, result.failures, result["unaccounted"]) == (code, failures, 0)


def several() -> Scenario:
    """Two hubs, each with a meter that sends 10 alerts, and bounds on their figures."""
    fields = recipe(hubs=2).model_dump()
    limits = (bound("generated", equals=20), bound("suppressed", min=1))
    return Scenario.model_validate({**fields, "expect": limits})


def results_of(scenario: Scenario) -> list[Result]:
    """Of two hubs, one after the other."""
    results = []
    for shots in storms_of(plan_of(scenario, 2)):
        with opened_hub("sim") as client:
            begin(client)
            results.append(storm_into(client, "sim", shots))
    return results


def told(bounds: list[HeldBound]) -> list[tuple[Any, ...]]:
    """Of each: whose, what was found, and whether it is met."""
    return [(each.hub, each.fields["value"], each.fields["met"]) for each in bounds]


def test_bounds_of_a_scenario_of_several_hubs_are_on_their_sum() -> None:
    bounds = held_bounds(several(), results_of(several()))
    assert told(bounds) == [(None, 20, True), (None, 0, False)]


def test_run_that_was_stopped_is_held_against_nothing() -> None:
    results = results_of(several())
    results[1].facts["stopped"] = True
    assert told(held_bounds(several(), results)) == [(None, None, None)] * 2


def test_figures_are_those_that_a_scenario_for_boards_may_bound() -> None:
    figures = figures_of(results_of(several()))
    paths = {name for name in figures if name != "hops"} | {
        f"hops.{hop}.{what}" for hop, counted in figures["hops"].items() for what in counted
    }
    assert paths == set(INJECTED)


def test_figure_that_one_hub_could_not_tell_is_none_of_all() -> None:
    results = results_of(several())
    results[0].facts["unaccounted"] = None
    assert figures_of(results)["unaccounted"] is None


@pytest.mark.parametrize(("is_storm", "falsely"), [(False, 13), (True, 0)])
def test_only_what_is_of_no_storm_is_falsely_suppressed(is_storm: bool, falsely: int) -> None:
    (shots,) = storms_of(plan_of(recipe(per_hour=36_000, count=40, storm=is_storm), 1))
    with opened_hub("sim") as client:
        begin(client)
        found = figures_of([storm_into(client, "sim", shots)])
    assert (found["suppressed"], found["false_suppressed"]) == (13, falsely)
