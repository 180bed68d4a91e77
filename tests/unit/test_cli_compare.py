"""`stormbench compare` from the command line to the exit code."""

import errno
import json
from itertools import count
from pathlib import Path

import pytest
from serial.tools.list_ports_common import ListPortInfo

from arm_runs import SCENARIOS
from command_line import stormbench
from stormbench.cli import main
from stormbench.errors import ExitCode, ForeignHub, InvalidInput, NoHub
from stormbench.hub.open import default_hub, open_hub

NO_STORM = SCENARIOS / "no_storm.toml"
ON_SIM = ("--hub", "sim", "--out")

STORM = """
name = "storm"
duration_ms = 900_000
runs_on = ["sim", "emulated"]

[wan]
bytes_per_s = 100

[[devices]]
name = "meter"
kind = "ESME"
originator = "00DB1234567890A0"

[[phases]]
name = "storm"
device = "meter"
storm = true
shape = "periodic"
per_hour = 360
code = "8F3E"
target = "90B3D51F30010000"
duration_ms = 600_000

[[expect]]
arm = "hub"
metric = "hops.wan.alerts"
max = 40
why = "most copies are suppressed"

[[expect]]
arm = "none"
metric = "other_alert_delay_ms.max"
max = 60_000
"""


@pytest.fixture
def storm(tmp_path):
    """The path of a file that says `STORM`, with something else in the place of a part of it."""

    def write(old="", new=""):
        path = tmp_path / "storm.toml"
        path.write_text(STORM.replace(old, new) if old else STORM)
        return path

    return write


def test_compare_ends_with_0_and_prints_the_verdict_and_the_path(tmp_path):
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path / "new" / "out")
    page = tmp_path / "new" / "out" / "report.html"
    assert ran.exit_code == 0
    report = json.loads(page.with_suffix(".json").read_text())
    assert ran.out.splitlines() == [report["verdict"]["sentence"], str(page)]
    assert page.read_text().startswith("<!")


def test_json_prints_the_report_and_nothing_else(tmp_path):
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path, "--json")
    assert ran.exit_code == 0
    assert ran.document() == json.loads((tmp_path / "report.json").read_text())


def test_bar_on_a_terminal_goes_to_stderr(tmp_path, monkeypatch):
    clock_s = count()  # a second more each time that it is asked
    monkeypatch.setattr("stormbench.cli._count_progress.monotonic", lambda: next(clock_s))
    monkeypatch.setenv("FORCE_COLOR", "1")  # a bar is drawn as on a terminal
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path, "--json")
    assert "alerts through hub sim" in ran.err
    assert ran.document()["verdict"]["place"] == "none"


def test_progress_off_a_terminal_is_a_line_every_two_seconds(tmp_path, monkeypatch):
    clock_s = count()  # a second more each time that it is asked
    monkeypatch.setattr("stormbench.cli._count_progress.monotonic", lambda: next(clock_s))
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path, "--json")
    first, second, *_ = ran.err.splitlines()
    assert first == "stormbench: alerts through hub sim: 2 of 100, 1.0 a second, 98 s left"
    assert second.startswith("stormbench: alerts through hub sim: 4 of 100, ")
    assert ran.document()["verdict"]["place"] == "none"


def test_short_run_off_a_terminal_says_nothing_but_its_result(tmp_path, monkeypatch):
    monkeypatch.setattr("stormbench.cli._count_progress.monotonic", lambda: 0)
    assert stormbench("compare", NO_STORM, *ON_SIM, tmp_path).err == ""


def test_same_seed_gives_the_same_report(tmp_path):
    first = stormbench("compare", NO_STORM, *ON_SIM, tmp_path / "a", "--json")
    second = stormbench("compare", NO_STORM, *ON_SIM, tmp_path / "b", "--json")
    assert first.document() == second.document()


