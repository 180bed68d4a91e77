"""`stormbench ports` from the command line to what it prints."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_mock import MockerFixture

from boards_bench import ADAPTER, HUB_PORT, REPL_PORT, RP2350_INFO, boot_drive
from command_line import stormbench
from link_bench import EchoingPort, ScriptedPort, SilentPort
from stormbench.link.serial_port import SerialPort


@pytest.fixture(autouse=True)
def plug(mocker: MockerFixture) -> Callable[..., None]:
    mocker.patch("getpass.getuser", return_value="nobody-of-that-name")
    comports = mocker.patch("serial.tools.list_ports.comports", return_value=[])

    def plug(*ports: SimpleNamespace) -> None:
        comports.return_value = list(ports)

    return plug


@pytest.fixture
def answer(mocker: MockerFixture) -> Callable[[dict[str, ScriptedPort]], list[str]]:
    """Say who is on which port; what comes back fills with the ports that are opened."""
    opened: list[str] = []

    def answer(ports: dict[str, ScriptedPort]) -> list[str]:
        def open_port(name: str) -> ScriptedPort:
            opened.append(name)
            return ports[name]

        mocker.patch.object(SerialPort, "open", side_effect=open_port)
        return opened

    return answer


Answer = Callable[[dict[str, ScriptedPort]], list[str]]
Plug = Callable[..., None]


def test_help_has_an_example() -> None:
    (text,) = re.findall(r"Example: stormbench (.*)", stormbench("ports", "--help").out)
    assert shlex.split(text)[0] == "ports"


def test_no_board_is_no_error_and_is_told_on_the_side() -> None:
    ran = stormbench("ports")
    assert (ran.exit_code, ran.out) == (0, "")
    assert "no board is plugged in" in ran.err


def test_each_port_has_a_line_and_nobody_is_asked(plug: Plug, answer: Answer) -> None:
    opened = answer({})
    plug(REPL_PORT, HUB_PORT, ADAPTER)
    assert stormbench("ports").out.splitlines() == [
        "serial number  USB        where         what",
        "E661           2E8A:0005  /dev/ttyACM1  hub's own",
        "E661           2E8A:0005  /dev/ttyACM0  MicroPython's",
        "AX1            0403:6001  /dev/ttyUSB0  adapter",
    ]
    assert opened == []


def test_board_at_bootsel_has_a_line(tmp_path: Path) -> None:
    path = boot_drive(tmp_path)
    boot_drive(tmp_path, "RP2350", RP2350_INFO)
    lines = stormbench("ports", "--drive-root", tmp_path).out.splitlines()
    assert "another chip at BOOTSEL" in lines[1]
    assert str(path) in lines[2] and "  board at BOOTSEL" in lines[2]


def test_hub_that_answers_on_its_own_port_is_not_asked_on_the_other(
    plug: Plug, answer: Answer
) -> None:
    opened = answer({"/dev/ttyACM1": ScriptedPort()})
    plug(REPL_PORT, HUB_PORT, ADAPTER)
    _, own, other, adapter = stormbench("ports", "--ask").out.splitlines()
    assert "hub 0.1.2 of sources 000000000000" in own
    assert other.endswith("not asked") and adapter.endswith("not asked")
    assert opened == ["/dev/ttyACM1"]


def test_board_whose_hub_has_left_is_asked_on_both(plug: Plug, answer: Answer) -> None:
    opened = answer({"/dev/ttyACM1": SilentPort(), "/dev/ttyACM0": EchoingPort()})
    plug(REPL_PORT, HUB_PORT)
    _, own, other = stormbench("ports", "--ask").out.splitlines()
    assert "nothing answers" in own and "MicroPython's REPL; no hub runs" in other
    assert opened == ["/dev/ttyACM1", "/dev/ttyACM0"]


def test_json_says_all_of_it(plug: Plug, answer: Answer, tmp_path: Path) -> None:
    answer({"/dev/ttyACM0": ScriptedPort(keyed=1)})
    plug(REPL_PORT)
    path = boot_drive(tmp_path)
    told = stormbench("ports", "--ask", "--json", "--drive-root", tmp_path).document()
    board, at_bootsel = told["boards"]
    (port,) = board["ports"]
    assert (board["serial_number"], board["kind"], port["port"]) == (
        "E661",
        "board",
        "/dev/ttyACM0",
    )
    assert (port["usb"], port["role"], port["runs"]["who"]) == ("2E8A:0005", "repl", "hub")
    assert port["runs"]["keyed"] is True and port["runs"]["firmware_version"] == "0.1.2"
    assert (at_bootsel["kind"], at_bootsel["drive"]) == ("bootsel", str(path))
    assert at_bootsel["chip"] == "RPI-RP2"


def test_json_without_asking_says_so(plug: Plug) -> None:
    plug(ADAPTER)
    told = stormbench("ports", "--json").document()
    assert told["asked"] is False
    assert told["boards"][0]["kind"] == "adapter"
    assert told["boards"][0]["ports"][0]["runs"] is None


def test_control_characters_of_a_device_do_not_reach_the_terminal(plug: Plug) -> None:
    plug(SimpleNamespace(**{**vars(REPL_PORT), "serial_number": "E6\x1b[2J"}))
    assert "\x1b" not in stormbench("ports").out
