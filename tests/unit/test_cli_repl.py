"""`stormbench firmware repl`: a hub leaves its board when it is asked to, and says where to."""

import pytest
from pytest_mock import MockerFixture

from authority_bench import KEY
from command_line import stormbench
from link_bench import EchoingPort, ScriptedPort, SilentPort, result
from stormbench.errors import ExitCode
from stormbench.flashing import leaving
from stormbench.keys.keyring import PATH_VARIABLE, HubKey, Keyring
from stormbench.link.serial_port import SerialPort

UNIQUE_ID = "E6" * 8


@pytest.fixture(autouse=True)
def no_keys(tmp_path, monkeypatch):
    monkeypatch.setenv(PATH_VARIABLE, str(tmp_path / "keys.json"))


def plug(mocker: MockerFixture, port: ScriptedPort) -> ScriptedPort:
    port.name = "/dev/ttyACM0"
    mocker.patch.object(SerialPort, "open", return_value=port)
    mocker.patch.object(leaving.leave_for_repl, "__defaults__", (SerialPort.open,))
    return port


def test_hub_leaves_and_the_way_back_is_told(mocker):
    hub = plug(mocker, ScriptedPort(result))
    ran = stormbench("firmware", "repl", "--port", "/dev/ttyACM0")
    assert ran.exit_code == 0 and hub.asked[-1].name == "EnterRepl" and hub.closed == 1
    assert ran.out.startswith(f"hub {UNIQUE_ID} has left; the REPL is on /dev/ttyACM0\n")
    assert "mpremote connect /dev/ttyACM0 reset " in ran.out


def test_json_has_the_port_and_who_left(mocker):
    plug(mocker, ScriptedPort(result))
    told = stormbench("firmware", "repl", "--json").document()
    assert told == {"port": "/dev/ttyACM0", "unique_id": UNIQUE_ID}


def test_board_at_its_repl_is_told_to_have_no_hub_and_gets_nothing_more(mocker):
    board = plug(mocker, EchoingPort())
    ran = stormbench("firmware", "repl")
    assert ran.exit_code == 0 and ran.out.startswith("no hub runs; the REPL is on /dev/ttyACM0\n")
    assert len(board.written) == 1


def test_silent_port_ends_with_42_and_gets_nothing_but_the_question(mocker):
    board = plug(mocker, SilentPort())
    ran = stormbench("firmware", "repl")
    assert ran.exit_code == ExitCode.TIMEOUT and "/dev/ttyACM0: nothing answers" in ran.err
    assert board.closed == 1


def test_hub_with_a_key_that_is_not_here_stays(mocker):
    hub = plug(mocker, ScriptedPort(result, keyed=1))
    ran = stormbench("firmware", "repl")
    assert ran.exit_code != 0 and "has a key" in ran.err and hub.named("EnterRepl") == []


def test_hub_with_a_key_that_is_here_leaves_for_it(mocker):
    Keyring().put(UNIQUE_ID, HubKey(KEY))
    hub = plug(mocker, ScriptedPort(result, keyed=1))
    assert stormbench("firmware", "repl").exit_code == 0 and len(hub.named("Authorised")) == 1


def test_virtual_hub_is_refused():
    ran = stormbench("firmware", "repl", "--port", "emulated")
    assert ran.exit_code == ExitCode.INVALID and "expected a board's port" in ran.err
