"""Drives of boards at BOOTSEL: which folders are some, and where each system has them."""

from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from boards_bench import RP2350_INFO, boot_drive
from stormbench.attached.drives import default_roots, find_drives, labelled


def test_drive_is_found_under_its_root_and_as_the_root_itself(tmp_path: Path) -> None:
    path = boot_drive(tmp_path)
    for root in (tmp_path, path):
        (drive,) = find_drives([root])
        assert (drive.path, drive.bootloader) == (path, "UF2 Bootloader v3.0")
        assert drive.is_rp2040 and drive.is_there


def test_drive_that_two_roots_lead_to_is_one(tmp_path: Path) -> None:
    assert len(find_drives([tmp_path, boot_drive(tmp_path)])) == 1


def test_drive_is_known_by_its_file_and_not_by_its_label(tmp_path: Path) -> None:
    boot_drive(tmp_path, "E")
    (tmp_path / "RPI-RP2").mkdir()
    (tmp_path / "stick").mkdir()
    assert [drive.path.name for drive in find_drives([tmp_path])] == ["E"]


def test_folder_with_the_label_and_without_the_file_is_told_apart(tmp_path: Path) -> None:
    boot_drive(tmp_path, "RPI-RP2")
    (tmp_path / "RPI-RP21").mkdir()
    assert labelled([tmp_path]) == [tmp_path / "RPI-RP21"]


def test_drive_of_another_chip_says_so(tmp_path: Path) -> None:
    boot_drive(tmp_path, "RP2350", RP2350_INFO)
    (drive,) = find_drives([tmp_path])
    assert (drive.board_id, drive.is_rp2040) == ("RP2350", False)


@pytest.mark.parametrize("info", ["", "\xff\x00", "Board-ID", ":::\n"])
def test_file_that_says_nothing_is_of_no_known_chip(info: str, tmp_path: Path) -> None:
    boot_drive(tmp_path, info=info)
    (drive,) = find_drives([tmp_path])
    assert not drive.is_rp2040


def test_root_that_is_not_there_holds_no_drive(tmp_path: Path) -> None:
    assert find_drives([tmp_path / "nowhere"]) == []


def test_root_that_cannot_be_read_holds_no_drive(tmp_path: Path, mocker: MockerFixture) -> None:
    mocker.patch("os.scandir", side_effect=PermissionError)
    assert find_drives([tmp_path]) == []


@pytest.mark.parametrize(
    ("system", "first"),
    [("Linux", "/media/ada"), ("Darwin", "/Volumes"), ("Windows", "D:\\")],
)
def test_each_system_has_places_of_its_own(system: str, first: str, mocker: MockerFixture) -> None:
    mocker.patch("platform.system", return_value=system)
    mocker.patch("getpass.getuser", return_value="ada")
    roots = default_roots()
    assert str(roots[0]) == first
    assert system != "Linux" or str(roots[1]) == "/run/media/ada"
