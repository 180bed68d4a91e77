"""`stormbench monitor`: from a capture or a hub to a state on stdout, and an exit code."""

from pathlib import Path

import pytest

from capture_bench import storm_capture, write_capture
from command_line import Ran, stormbench
from replay_bench import METER, STORM, SUPPLIER, replayed

SCENARIO = """
name = "short"
duration_ms = 60_000
[[devices]]
name = "meter"
kind = "ESME"
originator = "{originator}"
[[phases]]
name = "storm"
device = "meter"
code = "8F3E"
target = "90B3D51F30010000"
duration_ms = 60_000
shape = "periodic"
per_hour = 3_600
"""


def monitor(*arguments: object) -> Ran:
    return stormbench("monitor", *arguments)


@pytest.fixture
def storm(tmp_path: Path) -> Path:
    return storm_capture(tmp_path)


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """An alert a second for a minute."""
    path = tmp_path / "storm.toml"
    path.write_text(SCENARIO.format(originator=METER))
    return path


@pytest.mark.parametrize("options", [["--names"], ["--hub", "sim", "--scenario"]])
def test_devices_have_the_names_that_a_scenario_gives_them(
    options: list[str], storm: Path, scenario: Path
) -> None:
    source = [] if "--hub" in options else [storm]
    told = stormbench("monitor", *source, *options, scenario, "--once", "--json").document()
    assert told["in"]["top_10"][0]["device"] == "meter"


def test_finished_capture_is_read_to_its_end_and_shown(storm: Path) -> None:
    ran = monitor(storm)
    assert (ran.exit_code, ran.err) == (0, "")
    assert "incidents: 1 red" in ran.out and "SUPPRESS 70%" in ran.out
    assert "\x1b" not in ran.out


def test_json_has_the_state_with_names_and_sources(storm: Path) -> None:
    state = monitor(storm, "--json").document()
    assert (state["hub"], state["ended"], state["in"]["alerts"]) == ("sim", True, 20)
    assert state["verdicts"]["SUPPRESS"] == {"alerts": 14, "share": 0.7}
    assert state["flood_limits"]["source"].startswith("ANSI/ISA-18.2")
    (overload,) = state["overloads"]
    assert overload["name"] == "Unauthorised Communication Access attempted"
    assert (overload["originator"], overload["target"]) == (METER, SUPPLIER)
    assert (overload["code"], overload["suppressed"]) == ("8F3E", 14)


def test_throttle_shows_in_what_goes_out(storm: Path) -> None:
    state = monitor(storm, "--json").document()
    assert state["in"]["is_flood"] and not state["out"]["is_flood"]
    assert (state["in"]["peak_per_10_min"], state["out"]["peak_per_10_min"]) == (20, 6)
    (top,) = state["in"]["top_10"]
    assert (top["alerts"], top["share"]) == (20, 1.0)


def test_time_can_be_stopped_on_the_way(storm: Path) -> None:
    state = monitor(storm, "--json", "--until-s", "1").document()
    assert not state["ended"]
    assert state["watched_ms"] == 1_000
    assert state["in"]["alerts"] == 11


def test_session_can_be_chosen(storm: Path, tmp_path: Path) -> None:
    replayed(tmp_path, STORM[:3], "--capture", storm)
    counts = [monitor(storm, *o, "--json").document()["in"]["alerts"] for o in ([], SESSION_1)]
    assert counts == [3, 20]


SESSION_1 = ("--session", 1)


def test_session_that_is_not_there_ends_with_2(storm: Path) -> None:
    ran = monitor(storm, "--session", 2)
    assert (ran.exit_code, ran.complaint()) == (2, f"--session 2: {storm} has sessions 1 to 1")


def test_capture_that_was_cut_off_is_shown_as_far_as_it_goes_and_ends_with_1(
    storm: Path,
) -> None:
    storm.write_bytes(storm.read_bytes()[:-5])
    ran = monitor(storm)
    assert ran.exit_code == 1
    assert "incidents: 1 red" in ran.out and "cut off in the middle of a record" in ran.err


def test_what_is_no_capture_ends_with_2(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("t_ms,originator\n")
    ran = monitor(path)
    assert ran.exit_code == 2 and "no capture" in ran.complaint()


def test_capture_without_a_session_shows_nothing(tmp_path: Path) -> None:
    path = write_capture(tmp_path / "empty.capture", [])
    assert monitor(path).out == ""


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "expected either CAPTURE or --hub H"),
        (("x", "--hub", "sim"), "expected either CAPTURE or --hub H"),
        (("--hub", "sim", "--follow"), "--follow goes with CAPTURE"),
        (("--hub", "sim", "--session", 1), "--session goes with CAPTURE"),
        (("x", "--capture", "y"), "--capture goes with --hub"),
        (("x", "--uf2", "y"), "--uf2 goes with --hub"),
        (("x", "--scenario", "duty_cycle"), "--scenario goes with --hub"),
        (("--hub", "sim", "--time-scale", 2), "--time-scale goes with --scenario"),
        (("x", "--follow", "--once"), "expected one of them"),
        (("x", "--follow", "--speed", 2), "--speed is for what does not happen now"),
        (("--hub", "unix", "--speed", 2), "--speed is for what does not happen now"),
        (("x", "--speed", 0), "--speed"),
        (("--hub", "sim", "--scenario", "no_such"), "no_such"),
        (("--hub", "sim", "--once", "--export-svg", "no/such.svg"), "there is no folder"),
    ],
)
def test_options_that_mean_nothing_together_end_with_2(
    arguments: tuple[object, ...], complaint: str
) -> None:
    ran = monitor(*arguments)
    assert ran.exit_code == 2
    assert complaint in ran.complaint()


