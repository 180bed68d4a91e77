"""`stormbench firmware flash` from the command line to the exit code."""

import re
import shlex
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from boards_bench import RP2350_INFO, boot_drive
from command_line import stormbench
from image_bench import for_family, hub_image, stock_image, stored


@pytest.fixture(autouse=True)
def nothing_plugged(
    tmp_path: Path, mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No port, no drive where they usually are, and no image in the cache."""
    mocker.patch("serial.tools.list_ports.comports", return_value=[])
    mocker.patch("getpass.getuser", return_value="nobody-of-that-name")
    monkeypatch.setenv("STORMBENCH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def media(tmp_path: Path) -> Path:
    boot_drive(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return stored(tmp_path, hub_image())


def test_help_has_an_example() -> None:
    shown = stormbench("firmware", "flash", "--help").out
    (text,) = re.findall(r"Example: stormbench (.*)", shown)
    assert shlex.split(text)[:2] == ["firmware", "flash"]


def test_image_is_on_the_drive_and_that_is_told(image: Path, media: Path) -> None:
    ran = stormbench("firmware", "flash", image, "--drive-root", media, "--wait-s", 0)
    assert (ran.exit_code, ran.err) == (0, "")
    assert f"{image} is written to {media / 'RPI-RP2'}" in ran.out
    assert (media / "RPI-RP2" / "HUB.UF2").read_bytes() == image.read_bytes()


def test_json_has_the_same(image: Path, media: Path) -> None:
    ran = stormbench("firmware", "flash", image, "--drive-root", media, "--wait-s", 0, "--json")
    told = ran.document()
    assert (told["image"], told["drive"]) == (str(image), str(media / "RPI-RP2"))
    assert told["port"] is told["runs"] is told["source_sha256"] is None


def test_stock_image_is_told_on_the_side(tmp_path: Path, media: Path) -> None:
    path = stored(tmp_path, stock_image())
    ran = stormbench("firmware", "flash", path, "--drive-root", media, "--wait-s", 0)
    assert ran.exit_code == 0 and "`stormbench firmware deploy`" in ran.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no UF2", "expected whole blocks"),
        (for_family(hub_image(), 0xE48BFF59), "is for an RP2350"),
        (hub_image("ab" * 32, frames=bytes(4)), "another protocol"),
    ],
)
def test_image_that_does_not_fit_ends_with_2_and_nothing_is_written(
    content: bytes, said: str, tmp_path: Path, media: Path
) -> None:
    ran = stormbench("firmware", "flash", stored(tmp_path, content), "--drive-root", media)
    assert (ran.exit_code, said in ran.complaint()) == (2, True)
    assert not list(media.rglob("*.UF2"))


def test_no_image_ends_with_3() -> None:
    ran = stormbench("firmware", "flash")
    assert (ran.exit_code, "no image in the cache" in ran.complaint()) == (3, True)


def test_no_drive_ends_with_3_and_names_the_button(image: Path) -> None:
    ran = stormbench("firmware", "flash", image)
    assert (ran.exit_code, "hold BOOTSEL" in ran.complaint()) == (3, True)


def test_two_drives_end_with_2(image: Path, media: Path) -> None:
    boot_drive(media, "RPI-RP21")
    ran = stormbench("firmware", "flash", image, "--drive-root", media)
    assert (ran.exit_code, "several boards" in ran.complaint()) == (2, True)


def test_other_chip_ends_with_2(image: Path, tmp_path: Path) -> None:
    drive = boot_drive(tmp_path, "RP2350", RP2350_INFO)
    ran = stormbench("firmware", "flash", image, "--drive-root", drive)
    assert (ran.exit_code, "another chip" in ran.complaint()) == (2, True)


@pytest.mark.parametrize("info", ["", "Model: a stick\r\n"])
def test_file_that_is_not_a_boot_roms_is_told_and_nothing_of_chips(
    info: str, image: Path, tmp_path: Path
) -> None:
    drive = boot_drive(tmp_path, "STICK", info)
    ran = stormbench("firmware", "flash", image, "--drive-root", drive)
    said = ran.complaint()
    assert (ran.exit_code, "chip" in said) == (2, False)
    assert f"{drive / 'INFO_UF2.TXT'} is not what a boot ROM has there" in said
    assert not list(drive.rglob("*.UF2"))


@pytest.mark.parametrize(
    "wrong",
    [("--drive-root", "/nowhere"), ("--wait-s", "-1"), ("--wait-s", "x"), ("--port", "sim")],
)
def test_wrong_option_ends_with_2(wrong: tuple[str, str], image: Path) -> None:
    assert stormbench("firmware", "flash", image, *wrong).exit_code == 2


def test_no_board_on_the_port_ends_with_3(image: Path) -> None:
    ran = stormbench("firmware", "flash", image, "--port", "auto")
    assert (ran.exit_code, "hold BOOTSEL" in ran.err) == (3, True)
