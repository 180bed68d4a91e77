"""A deploy onto a board: what is copied and in which order, and what is in its way."""

from pathlib import Path
from typing import Any

import pytest

from pretend_board import PretendBoard, PretendCompiler
from stormbench.deploy.firmware import MAIN
from stormbench.deploy.plan import PART
from stormbench.deploy.run import Deployed, deploy
from stormbench.errors import (
    ExitCode,
    ForeignHub,
    HostToolError,
    HubTimeout,
    InvalidInput,
    LinkLost,
)
from stormbench.image.identity import find_identity, firmware_sha256
from stormbench.tree import firmware_sources

APP = "commshub/app.mpy"


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PretendBoard:
    return PretendBoard(tmp_path / "board", monkeypatch)


def put(board: Any, **options: Any) -> Deployed:
    compiler: Any = PretendCompiler()
    return deploy(board, compiler, **options)


@pytest.fixture
def done(board: PretendBoard) -> Deployed:
    """The board has the firmware; what was run for it is forgotten."""
    found = put(board)
    board.ran.clear()
    return found


def test_every_file_comes_to_a_new_board(board: PretendBoard) -> None:
    deployed = put(board)
    assert sorted(deployed.copied) == board.files() == sorted(deployed.firmware.files)
    assert all(
        (board.folder / name).read_bytes() == content
        for name, content in deployed.firmware.files.items()
    )


def test_modules_come_as_mpy_and_main_as_its_source(board: PretendBoard) -> None:
    put(board)
    assert {name.rpartition(".")[2] for name in board.files() if name != MAIN} == {"mpy"}
    assert (board.folder / MAIN).read_bytes() == firmware_sources()[MAIN].read_bytes()


def test_the_board_bears_the_identity_that_an_image_has(board: PretendBoard) -> None:
    put(board)
    identity = find_identity((board.folder / "commshub_identity/__init__.mpy").read_bytes())
    assert identity is not None
    assert identity.source_sha256 == firmware_sha256(firmware_sources())


def test_main_is_written_last_and_under_another_name(board: PretendBoard) -> None:
    put(board)
    assert board.written()[-1] == PART
    assert MAIN not in board.written()


def test_second_deploy_changes_nothing(board: PretendBoard, done: Deployed) -> None:
    again = put(board)
    assert (again.copied, again.removed, again.kept) == ((), (), len(done.copied))
    assert board.written() == []


def test_only_what_differs_is_copied_and_main_after_it(
    board: PretendBoard, done: Deployed
) -> None:
    (board.folder / APP).write_bytes(b"of another version")
    assert put(board).copied == (APP, MAIN)


def test_file_of_the_same_length_that_differs_is_copied(
    board: PretendBoard, done: Deployed
) -> None:
    there = bytearray((board.folder / APP).read_bytes())
    there[-1] ^= 1
    (board.folder / APP).write_bytes(there)
    assert put(board).copied == (APP, MAIN)


def test_main_goes_before_a_file_of_another_firmware_does(
    board: PretendBoard, done: Deployed
) -> None:
    (board.folder / "commshub/gone.mpy").write_bytes(b"old")
    board.pulled_at = "gone.mpy')"
    with pytest.raises(LinkLost):
        put(board)
    assert "commshub/gone.mpy" in board.files() and MAIN not in board.files()


def test_main_goes_before_anything_else_is_touched(board: PretendBoard, done: Deployed) -> None:
    (board.folder / APP).write_bytes(b"of another version")
    board.pulled_at = f"put('{APP}'"
    with pytest.raises(LinkLost):
        put(board)
    assert MAIN not in board.files()


def test_another_main_alone_takes_the_place_of_the_old_one_in_one_step(
    board: PretendBoard, done: Deployed
) -> None:
    (board.folder / MAIN).write_bytes(b"import commshub.old")
    deployed = put(board)
    assert (deployed.copied, deployed.removed) == ((MAIN,), ())


@pytest.mark.parametrize("stale", ["commshub/app.py", "commshub/gone.mpy", PART])
def test_file_of_another_firmware_is_removed(
    board: PretendBoard, done: Deployed, stale: str
) -> None:
    (board.folder / stale).write_bytes(b"old")
    assert stale in put(board).removed
    assert stale not in board.files()


def test_folder_in_the_place_of_a_module_is_removed(board: PretendBoard, done: Deployed) -> None:
    (board.folder / "commshub/app").mkdir()
    (board.folder / "commshub/app/__init__.py").write_bytes(b"old")
    put(board)
    assert board.files() == sorted(done.copied)


