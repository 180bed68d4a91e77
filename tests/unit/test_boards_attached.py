"""Boards of a computer: which port is what, and boards without a port."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_mock import MockerFixture

from boards_bench import ADAPTER, HUB_PORT, NO_USB, REPL_PORT, boot_drive, port
from stormbench.attached.boards import Board, boards_attached


def plugged(mocker: MockerFixture, *ports: SimpleNamespace) -> list[Board]:
    mocker.patch("serial.tools.list_ports.comports", return_value=list(ports))
    return boards_attached([])


def roles(board: Board) -> list[tuple[str, str]]:
    return [(port.device, port.role) for port in board.ports]


def test_hub_with_two_ports_is_one_board_its_own_port_first(mocker: MockerFixture) -> None:
    (board,) = plugged(mocker, REPL_PORT, HUB_PORT)
    assert roles(board) == [("/dev/ttyACM1", "hub"), ("/dev/ttyACM0", "repl")]
    assert (board.serial_number, board.name) == ("E661", "id:E661")
    assert {port.usb for port in board.ports} == {"2E8A:0005"}


def test_where_no_names_are_told_the_higher_interface_is_the_hubs(mocker: MockerFixture) -> None:
    ports = [port("COM9", location="1-1:x.0"), port("COM4", location="1-1:x.2")]
    (board,) = plugged(mocker, *ports)
    assert roles(board) == [("COM4", "hub"), ("COM9", "repl")]


@pytest.mark.parametrize("only", [REPL_PORT, port("COM3")])
def test_only_port_of_a_board_is_micropythons(
    only: SimpleNamespace, mocker: MockerFixture
) -> None:
    (board,) = plugged(mocker, only)
    assert [port.role for port in board.ports] == ["repl"]


def test_boards_that_tell_no_number_are_two(mocker: MockerFixture) -> None:
    found = plugged(mocker, port("COM3", None), port("COM4", None))
    assert [roles(board) for board in found] == [[("COM4", "repl")], [("COM3", "repl")]]


def test_adapter_is_none_of_the_boards_and_stands_last(mocker: MockerFixture) -> None:
    board, adapter = plugged(mocker, ADAPTER, REPL_PORT)
    assert (board.is_adapter, adapter.is_adapter) == (False, True)
    assert adapter.ports[0].usb == "0403:6001"


def test_port_that_is_not_on_usb_is_left_out(mocker: MockerFixture) -> None:
    assert plugged(mocker, NO_USB) == []


def test_board_at_bootsel_counts(tmp_path: Path, mocker: MockerFixture) -> None:
    mocker.patch("serial.tools.list_ports.comports", return_value=[])
    path = boot_drive(tmp_path)
    (board,) = boards_attached([tmp_path])
    assert board.drive is not None and board.drive.path == path
    assert (board.serial_number, board.ports, board.name) == (None, (), "BOOTSEL")
