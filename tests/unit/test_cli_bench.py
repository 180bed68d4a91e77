"""`stormbench bench` from the command line to the exit code."""

import pytest

from command_line import stormbench
from stormbench.bench import link_figures, overload, run
from stormbench.bench.rate import Rate
from stormbench.errors import NoHub
from stormbench.hub.sim import SimPort
from stormbench.link import board_session
from stormbench.link.serial_port import SerialPort


@pytest.fixture
def half_a_ms(mocker):
    """The bench of a hub in process, each of whose alerts takes half a millisecond."""
    mocker.patch("stormbench.cli.bench._TIMELESS", None)
    mocker.patch.object(run, "measure_boot_ms", return_value=7.5)
    mocker.patch.object(link_figures, "measure_path", return_value=[900, 1_000])
    return mocker.patch.object(
        link_figures,
        "measure_rate",
        lambda client, outcome, size, alerts: Rate(alerts, 500 * alerts, 0),
    )


def test_json_has_the_hub_its_link_and_the_rates(half_a_ms):
    ran = stormbench("bench", "--hub", "sim", "--size", "85", "--json")
    found = ran.document()
    assert (found["hub"], found["transport"], found["alerts"]) == ("sim", "in_process", 3000)
    assert found["suppressed_alerts_per_s"] == 2000.0
    assert list(found["by_size"]) == ["85"]


def test_text_has_a_line_for_each_length(half_a_ms):
    ran = stormbench("bench", "--hub", "sim", "--alerts", "100")
    lines = ran.out.splitlines()
    assert [line.split()[0] for line in lines[2:6]] == ["69", "85", "124", "582"]
    assert "2,000.0" in lines[2]
    assert any("7.5" in line and "power on" in line for line in lines)
    assert any(line.startswith("no decision_us: ") for line in lines)


def test_hub_without_time_is_refused_and_told_what_to_take():
    ran = stormbench("bench", "--hub", "sim")
    assert ran.exit_code == 2 and "take emulated, or a board" in ran.err


def test_too_few_alerts_are_refused():
    ran = stormbench("bench", "--hub", "sim", "--alerts", "99")
    assert ran.exit_code == 2 and "99" in ran.err


def test_overload_is_offered_from_little_to_too_much(half_a_ms, mocker):
    mocker.patch.object(overload, "measure_overload", return_value={"loads": []})
    found = stormbench("bench", "--hub", "sim", "--overload", "--json").document()
    assert found == {"hub": "sim", "transport": "in_process", "overload": {"loads": []}}


def test_memory_of_a_hub_without_a_board_is_refused(half_a_ms):
    ran = stormbench("bench", "--hub", "sim", "--memory")
    assert ran.exit_code == 2 and "no board" in ran.err


@pytest.mark.parametrize("option", [("--size", "85"), ("--one-link",)])
def test_options_that_a_mode_does_not_have_are_refused(option):
    ran = stormbench("bench", "--hub", "unix", "--overload", *option)
    assert ran.exit_code == 2 and "--overload has no --size" in ran.err


def test_port_of_a_repl_that_is_not_there_is_told(half_a_ms, mocker):
    mocker.patch.object(run, "why_no_probe", return_value=None)
    mocker.patch.object(board_session, "why_no_probe", return_value=None)
    mocker.patch.object(SerialPort, "open", side_effect=[SimPort(), NoHub("there is no NONE9")])
    ran = stormbench("bench", "--hub", "/dev/ttyUSB0", "--size", "85", "--repl-port", "NONE9")
    assert ran.exit_code == 3 and "there is no NONE9" in ran.err


@pytest.mark.parametrize("command", [("bench",), ("bench", "--memory"), ("selftest",)])
@pytest.mark.parametrize("hub", ["unix", "emulated", "faults://drop=0.1@emulated:repl"])
def test_port_of_a_repl_is_refused_where_the_hub_is_no_board(command, hub, mocker):
    opened = mocker.patch.object(SerialPort, "open")
    ran = stormbench(*command, "--hub", hub, "--repl-port", "/dev/ttyACM0")
    assert ran.exit_code == 2
    assert f"hub {hub} is virtual" in ran.complaint()
    opened.assert_not_called()


def test_port_of_a_repl_is_refused_where_nothing_runs_on_the_board():
    ran = stormbench("bench", "--hub", "/dev/ttyUSB0", "--overload", "--repl-port", "/dev/ttyACM0")
    assert ran.exit_code == 2 and "no --repl-port" in ran.complaint()