def test_run_over_an_earlier_one_gives_the_same_report(tmp_path):
    first = stormbench("compare", NO_STORM, *ON_SIM, tmp_path, "--json")
    assert stormbench("compare", NO_STORM, *ON_SIM, tmp_path, "--json") == first


def test_seed_goes_before_the_scenarios_and_is_in_the_report(tmp_path):
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path, "--json", "--seed", 77)
    assert ran.document()["scenario"]["seed"] == 77
    assert ran.document()["scenario"]["alerts"] != 50


def test_policy_file_goes_before_the_scenarios(tmp_path):
    policy = tmp_path / "p.toml"
    policy.write_text("code_limit = 9\n")
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path, "--policy", policy, "--json")
    assert ran.document()["policy"]["code_limit"] == 9


def test_environment_names_the_hub(tmp_path, monkeypatch):
    monkeypatch.setenv("STORMBENCH_HUB", "sim")
    ran = stormbench("compare", NO_STORM, "--out", tmp_path, "--json")
    assert ran.document()["hub"]["kind"] == "sim"


def test_hub_that_nobody_names_is_the_emulated_one(monkeypatch):
    monkeypatch.delenv("STORMBENCH_HUB", raising=False)
    assert default_hub() == "emulated"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "s.toml: cannot be read: No such file or directory"),
        ("name = \n", "s.toml: not TOML: "),
        (STORM.replace('"8F3E"', '"8F3"'), "s.toml:20: phases.0.code: String should match"),
        (STORM.replace("duration_ms = 9", "length_ms = 9"), "s.toml: duration_ms: Field required"),
    ],
)
def test_scenario_that_is_none_ends_with_2(tmp_path, text, complaint):
    path = tmp_path / "s.toml"
    if text is not None:
        path.write_text(text)
    ran = stormbench("compare", path, *ON_SIM, tmp_path / "out")
    assert ran.exit_code == 2
    assert complaint in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("place", ["--policy", "scenario"])
def test_policy_that_is_refused_ends_with_2_field_and_reason(tmp_path, place):
    policy = "code_limit = -1\n"
    path = tmp_path / "p.toml"
    path.write_text(
        policy if place == "--policy" else NO_STORM.read_text() + "[policy]\n" + policy
    )
    arguments = (NO_STORM, "--policy", path) if place == "--policy" else (path,)
    ran = stormbench("compare", *arguments, *ON_SIM, tmp_path / "out")
    assert ran.exit_code == 2
    assert ran.complaint().endswith("code_limit: must be 0 to 65535, got -1")


@pytest.mark.parametrize("seed", [-1, "x", "1.5", ""])
def test_seed_that_is_none_ends_with_2(tmp_path, seed):
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path, "--seed", seed)
    assert ran.exit_code == 2
    assert "--seed" in ran.complaint()


@pytest.mark.parametrize("hub", ["auto", "/dev/ttyACM0", "id:E660", "rfc2217://h:1", "simulated"])
def test_hub_with_a_clock_of_its_own_ends_with_2(tmp_path, hub):
    ran = stormbench("compare", NO_STORM, "--hub", hub, "--out", tmp_path)
    assert ran.exit_code == 2
    assert ran.complaint().startswith(f"--hub {hub}: ")


@pytest.mark.parametrize("option", ["--speed", "-x"])
def test_option_that_there_is_not_ends_with_2(option):
    ran = stormbench("compare", option)
    assert ran.exit_code == 2
    assert option in ran.complaint()


def test_command_that_there_is_not_ends_with_2():
    ran = stormbench("compar")
    assert ran.exit_code == 2
    assert "compar" in ran.complaint()


@pytest.mark.parametrize("under", ["file", "file/out"])
def test_folder_that_cannot_be_made_ends_with_2(tmp_path, under):
    (tmp_path / "file").write_text("")
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path / under)
    assert ran.exit_code == 2
    assert "--out" in ran.complaint()


