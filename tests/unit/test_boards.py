"""Every folder of boards/ that an image can be built from: it is whole, and has our pins."""

import csv
import json
import re
from pathlib import Path

import pytest

from commshub import board
from stormbench.image.recipe import known_boards
from stormbench.tree import boards_dir

FILES = {"board.json", "mpconfigboard.cmake", "mpconfigboard.h", "pins.csv"}
OURS = {"LINK_STRAP", "RECOVERY", "UART_RX", "UART_TX"}
"""Names by which the firmware asks for pins (firmware/commshub/board.py)."""

FIELDS = {
    "deploy": list,
    "docs": str,
    "features": list,
    "id": str,
    "images": list,
    "mcu": str,
    "product": str,
    "thumbnail": str,
    "url": str,
    "vendor": str,
}
"""Of a board.json of MicroPython 1.25.0, which has no schema (ports/*/boards/*/board.json)."""

FEATURES = {
    *("BLE", "CAN", "Ethernet", "LoRa", "USB", "USB-C", "WiFi"),
    *("Dual-core", "External Flash", "External RAM", "Feather"),
    *("JST-PH", "JST-SH", "mikroBUS", "microSD", "SDCard", "Environment Sensor", "IMU"),
    *("Audio Codec", "Battery Charging", "Camera", "DAC", "Display", "Microphone", "PoE"),
    *("RGB LED", "Secure Element"),
}
"""VALID_FEATURES of MicroPython 1.25.0, tools/autobuild/build-downloads.py."""

FLASH_SECTOR_BYTES = 4096

pytestmark = pytest.mark.parametrize("folder", [boards_dir() / name for name in known_boards()])


def pins(folder: Path) -> list[tuple[str, int]]:
    """Each row of pins.csv: a name, and its GPIO number."""
    with (folder / "pins.csv").open(encoding="utf-8", newline="") as file:
        return [(name, int(gpio.removeprefix("GPIO"))) for name, gpio in csv.reader(file)]


def test_folder_has_the_files_of_a_board_and_no_others(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == FILES


def test_no_name_of_a_pin_stands_for_two(folder: Path) -> None:
    names = [name for name, _ in pins(folder)]
    assert len(names) == len(set(names))


def test_every_pin_is_one_of_the_chips(folder: Path) -> None:
    assert all(0 <= number <= 29 for _, number in pins(folder))  # RP2040 datasheet, 1.4


def test_what_the_firmware_asks_for_has_four_pins_none_of_them_the_led(folder: Path) -> None:
    numbers = dict(pins(folder))
    assert numbers.keys() >= OURS
    asked = [numbers[name] for name in OURS | {"LED"} if name in numbers]
    assert len(asked) == len(set(asked))


def test_uart_pins_are_those_of_one_uart(folder: Path) -> None:
    numbers = dict(pins(folder))
    tx, rx = numbers["UART_TX"], numbers["UART_RX"]
    assert (tx % 4, rx % 4) == (0, 1)  # RP2040 datasheet, 1.4.3
    assert (tx + 4) // 8 % 2 == (rx + 4) // 8 % 2


def test_pico_numbers_in_the_firmware_are_those_of_the_picos_folder(folder: Path) -> None:
    if folder.name == "COMMS_HUB_PICO":
        assert {name: getattr(board, f"_{name}") for name in OURS} == {
            name: number for name, number in pins(folder) if name in OURS
        }


def test_board_json_is_as_micropythons_are(folder: Path) -> None:
    said = json.loads((folder / "board.json").read_text(encoding="utf-8"))
    assert {name: type(value) for name, value in said.items()} == FIELDS
    assert (said["id"], said["vendor"], said["mcu"]) == (folder.name, "stormbench", "rp2040")
    assert set(said["features"]) <= FEATURES


def test_header_has_the_name_of_board_json_and_whole_sectors_for_files(folder: Path) -> None:
    header = (folder / "mpconfigboard.h").read_text(encoding="utf-8")
    said = json.loads((folder / "board.json").read_text(encoding="utf-8"))
    (name,) = re.findall(r'^#define MICROPY_HW_BOARD_NAME +"(.+)"$', header, re.MULTILINE)
    (size,) = re.findall(r"STORAGE_BYTES +\(([\d* ]+)\)$", header, re.MULTILINE)
    factors = [int(factor) for factor in size.split("*")]
    storage_bytes = factors[0] * factors[1] * (factors[2] if len(factors) > 2 else 1)
    assert name == said["product"]
    assert storage_bytes % FLASH_SECTOR_BYTES == 0


def test_folder_is_no_board_of_micropythons_and_takes_what_all_of_ours_share(folder: Path) -> None:
    cmake = (folder / "mpconfigboard.cmake").read_text(encoding="utf-8")
    header = (folder / "mpconfigboard.h").read_text(encoding="utf-8")
    assert folder.name.startswith("COMMS_HUB_")
    assert "/../shared/hub.cmake)" in cmake
    assert '#include "../shared/hub.h"' in header
