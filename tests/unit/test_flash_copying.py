"""A UF2 onto a drive: whole, or with a reason, and with what the person can do then."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_mock import MockerFixture

from boards_bench import boot_drive
from stormbench.attached.drives import BootDrive, find_drives
from stormbench.errors import ExitCode, HostToolError
from stormbench.flashing.copying import (
    PIECE_BYTES,
    DriveFull,
    DriveGone,
    copy_image,
    file_name,
)

CONTENT = bytes(range(256)) * (3 * PIECE_BYTES // 256) + b"the last piece"


@pytest.fixture
def drive(tmp_path: Path) -> BootDrive:
    boot_drive(tmp_path)
    return find_drives([tmp_path])[0]


def say_nothing(_text: str, _share: float | None) -> None:
    pass


def copy(drive: BootDrive) -> None:
    copy_image(CONTENT, "HUB.UF2", drive, say_nothing)


def failing(number: int, error: int, then: Callable[[], object]) -> Callable[[int], None]:
    """An fsync of which one fails, after something happened."""
    calls = 0

    def fsync(file: int) -> None:
        nonlocal calls
        calls += 1
        if calls == number:
            then()
            raise OSError(error, os.strerror(error))

    return fsync


def test_image_is_on_the_drive_to_the_last_byte(drive: BootDrive) -> None:
    copy(drive)
    assert (drive.path / "HUB.UF2").read_bytes() == CONTENT


def test_each_piece_is_on_the_board_before_the_next(
    drive: BootDrive, mocker: MockerFixture
) -> None:
    sizes: list[int] = []
    mocker.patch("os.fsync", side_effect=lambda file: sizes.append(os.fstat(file).st_size))
    copy(drive)
    assert sizes == [PIECE_BYTES, 2 * PIECE_BYTES, 3 * PIECE_BYTES, len(CONTENT)]


def test_share_that_is_written_is_told(drive: BootDrive) -> None:
    shares: list[float | None] = []
    copy_image(CONTENT, "HUB.UF2", drive, lambda _, share: shares.append(share))
    assert shares[0] == 0.0 and shares[-1] == 1.0 and len(shares) == 5


def test_full_drive_is_told_before_anything_is_written(
    drive: BootDrive, mocker: MockerFixture
) -> None:
    mocker.patch.object(shutil, "disk_usage", return_value=SimpleNamespace(free=5))
    with pytest.raises(
        DriveFull, match=rf"room for 5 bytes, the image has {len(CONTENT)}"
    ) as caught:
        copy(drive)
    assert caught.value.exit_code == ExitCode.FAILED
    assert not (drive.path / "HUB.UF2").exists()


def test_drive_with_just_the_room_is_written(drive: BootDrive, mocker: MockerFixture) -> None:
    mocker.patch.object(shutil, "disk_usage", return_value=SimpleNamespace(free=len(CONTENT)))
    copy(drive)
    assert (drive.path / "HUB.UF2").read_bytes() == CONTENT


def test_write_that_takes_only_a_part_is_gone_on_with(
    drive: BootDrive, mocker: MockerFixture
) -> None:
    written = os.write
    mocker.patch("os.write", side_effect=lambda file, octets: written(file, octets[:1000]))
    copy(drive)
    assert (drive.path / "HUB.UF2").read_bytes() == CONTENT


def test_drive_that_is_gone_has_gone_whatever_the_system_calls_it(
    drive: BootDrive, mocker: MockerFixture
) -> None:
    pull = failing(2, errno.EACCES, lambda: shutil.rmtree(drive.path))
    mocker.patch("os.fsync", side_effect=pull)
    with pytest.raises(DriveGone):
        copy(drive)


def test_board_that_restarts_with_a_last_piece_of_full_length_has_all(
    drive: BootDrive, mocker: MockerFixture
) -> None:
    restart = failing(2, errno.EIO, lambda: shutil.rmtree(drive.path))
    mocker.patch("os.fsync", side_effect=restart)
    copy_image(bytes(2 * PIECE_BYTES), "HUB.UF2", drive, say_nothing)


def test_drive_that_becomes_full_is_told(drive: BootDrive, mocker: MockerFixture) -> None:
    mocker.patch("os.fsync", side_effect=failing(2, errno.ENOSPC, lambda: None))
    with pytest.raises(DriveFull, match=rf"full after {PIECE_BYTES} of .*hold BOOTSEL"):
        copy(drive)


def test_cable_that_is_pulled_half_way_is_told_and_how_the_board_is_got_back(
    drive: BootDrive, mocker: MockerFixture
) -> None:
    pull = failing(3, errno.EIO, lambda: shutil.rmtree(drive.path))
    mocker.patch("os.fsync", side_effect=pull)
    with pytest.raises(DriveGone) as caught:
        copy(drive)
    said = str(caught.value)
    assert f"went away after {2 * PIECE_BYTES} of {len(CONTENT)} bytes" in said
    assert "cable" in said and "not lost" in said and "hold BOOTSEL" in said
    assert caught.value.exit_code == ExitCode.NO_HUB


def test_board_that_restarts_with_the_last_piece_has_all(
    drive: BootDrive, mocker: MockerFixture
) -> None:
    restart = failing(4, errno.EIO, lambda: shutil.rmtree(drive.path))
    mocker.patch("os.fsync", side_effect=restart)
    copy(drive)


def test_drive_that_went_and_still_seems_to_be_there_has_gone(
    drive: BootDrive, mocker: MockerFixture
) -> None:
    mocker.patch("os.fsync", side_effect=failing(2, errno.EIO, lambda: None))
    with pytest.raises(DriveGone):
        copy(drive)


def test_last_piece_that_fails_on_a_drive_that_stays_is_an_error(
    drive: BootDrive, mocker: MockerFixture
) -> None:
    mocker.patch("os.fsync", side_effect=failing(4, errno.EACCES, lambda: None))
    with pytest.raises(HostToolError, match="cannot be written to"):
        copy(drive)


def test_drive_that_went_before_the_first_byte_is_told(drive: BootDrive) -> None:
    shutil.rmtree(drive.path)
    with pytest.raises(DriveGone, match=r"after 0 of.*Nothing was written"):
        copy(drive)


def test_drive_that_may_not_be_written_is_told_with_the_reason(
    drive: BootDrive, mocker: MockerFixture
) -> None:
    mocker.patch("pathlib.Path.open", side_effect=OSError(errno.EROFS, "Read-only file system"))
    mocker.patch.object(BootDrive, "is_there", True)
    with pytest.raises(HostToolError, match="cannot be written to: Read-only file sys") as caught:
        copy(drive)
    assert_nothing_was_written(caught.value)


def test_folder_in_the_place_of_the_file_is_told(drive: BootDrive) -> None:
    (drive.path / "HUB.UF2").mkdir()
    with pytest.raises(HostToolError, match=r"HUB\.UF2 cannot be written to: Is a") as caught:
        copy(drive)
    assert_nothing_was_written(caught.value)


def test_drive_that_goes_as_the_file_is_made_has_taken_nothing(
    drive: BootDrive, mocker: MockerFixture
) -> None:
    mocker.patch("pathlib.Path.open", side_effect=OSError(errno.EIO, "Input/output error"))
    with pytest.raises(DriveGone, match="after 0 of") as caught:
        copy(drive)
    assert_nothing_was_written(caught.value)


def assert_nothing_was_written(error: HostToolError) -> None:
    """It says so, and not that a board was only half written."""
    said = str(error)
    assert "Nothing was written" in said and "hold BOOTSEL" in said and "not lost" not in said


@pytest.mark.parametrize(
    ("name", "short"), [("hub.uf2", "HUB.UF2"), ("1cd9986899413058.uf2", "1CD99868.UF2")]
)
def test_name_on_the_drive_is_short(name: str, short: str) -> None:
    assert file_name(Path(name)) == short
