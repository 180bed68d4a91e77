"""`stormbench firmware repl`: a hub leaves its board when it is asked to, and says where to."""

from typing import Any

import pytest
from pytest_mock import MockerFixture

from authority_bench import KEY
from command_line import stormbench
from link_bench import EchoingPort, ScriptedPort, SilentPort, result
from scripted_port import ScriptedPort as ReplPort
from stormbench.errors import ExitCode
from stormbench.flashing import leaving
from stormbench.keys.keyring import PATH_VARIABLE, HubKey, Keyring
from stormbench.link.raw_repl import END, ENTER_RAW, LEAVE_RAW, RAW_PROMPT

UNIQUE_ID = "E6" * 8


@pytest.fixture(autouse=True)
def no_keys(tmp_path, monkeypatch):
    monkeypatch.setenv(PATH_VARIABLE, str(tmp_path / "keys.json"))


class Board(ReplPort):
    """A REPL that a hub has left to."""

    def __init__(self) -> None:
        super().__init__()
        self.say(b"\r\n" + RAW_PROMPT)
        self.say(b"OK\r\nMPY: soft reboot\r\n" + RAW_PROMPT)


def plug(mocker: MockerFixture, *ports: Any) -> Any:
    """The next port under its name, each time that it is opened."""
    for port in ports:
        port.name = "/dev/ttyACM0"
    opened = mocker.Mock(side_effect=list(ports))
    mocker.patch.object(leaving.hand_over_repl, "__defaults__", (opened,))
    return ports[0]


def test_hub_leaves_and_the_way_back_is_told(mocker):
    hub = plug(mocker, ScriptedPort(result), Board())
    ran = stormbench("firmware", "repl", "--port", "/dev/ttyACM0")
    assert ran.exit_code == 0 and hub.asked[-1].name == "EnterRepl" and hub.closed == 1
    assert ran.out.startswith(f"hub {UNIQUE_ID} has left; the REPL is on /dev/ttyACM0\n")
    assert "mpremote connect /dev/ttyACM0 reset " in ran.out


def test_port_that_the_hub_added_is_taken_down_before_others_come(mocker):
    board = Board()
    plug(mocker, ScriptedPort(result), board)
    assert stormbench("firmware", "repl").exit_code == 0
    assert board.octets == ENTER_RAW + END + LEAVE_RAW and board.is_closed


def test_json_has_the_port_and_who_left(mocker):
    plug(mocker, ScriptedPort(result), Board())
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
    hub = plug(mocker, ScriptedPort(result, keyed=1), Board())
    assert stormbench("firmware", "repl").exit_code == 0 and len(hub.named("Authorised")) == 1


def test_virtual_hub_is_refused():
    ran = stormbench("firmware", "repl", "--port", "emulated")
    assert ran.exit_code == ExitCode.INVALID and "expected a board's port" in ran.err
