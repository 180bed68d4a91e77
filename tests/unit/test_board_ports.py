"""Which port of a board is opened, by what pyserial says of the ports of a computer."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_mock import MockerFixture

from boards_bench import HUB_PORT, REPL_PORT, port
from commshub import usb_function
from stormbench.link.board_ports import (
    OWN_PORT,
    BoardPort,
    best_ports,
    is_micropythons,
    named,
    numbered,
    repl_beside,
)

LINUX = [REPL_PORT, HUB_PORT]
WINDOWS = [port("COM9", location="1-1:x.0"), port("COM4", location="1-1:x.2")]
NAMES_ALONE = [port("/dev/cu.usbmodem103"), port("/dev/cu.usbmodem21")]
OTHERS = [port("/dev/ttyS0", None, usb=(None, None)), port("COM1", "AX1", usb=(0x0403, 0x6001))]


@pytest.fixture
def plug(mocker: MockerFixture) -> Any:
    """Plug ports in, in the place of those before."""
    found = mocker.patch("serial.tools.list_ports.comports", return_value=[])

    def plug(*ports: SimpleNamespace) -> None:
        found.return_value = [*OTHERS, *ports]

    return plug


def test_the_firmware_bears_the_name_that_is_looked_for() -> None:
    assert usb_function.NAME == OWN_PORT


@pytest.mark.parametrize(
    ("ports", "own"),
    [(LINUX, "/dev/ttyACM1"), (WINDOWS, "COM4"), (NAMES_ALONE, "/dev/cu.usbmodem103")],
    ids=["linux", "windows", "names alone"],
)
def test_the_best_port_of_a_board_is_the_firmwares_own(
    ports: list[Any], own: str, plug: Any
) -> None:
    plug(*ports)
    assert best_ports() == [own]
    plug(*reversed(ports))
    assert best_ports() == [own]


@pytest.mark.parametrize(
    ("ports", "own", "repl"),
    [
        (LINUX, "/dev/ttyACM1", "/dev/ttyACM0"),
        (WINDOWS, "COM4", "COM9"),
        (NAMES_ALONE, "/dev/cu.usbmodem103", "/dev/cu.usbmodem21"),
        (LINUX[1:], "/dev/ttyACM1", None),
        (LINUX, "/dev/ttyS0", None),
        (LINUX, "COM1", None),
        (LINUX, "/dev/ttyACM0", None),
    ],
)
def test_the_repl_is_on_the_other_port_of_the_board(
    ports: list[Any], own: str, repl: str | None, plug: Any
) -> None:
    plug(*ports, port("/dev/ttyACM7", "another", location="1-2:1.0"))
    assert repl_beside(own) == repl


def test_the_name_counts_more_than_the_number(plug: Any) -> None:
    third = port("/dev/ttyACM2", interface="something else", location="1-1.4:1.4")
    plug(*LINUX, third)
    assert best_ports() == ["/dev/ttyACM1"]


def test_numbers_of_interfaces_are_numbers(plug: Any) -> None:
    plug(port("COM4", location="1-1:x.10"), port("COM5", location="1-1:x.2"))
    assert best_ports() == ["COM4"]


def test_a_board_with_one_port_is_taken_there(plug: Any) -> None:
    plug(LINUX[0])
    assert best_ports() == ["/dev/ttyACM0"]


def test_each_board_has_one_best_port(plug: Any) -> None:
    other = [port("/dev/ttyACM2", "F772", location="1-2:1.0")]
    plug(*LINUX, *other)
    assert best_ports() == ["/dev/ttyACM1", "/dev/ttyACM2"]


def test_no_other_device_is_a_board(plug: Any) -> None:
    plug()
    assert best_ports() == []


def test_a_board_is_found_by_its_number_in_any_case(plug: Any) -> None:
    plug(*LINUX)
    board = numbered("e661")
    assert board == BoardPort("E661") and board.device() == "/dev/ttyACM1"
    assert numbered("E662") is None


def test_the_best_port_is_found_again_under_another_name(plug: Any) -> None:
    plug(*LINUX)
    board = numbered("E661")
    assert board is not None
    plug(LINUX[0])
    assert board.device() == "/dev/ttyACM0"
    plug(
        port("/dev/ttyACM3", interface=OWN_PORT, location="1-1.4:1.2"),
        port("/dev/ttyACM2", interface="Board CDC", location="1-1.4:1.0"),
    )
    assert board.device() == "/dev/ttyACM3"


def test_a_port_that_was_named_is_found_again_as_the_one_it_was(plug: Any) -> None:
    plug(*LINUX)
    repl = named("/dev/ttyACM0")
    assert repl == BoardPort("E661", 0, "/dev/ttyACM0")
    plug(
        port("/dev/ttyACM3", interface=OWN_PORT, location="1-1.4:1.2"),
        port("/dev/ttyACM2", interface="Board CDC", location="1-1.4:1.0"),
    )
    assert repl.device() == "/dev/ttyACM2"
    plug(LINUX[1])
    assert repl.device() is None


def test_a_port_that_was_named_on_a_system_that_tells_no_interfaces_is_found_again(
    plug: Any,
) -> None:
    plug(port("/dev/cu.usbmodem101"))
    board = named("/dev/cu.usbmodem101")
    assert board == BoardPort("E661", -1, "/dev/cu.usbmodem101")
    plug(port("/dev/cu.usbmodem201"))
    assert board.device() == "/dev/cu.usbmodem201"


def test_a_port_that_was_named_is_not_left_for_a_better_one_that_is_known_by_no_more(
    plug: Any,
) -> None:
    plug(*NAMES_ALONE)
    board = named("/dev/cu.usbmodem21")
    assert board is not None and board.device() == "/dev/cu.usbmodem21"


def test_a_port_that_is_no_boards_is_none(plug: Any) -> None:
    plug(*LINUX)
    assert named("/dev/ttyS0") is None
    assert named("/dev/pts/7") is None


@pytest.mark.parametrize("usb", [(0x2E8A, 0x000C), (0x0403, 0x6001), (None, None)])
def test_port_is_micropythons_by_both_of_its_usb_ids(usb: Any, plug: Any) -> None:
    plug(REPL_PORT, port("/dev/ttyACM5", usb=usb))
    assert is_micropythons("/dev/ttyACM0")
    assert not is_micropythons("/dev/ttyACM5")


def test_port_is_micropythons_by_a_link_to_it_too(plug: Any, tmp_path: Path) -> None:
    plug(port(str(tmp_path / "ttyACM0")))
    (tmp_path / "by-id").symlink_to(tmp_path / "ttyACM0")
    assert is_micropythons(str(tmp_path / "by-id"))
    assert not is_micropythons(str(tmp_path / "ttyACM1"))