def test_hub_with_another_firmware_ends_with_4(tmp_path, monkeypatch):
    monkeypatch.setattr("stormbench.hub.open.firmware_sha256", lambda sources: "0" * 64)
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path)
    assert ran.exit_code == 4
    assert "this tree has 000000000000" in ran.complaint()
    assert not (tmp_path / "report.json").exists()


def test_report_that_cannot_be_written_ends_with_1(tmp_path, mocker):
    full = OSError(errno.ENOSPC, "No space left on device")
    mocker.patch.object(Path, "write_text", side_effect=full)
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path / "out")
    assert ran.exit_code == 1
    assert "cannot be written: No space left on device" in ran.complaint()


def test_alert_that_is_unaccounted_for_ends_with_1_and_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr("stormbench.wan.cell.Cell.lost_counts", lambda cell: 1)
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path, "--json")
    assert ran.exit_code == 1
    assert ran.document()["arms"]["hub"]["unaccounted"] == -1


def test_ctrl_c_ends_with_130(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("stormbench.compare.run.run_hubs", interrupt)
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path)
    assert ran.exit_code == 130
    assert ran.complaint() == "stopped"


def test_debug_shows_the_traceback(monkeypatch, tmp_path):
    missing = str(tmp_path / "s.toml")
    monkeypatch.setattr("sys.argv", ["stormbench", "--debug", "compare", missing])
    with pytest.raises(InvalidInput):
        main()


# Real boards: what open_hub says before anything is sent.


def board(device, serial_number, vid=0x2E8A, pid=0x0005):
    port = ListPortInfo(device)
    port.vid, port.pid, port.serial_number = vid, pid, serial_number
    return port


@pytest.fixture
def plugged_in(mocker):
    """Says which serial ports this machine has."""

    def have(*ports):
        mocker.patch("serial.tools.list_ports.comports", return_value=list(ports))

    return have


def test_auto_without_a_board_is_no_hub(plugged_in):
    plugged_in(board("/dev/ttyS9", None, vid=None, pid=None))
    with pytest.raises(NoHub, match="no board with MicroPython is plugged in") as raised:
        open_hub("auto")
    assert int(raised.value.exit_code) == 3


def test_auto_with_two_boards_asks_which(plugged_in):
    plugged_in(board("/dev/ttyX0", "A"), board("/dev/ttyX1", "B"))
    with pytest.raises(InvalidInput, match="several boards: /dev/ttyX0, /dev/ttyX1"):
        open_hub("auto")


def test_id_of_a_board_that_is_not_there_is_no_hub(plugged_in):
    plugged_in(board("/dev/ttyX0", "E660"))
    with pytest.raises(NoHub, match="no port whose serial number is E661"):
        open_hub("id:e661")


def test_port_that_is_not_there_is_no_hub():
    with pytest.raises(NoHub, match="/dev/nowhere cannot be opened: "):
        open_hub("/dev/nowhere")


def test_each_kind_of_trouble_has_the_exit_code_of_the_contract():
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 4, 42, 130]
    assert (InvalidInput.exit_code, NoHub.exit_code, ForeignHub.exit_code) == (2, 3, 4)


def test_folder_in_the_place_of_the_dsps_stores_is_told(tmp_path):
    (tmp_path / "dsp_none.sqlite").mkdir()
    ran = stormbench("compare", "--hub", "sim", "--out", tmp_path)
    assert ran.exit_code == 1
    assert "dsp_none.sqlite: the DSP's stores cannot be kept there" in ran.complaint()


def test_unwise_policy_is_warned_about(tmp_path):
    ran = stormbench("compare", NO_STORM, *ON_SIM, tmp_path, "--policy", "bad")
    assert ran.exit_code == 0
    assert "warning: policy: excluded_codes: 8F67" in ran.err


# What a scenario expects, where it runs, and how fast.


