"""`stormbench inject`: from a scenario to hubs, files and an exit code."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from command_line import stormbench
from stormbench.capture.reading import Capture

SCENARIO = """
name = "short"
duration_ms = 10_000

[[devices]]
name = "meter"
kind = "ESME"
originator = "{originator}"

[[phases]]
name = "storm"
device = "meter"
code = "8F3E"
target = "90B3D51F30010000"
duration_ms = 10_000
shape = "periodic"
per_hour = 18_000
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Five alerts a second for ten seconds."""
    path = tmp_path / "storm.toml"
    path.write_text(SCENARIO.format(originator="00DB1234567890A0"))
    return path


def test_storm_that_was_in_time_exits_0_and_says_so(scenario: Path) -> None:
    ran = stormbench("inject", scenario, "--hub", "sim")
    assert ran.exit_code == 0
    assert "50 of 50 alerts sent" in ran.out and "certified: it was in time" in ran.out


def test_result_has_each_hub_and_their_sum(scenario: Path) -> None:
    ran = stormbench("inject", scenario, "--hub", "sim", "--hub", "sim", "--json")
    document = ran.document()
    assert [hub["sent"] for hub in document["hubs"]] == [50, 50]
    assert document["sum"]["sent"] == 100 and document["certified"] is True


def test_result_says_who_the_hub_is(scenario: Path) -> None:
    (hub,) = stormbench("inject", scenario, "--hub", "sim", "--json").document()["hubs"]
    assert len(hub["source_sha256"]) == 64 and hub["policy"]["red_threshold"] == 20


def test_policy_that_is_named_is_put_in_force(scenario: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("red_threshold = 30\n")
    ran = stormbench("inject", scenario, "--hub", "sim", "--policy", policy, "--json")
    assert ran.document()["hubs"][0]["policy"]["red_threshold"] == 30


def test_dry_run_counts_and_opens_nothing(scenario: Path) -> None:
    ran = stormbench("inject", scenario, "--hub", "/dev/nothing", "--dry-run")
    assert ran.exit_code == 0
    assert "50 alerts in 9.8 s, at most 5 in a second" in ran.out
    assert "by device: meter 50" in ran.out and "nothing was sent" in ran.out


def test_dry_run_as_json_counts_by_code(scenario: Path) -> None:
    ran = stormbench("inject", scenario, "--hub", "sim", "--dry-run", "--json")
    assert ran.document()["hubs"][0]["by_code"] == {"8F3E": 50}


def test_time_scale_raises_the_rate(scenario: Path) -> None:
    ran = stormbench("inject", scenario, "--dry-run", "--time-scale", 10)
    assert "50 alerts in 1.0 s, at most 50 in a second" in ran.out


def test_scenario_of_the_library_is_named_by_its_cause() -> None:
    ran = stormbench("inject", "stuck_tamper_sensor", "--hub", "sim", "--dry-run")
    assert ran.exit_code == 0


def test_hub_that_a_scenario_does_not_fit_is_refused(scenario: Path) -> None:
    scenario.write_text('runs_on = ["unix"]\n' + scenario.read_text())
    ran = stormbench("inject", scenario, "--hub", "sim", "--dry-run")
    assert ran.exit_code == 2 and "(its runs_on)" in ran.complaint()


def test_rate_over_the_ceiling_is_refused(scenario: Path) -> None:
    ran = stormbench("inject", scenario, "--hub", "sim", "--max-per-s", 4)
    assert ran.exit_code == 2 and "up to 5 alerts in one second" in ran.complaint()


def test_real_identity_is_refused(scenario: Path) -> None:
    scenario.write_text(SCENARIO.format(originator="0011223344556677"))
    ran = stormbench("inject", scenario, "--hub", "sim")
    assert ran.exit_code == 2 and "`inject --real-ids` or" in ran.complaint()


def test_real_identity_is_allowed_on_demand(scenario: Path) -> None:
    scenario.write_text(SCENARIO.format(originator="0011223344556677"))
    assert stormbench("inject", scenario, "--hub", "sim", "--real-ids").exit_code == 0


def test_hub_that_is_not_there_is_one_sentence(scenario: Path) -> None:
    ran = stormbench("inject", scenario, "--hub", "/dev/nothing")
    assert ran.exit_code == 3 and "/dev/nothing cannot be opened" in ran.complaint()


def test_run_in_which_the_hub_held_alerts_up_exits_1_and_says_so(scenario: Path) -> None:
    hub = "faults://disconnects=1&frames=40&seed=7@sim"
    ran = stormbench("inject", scenario, "--hub", hub, "--time-scale", 4)
    assert ran.exit_code == 1 and "the hub did not take them" in ran.err


def test_faults_of_the_scenario_are_told_as_often_as_they_struck(scenario: Path) -> None:
    scenario.write_text("faults = { stalls = 2, frames = 20 }\n" + scenario.read_text())
    assert "\n  faults         2 stall\n" in stormbench("inject", scenario, "--hub", "sim").out


def test_link_without_faults_has_no_line_for_them(scenario: Path) -> None:
    assert "faults" not in stormbench("inject", scenario, "--hub", "sim").out


def test_resets_of_a_hub_whose_power_cannot_be_cut_are_refused(scenario: Path) -> None:
    scenario.write_text("faults = { resets = 1 }\n" + scenario.read_text())
    ran = stormbench("inject", scenario, "--hub", "loop://")
    assert ran.exit_code == 2 and "expected a hub whose power can be cut" in ran.complaint()


def test_files_have_every_alert(scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert stormbench("inject", scenario, "--hub", "sim", "--out", out).exit_code == 0
    lines = [json.loads(line) for line in (out / "alerts.jsonl").read_text().splitlines()]
    with (out / "alerts.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(lines) == len(rows) == 50
    assert (rows[0]["verdict"], lines[-1]["verdict"]) == ("PASS", "SUPPRESS")
    assert json.loads((out / "inject.json").read_text())["sum"]["sent"] == 50


def test_file_says_for_how_long_each_alert_was_held_up(scenario: Path, tmp_path: Path) -> None:
    hub = "faults://disconnects=1&frames=40&seed=7@sim"
    stormbench("inject", scenario, "--hub", hub, "--time-scale", 4, "--out", tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "alerts.jsonl").read_text().splitlines()]
    held_up = [line["held_up_us"] for line in lines if line["sent_us"] > line["intended_us"]]
    late = [line["sent_us"] - line["intended_us"] for line in lines]
    assert held_up == [each for each in late if each > 0] != []


def test_capture_has_a_session_for_each_hub_that_is_judged_alike_again(
    scenario: Path, tmp_path: Path
) -> None:
    path = tmp_path / "storm.capture"
    ran = stormbench("inject", scenario, "--hub", "sim", "--hub", "sim", "--capture", path)
    assert ran.exit_code == 0
    assert len(Capture(path).sessions()) == 2
    for session in (1, 2):
        again = stormbench("capture", "replay", path, "--hub", "sim", "--session", session)
        assert again.exit_code == 0 and "50 alerts" in again.out


def test_junit_has_a_suite_for_each_hub_and_a_case_for_each_check(
    scenario: Path, tmp_path: Path
) -> None:
    path = tmp_path / "junit.xml"
    hub = "faults://disconnects=1&frames=40&seed=7@sim"
    stormbench("inject", scenario, "--hub", hub, "--time-scale", 4, "--junit", path)
    (suite,) = ET.parse(path).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("4", "1")
    (failure,) = suite.iter("failure")
    assert "the hub did not take them" in str(failure.get("message"))
    names = {each.get("name") for each in suite.iter("property")}
    assert {"board", "source_sha256", "policy"} <= names


def test_junit_file_that_cannot_be_is_refused_before_the_run(scenario: Path) -> None:
    ran = stormbench("inject", scenario, "--hub", "sim", "--junit", "/nowhere/junit.xml")
    assert ran.exit_code == 2 and "no folder /nowhere" in ran.complaint()


def test_full_drive_is_one_sentence(scenario: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    ran = stormbench("inject", scenario, "--hub", "sim", "--junit", "/dev/full")
    assert ran.exit_code == 1 and "/dev/full: cannot be written: No space left" in ran.err


def test_seed_that_is_named_takes_the_place_of_the_scenarios(scenario: Path) -> None:
    scenario.write_text(scenario.read_text().replace('"periodic"', '"poisson"'))
    of_seeds = [
        stormbench("inject", scenario, "--dry-run", "--json", *options).document()
        for options in ((), ("--seed", 0), ("--seed", 7))
    ]
    assert of_seeds[0] == of_seeds[1] != of_seeds[2]


def test_policy_that_is_named_is_divided_by_the_time_scale(scenario: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("flush_ms = 60_000\n")
    options = ("--policy", policy, "--time-scale", 10, "--json")
    (hub,) = stormbench("inject", scenario, "--hub", "sim", *options).document()["hubs"]
    assert hub["policy"]["flush_ms"] == 6_000


def test_run_is_certified_only_where_each_hub_is(scenario: Path) -> None:
    bad = "faults://disconnects=1&frames=40&seed=7@sim"
    options = ("--hub", bad, "--hub", "sim", "--time-scale", 4, "--json")
    document = stormbench("inject", scenario, *options).document()
    assert [hub["not_certified"] == [] for hub in document["hubs"]] == [False, True]
    assert document["certified"] is False


def test_time_scale_is_told_on_top_and_in_junit(scenario: Path, tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    options = ("--hub", "sim", "--time-scale", 2, "--junit", path)
    ran = stormbench("inject", scenario, *options)
    assert ran.out.startswith("Time scale 2: ") and ran.out.splitlines()[1].startswith("sim: 50")
    values = {each.get("name"): each.get("value") for each in ET.parse(path).iter("property")}
    assert values["time_scale"] == "2.0"


def test_time_that_is_not_divided_is_not_told_of(scenario: Path) -> None:
    assert stormbench("inject", scenario, "--hub", "sim").out.startswith("sim: 50 of 50")


@pytest.fixture
def no_message_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would take most of the time."""

    def make(_: object) -> bytes:
        raise AssertionError("a message was made")

    monkeypatch.setattr("stormbench.scenario.trace.Intended.message", make)


@pytest.mark.usefixtures("no_message_is_made")
def test_dry_run_makes_no_message(scenario: Path) -> None:
    assert stormbench("inject", scenario, "--hub", "sim", "--dry-run").exit_code == 0


@pytest.mark.usefixtures("no_message_is_made")
def test_too_many_alerts_are_refused_before_a_message_is_made(
    scenario: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stormbench.inject.plan.MOST_ALERTS", 49)
    ran = stormbench("inject", scenario, "--hub", "sim")
    assert ran.exit_code == 2 and "50 alerts over all hubs" in ran.complaint()


@pytest.mark.usefixtures("no_message_is_made")
def test_scenario_that_no_command_takes_is_refused_with_its_line(scenario: Path) -> None:
    text = scenario.read_text().replace("duration_ms = 10_000", "duration_ms = 140737488355328")
    scenario.write_text(text)
    for command in (("inject", scenario, "--dry-run"), ("compare", scenario, "--hub", "sim")):
        ran = stormbench(*command)
        assert ran.exit_code == 2 and "phases.0.duration_ms: the phase" in ran.complaint()