@pytest.mark.parametrize("kept", ["commshub.save", "boot.py", "notes/mine.txt"])
def test_files_that_are_no_part_of_a_firmware_stay(board: PretendBoard, kept: str) -> None:
    (board.folder / kept).parent.mkdir(exist_ok=True)
    (board.folder / kept).write_bytes(b"mine")
    put(board)
    assert (board.folder / kept).read_bytes() == b"mine"


def test_deploy_that_was_cut_off_goes_on_where_it_was(board: PretendBoard) -> None:
    board.pulled_at = "put('commshub/outbox.mpy'"
    with pytest.raises(LinkLost, match=r"ended at commshub/outbox\.mpy.*same command again"):
        put(board)
    already = len(board.files())
    board.pulled_at = "nothing"
    again = put(board)
    assert (again.kept, len(again.copied)) == (already, len(again.firmware.files) - already)
    assert board.files() == sorted(again.firmware.files)


@pytest.mark.parametrize("cut", ["put('main.part'", "os.rename"])
def test_deploy_that_was_cut_off_at_main_starts_nothing(board: PretendBoard, cut: str) -> None:
    board.pulled_at = cut
    with pytest.raises(LinkLost):
        put(board)
    assert MAIN not in board.files()


def test_board_that_falls_silent_is_told_with_where_and_what_to_do(board: PretendBoard) -> None:
    board.mute_at = f"put('{APP}'"
    with pytest.raises(HubTimeout, match=r"no answer on pretend; the deploy ended at .*again"):
        put(board)


def test_file_that_did_not_arrive_whole_is_told_with_both_hashes(board: PretendBoard) -> None:
    board.damaged = APP
    with pytest.raises(HostToolError, match=r"app\.mpy: expected SHA-256 \w{64} .*got \w{64}"):
        put(board)
    assert MAIN not in board.files()


def test_flash_with_too_little_room_is_refused_before_anything_is_written(
    board: PretendBoard,
) -> None:
    board.about["free_blocks"] = 20
    with pytest.raises(InvalidInput, match=r"expected \d+ kB of free flash .* got 80 kB"):
        put(board)
    assert board.files() == []


def test_room_of_files_that_are_replaced_is_counted(board: PretendBoard, done: Deployed) -> None:
    (board.folder / APP).write_bytes(b"of another version" * 1_000)
    board.about["free_blocks"] = 8  # what littlefs is given to spare
    assert put(board).copied == (APP, MAIN)


def test_flash_that_gets_full_is_told(board: PretendBoard) -> None:
    board.full_at = f"put('{APP}'"
    with pytest.raises(HostToolError, match=r"file system is full .*ENOSPC.*remove files"):
        put(board)


def test_main_that_is_not_the_hubs_is_not_lost(board: PretendBoard) -> None:
    (board.folder / MAIN).write_text("print('blink')")
    with pytest.raises(InvalidInput, match=r"main\.py that is not the hub's.*--replace-main"):
        put(board)
    assert board.files() == [MAIN]


def test_main_that_is_not_the_hubs_goes_where_that_is_said(board: PretendBoard) -> None:
    (board.folder / MAIN).write_text("print('blink')")
    put(board, may_replace_main=True)
    assert b"commshub" in (board.folder / MAIN).read_bytes()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"mpy": 4870 - 256}, r"takes \.mpy v6\.3, .*MicroPython 1\.25\.0 with \.mpy v6\.2"),
        ({"mpy": 4869}, r"\.mpy v5\.3"),
        ({"mpy": 0}, r"RP2040 .*none"),
        ({"platform": "esp32", "machine": "ESP32", "mpy": 0x2B06}, r"got ESP32 \(esp32, xtensaw"),
        ({"has_frozen_hub": True}, "an image with a hub in it"),
    ],
)
def test_board_that_cannot_run_it_is_refused_before_anything_is_written(
    board: PretendBoard, said: dict[str, Any], expected: str
) -> None:
    board.about |= said
    with pytest.raises(ForeignHub, match=expected) as caught:
        put(board)
    assert caught.value.exit_code == ExitCode.FOREIGN
    assert board.files() == []


def test_interpreter_that_is_no_micropython_is_told(board: PretendBoard) -> None:
    board.about = {"platform": "nRF52"}
    with pytest.raises(ForeignHub, match="expected MicroPython with a file system"):
        put(board)


def test_each_file_is_told_as_a_share_of_all(board: PretendBoard) -> None:
    shares: list[float] = []

    def on_step(_text: str, share: float | None) -> None:
        shares.extend([] if share is None else [share])

    put(board, on_step=on_step)
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] < 1