def test_bounds_that_are_met_are_printed_and_end_with_0(tmp_path, storm):
    ran = stormbench("compare", storm(), *ON_SIM, tmp_path / "out")
    assert ran.exit_code == 0
    assert [line.split()[:4] for line in ran.out.splitlines()[1:3]] == [
        ["met", "hub", "hops.wan.alerts", "28,"],
        ["met", "none", "other_alert_delay_ms.max", "0,"],
    ]


def test_bound_that_is_not_met_ends_with_1_and_says_what_it_is_for(tmp_path, storm):
    ran = stormbench("compare", storm("max = 40", "max = 27"), *ON_SIM, tmp_path / "out")
    assert ran.exit_code == 1
    line = "NOT MET  hub   hops.wan.alerts           28,  expected at most 27: most copies are"
    assert ran.out.splitlines()[1].startswith(line)


def test_bounds_are_in_the_report_with_what_was_found(tmp_path, storm):
    ran = stormbench("compare", storm("max = 40", "equals = 28"), *ON_SIM, tmp_path, "--json")
    assert ran.document()["expectations"][0] == {
        "arm": "hub",
        "metric": "hops.wan.alerts",
        "min": None,
        "max": None,
        "equals": 28,
        "why": "most copies are suppressed",
        "value": 28,
        "met": True,
    }


def test_bound_that_is_not_met_ends_with_1_with_json_too(tmp_path, storm):
    ran = stormbench("compare", storm("max = 40", "max = 27"), *ON_SIM, tmp_path, "--json")
    assert (ran.exit_code, ran.document()["expectations"][0]["met"]) == (1, False)


def test_time_scale_divides_the_run_and_its_bounds_on_times(tmp_path, storm):
    ran = stormbench("compare", storm(), *ON_SIM, tmp_path, "--time-scale", 100, "--json")
    report = ran.document()
    assert (report["scenario"]["time_scale"], report["scenario"]["duration_ms"]) == (100, 9000)
    assert report["policy"]["code_window_ms"] == 6000
    assert report["wan"]["bytes_per_s"] == 10_000
    assert [held["max"] for held in report["expectations"]] == [40, 600]
    assert ran.exit_code == 0


def test_time_scale_is_told_under_the_verdict(tmp_path, storm):
    ran = stormbench("compare", storm(), *ON_SIM, tmp_path, "--time-scale", 2.5)
    assert ran.out.splitlines()[1].startswith("Time scale 2.5: every time here")


def test_time_scale_divides_the_policy_of_a_file(tmp_path, storm):
    policy = tmp_path / "p.toml"
    policy.write_text("flush_ms = 1_000_000\n")
    options = ("--policy", policy, "--time-scale", 10, "--json")
    ran = stormbench("compare", storm(), *ON_SIM, tmp_path, *options)
    assert ran.document()["policy"]["flush_ms"] == 100_000


@pytest.mark.parametrize("scale", ["0.5", "10001", "x", "nan"])
def test_time_scale_that_is_none_ends_with_2(tmp_path, storm, scale):
    ran = stormbench("compare", storm(), *ON_SIM, tmp_path, "--time-scale", scale)
    assert ran.exit_code == 2
    assert "--time-scale" in ran.complaint()


def test_hub_that_the_scenario_does_not_fit_ends_with_2(tmp_path, storm):
    ran = stormbench("compare", storm(), "--hub", "unix", "--out", tmp_path / "out")
    assert ran.exit_code == 2
    assert ran.complaint() == (
        "--hub unix: scenario 'storm' fits sim, emulated (its runs_on); name one with --hub"
    )


def test_scenario_of_the_library_is_named_by_its_word(tmp_path):
    ran = stormbench("compare", "boot_loop", *ON_SIM, tmp_path, "--json")
    assert (ran.exit_code, ran.document()["scenario"]["name"]) == (0, "boot loop")


def test_word_that_no_scenario_has_ends_with_2(tmp_path):
    ran = stormbench("compare", "boot_lop", *ON_SIM, tmp_path)
    assert ran.exit_code == 2
    assert "no scenario that comes with stormbench is called 'boot_lop'" in ran.complaint()
