"""`stormbench firmware deploy` from the command line to the hub that runs then."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from pytest_mock import MockerFixture

from boards_bench import ADAPTER, REPL_PORT, port
from command_line import Ran, stormbench
from pretend_board import PretendBoard
from pretend_pico import HEAP_FREE, HEAP_USED, OURS, PretendPico
from scripted_port import ScriptedPort
from stormbench.deploy.firmware import MAIN
from stormbench.errors import ExitCode
from stormbench.link.serial_port import SerialPort

PROBE = port("/dev/ttyACM7", "E6614", usb=(0x2E8A, 0x000C))
"""Raspberry Pi's debug probe: its vendor, and behind it whatever is wired to it."""
NOT_OURS = "print('blink')"


def mpy_cross(command: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
    """Plays the compiler, which is a program."""
    if "-o" in command:
        Path(command[command.index("-o") + 1]).write_bytes(Path(command[-1]).read_bytes())
    return subprocess.CompletedProcess(command, 0, "MicroPython; mpy-cross emitting mpy v6.3", "")


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mocker: MockerFixture) -> PretendBoard:
    mocker.patch("subprocess.run", side_effect=mpy_cross)
    mocker.patch("serial.tools.list_ports.comports", return_value=[REPL_PORT, ADAPTER, PROBE])
    return PretendBoard(tmp_path / "board", monkeypatch)


@pytest.fixture
def pico(board: PretendBoard, mocker: MockerFixture) -> PretendPico:
    """The board, at the port that is opened."""
    pico = PretendPico(board)
    mocker.patch.object(SerialPort, "open", return_value=pico)
    return pico


def deploy(*options: str) -> Ran:
    return stormbench("firmware", "deploy", "--port", "/dev/ttyACM0", *options)


def test_hub_runs_then_and_that_is_told(pico: PretendPico, board: PretendBoard) -> None:
    ran = deploy()
    files = board.files()
    assert (ran.exit_code, ran.err) == (0, "")
    first, hub, heap = ran.out.splitlines()
    assert first.startswith(f"pretend: {len(files)} of {len(files)} files copied (")
    assert first.endswith("0 removed, 0 were there already")
    assert OURS.hex()[:12].upper() in hub and hub.endswith("on MicroPython 1.25.0")
    assert heap == f"heap: {HEAP_USED} bytes used, {HEAP_FREE} free"
    assert MAIN in files and pico.boots == 1


def test_json_has_the_same(pico: PretendPico, board: PretendBoard) -> None:
    (board.folder / "commshub").mkdir()
    (board.folder / "commshub/old.mpy").write_bytes(b"old")
    found = deploy("--json").document()
    assert sorted(found.pop("copied")) == board.files()
    assert found == {
        "board": "pretend",
        "micropython_version": "1.25.0",
        "source_sha256": OURS.hex().upper(),
        "removed": ["commshub/old.mpy"],
        "kept": 0,
        "heap_used_bytes": HEAP_USED,
        "heap_free_bytes": HEAP_FREE,
    }


def test_port_is_let_go_of_at_the_end(pico: PretendPico) -> None:
    deploy()
    assert pico.is_closed


def test_main_of_somebody_else_stays_where_nobody_said_otherwise(
    pico: PretendPico, board: PretendBoard
) -> None:
    (board.folder / MAIN).write_text(NOT_OURS)
    ran = deploy()
    assert (ran.exit_code, "--replace-main" in ran.complaint()) == (ExitCode.INVALID, True)
    assert (board.folder / MAIN).read_text() == NOT_OURS
    assert pico.is_closed


def test_main_of_somebody_else_goes_where_that_is_said(
    pico: PretendPico, board: PretendBoard
) -> None:
    (board.folder / MAIN).write_text(NOT_OURS)
    assert deploy("--replace-main").exit_code == 0
    assert "commshub" in (board.folder / MAIN).read_text()


def test_board_onto_which_nothing_can_be_put_boots_again(
    pico: PretendPico, board: PretendBoard
) -> None:
    board.about["free_blocks"] = 20
    assert deploy().exit_code == ExitCode.INVALID
    assert pico.boots == 1


def test_another_hub_than_was_put_there_is_foreign(
    board: PretendBoard, mocker: MockerFixture
) -> None:
    other = PretendPico(board, source_sha256=b"\xab" * 32)
    mocker.patch.object(SerialPort, "open", return_value=other)
    ran = deploy()
    assert ran.exit_code == ExitCode.FOREIGN
    assert f"{OURS.hex()[:12]} on pretend, got abababababab" in ran.complaint()


class Mute(ScriptedPort):
    """Nobody answers."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


@pytest.mark.parametrize(
    ("device", "is_interrupted"),
    [
        ("/dev/ttyACM0", True),
        ("/dev/ttyACM7", False),
        ("/dev/ttyUSB0", False),
        ("socket://bench:2000", False),
    ],
)
def test_port_that_answers_nothing_is_interrupted_only_if_it_is_a_boards(
    device: str, is_interrupted: bool, board: PretendBoard, mocker: MockerFixture
) -> None:
    mute = Mute(device)
    mocker.patch.object(SerialPort, "open", return_value=mute)
    ran = stormbench("firmware", "deploy", "--port", device)
    assert (ran.exit_code, device in ran.complaint()) == (ExitCode.TIMEOUT, True)
    assert (b"\x03" in mute.octets) == is_interrupted