# A hub.


def test_hub_is_looked_at_once() -> None:
    ran = monitor("--hub", "sim", "--once", "--json")
    state = ran.document()
    assert (ran.exit_code, state["in"]["alerts"]) == (0, 0)
    assert state["hello"]["firmware_version"] and state["counters"]["received"] == 0
    assert "hub sim is virtual" in ran.err


def test_scenario_is_sent_and_watched(scenario: Path) -> None:
    ran = monitor("--hub", "sim", "--scenario", scenario, "--once", "--json")
    state = ran.document()
    assert ran.exit_code == 0
    assert state["in"]["alerts"] == 60 and state["in"]["is_flood"]
    assert 58_000 <= state["watched_ms"] <= 62_000


def test_capture_of_a_watched_hub_comes_to_the_same_state(scenario: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.capture"
    live = monitor(
        *("--hub", "sim", "--scenario", scenario, "--once", "--json", "--capture", path)
    )
    assert monitor(path, "--names", scenario, "--json").document() == live.document()


def test_times_can_be_divided(scenario: Path) -> None:
    options = ("--scenario", scenario, "--time-scale", 10, "--once", "--json")
    assert monitor("--hub", "sim", *options).document()["watched_ms"] < 10_000


def test_identities_that_are_not_for_tests_are_not_sent(scenario: Path) -> None:
    scenario.write_text(SCENARIO.format(originator="0011223344556677"))
    ran = monitor("--hub", "sim", "--scenario", scenario, "--once")
    assert ran.exit_code == 2 and "test identities" in ran.complaint()


def test_run_that_is_not_certified_ends_with_1_and_says_why(scenario: Path) -> None:
    ran = monitor("--hub", "faults://drop=0.3&seed=1@sim", "--scenario", scenario, "--once")
    assert ran.exit_code == 1
    assert "not certified: " in ran.err and "stormbench monitor" in ran.out


def test_hub_that_is_not_there_ends_with_3_and_shows_nothing() -> None:
    ran = monitor("--hub", "/dev/no-such-port", "--once")
    assert ran.exit_code == 3
    assert ran.complaint()


def test_lines_tell_the_state_where_there_is_no_terminal(storm: Path) -> None:
    ran = monitor(storm, "--every-s", "0.000001", "--json")
    assert "in 10.0/s" in ran.err and "1 overloaded; flood in" in ran.err
    assert ran.document()


BOUND = '[[expect]]\narm = "hub"\nmetric = "suppressed"\nmax = {most}\n'


def storm_with(scenario: Path, more: str) -> Ran:
    """What comes of the scenario with that added, and half a minute more than its storm."""
    text = scenario.read_text() + more
    scenario.write_text(text.replace("duration_ms = 60_000", "duration_ms = 90_000", 1))
    return monitor("--hub", "sim", "--scenario", scenario, "--once", "--json")


def test_bounds_of_the_scenario_are_held_and_told(scenario: Path) -> None:
    ran = storm_with(scenario, BOUND.format(most=99))
    assert ran.exit_code == 0
    assert "bounds of the scenario, sim:\n  met  hub  suppressed" in ran.err


def test_bound_that_is_not_met_ends_with_1(scenario: Path) -> None:
    ran = storm_with(scenario, BOUND.format(most=0))
    assert ran.exit_code == 1
    assert "NOT MET  hub  suppressed" in ran.err and "  certified: it was in time" in ran.err


def test_scenario_with_bounds_is_watched_to_its_end(scenario: Path) -> None:
    assert storm_with(scenario, BOUND.format(most=99)).document()["watched_ms"] >= 90_000


def test_faults_of_the_scenario_are_in_the_link(scenario: Path) -> None:
    ran = storm_with(scenario, "[faults]\nstalls = 2\nframes = 20\nstall_ms = 10\n")
    assert "\n  faults         2 stall\n" in ran.err


def test_scenario_of_several_hubs_is_refused() -> None:
    ran = monitor("--hub", "sim", "--scenario", "regional_power_cut", "--once")
    assert ran.exit_code == 2
    assert "has 3 hubs, and `monitor` watches one: `stormbench inject`" in ran.complaint()


def test_hub_that_a_scenario_does_not_fit_is_refused(scenario: Path) -> None:
    scenario.write_text('runs_on = ["unix"]\n' + scenario.read_text())
    ran = monitor("--hub", "sim", "--scenario", scenario, "--once")
    assert ran.exit_code == 2 and "(its runs_on)" in ran.complaint()


def test_what_is_unwise_in_the_scenarios_policy_is_said(scenario: Path) -> None:
    scenario.write_text("policy = { save_interval_ms = 1_000 }\n" + scenario.read_text())
    ran = monitor("--hub", "sim", "--scenario", scenario, "--once")
    assert "stormbench: warning: policy: save_interval_ms" in ran.err
