"""What is read from an image: the Pico SDK's table of strings, and the hub's marker."""

import json
import struct
from pathlib import Path

import pytest
from click.testing import CliRunner

from stormbench.cli.firmware import command
from stormbench.errors import InvalidInput
from stormbench.image import inspect
from stormbench.image.binary_info import read_binary_info
from stormbench.image.identity import Identity, identity_module
from stormbench.image.uf2 import FLASH_START, Uf2Damaged, encode_uf2

SHA256 = "0123456789abcdef" * 4
STRINGS = {
    0x02031C86: b"MicroPython",
    0x11A9BC3A: b"v1.25.0",
    0xB6A07C19: b"COMMS_HUB_PICO",
    0xB63CFFBB: b"pico",
}
TABLE_AT, POINTERS_AT, ENTRIES_AT, TEXTS_AT = 256, 512, 768, 1024


def flash_that_says(strings: dict[int, bytes], end_marker: int = 0xE71AA390) -> bytes:
    """Flash with the table laid out as the Pico SDK's linker script does."""
    flash = bytearray(2048)
    end = FLASH_START + POINTERS_AT + 4 * len(strings)
    struct.pack_into(
        "<5I", flash, TABLE_AT, 0x7188EBF2, FLASH_START + POINTERS_AT, end, 0, end_marker
    )
    for number, (identity, text) in enumerate(strings.items()):
        entry, text_at = ENTRIES_AT + 12 * number, TEXTS_AT + 64 * number
        struct.pack_into("<I", flash, POINTERS_AT + 4 * number, FLASH_START + entry)
        struct.pack_into("<HHII", flash, entry, 6, 0x5052, identity, FLASH_START + text_at)
        flash[text_at : text_at + len(text)] = text
    return bytes(flash)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    flash = flash_that_says(STRINGS) + identity_module(Identity((0, 1, 0), SHA256))
    (tmp_path / "hub.uf2").write_bytes(encode_uf2(flash))
    return tmp_path / "hub.uf2"


def test_strings_are_found_by_their_identities() -> None:
    assert read_binary_info(flash_that_says(STRINGS)) == {
        "program": "MicroPython",
        "version": "v1.25.0",
        "description": "COMMS_HUB_PICO",
        "pico_board": "pico",
    }


def test_string_of_an_unknown_identity_is_left_out() -> None:
    assert read_binary_info(flash_that_says({0x12345678: b"secret"})) == {}


@pytest.mark.parametrize("length", [0, 255, 256, 260, 275, 513, 770, 1025])
def test_flash_that_ends_early_says_less_and_raises_nothing(length: int) -> None:
    assert len(read_binary_info(flash_that_says(STRINGS)[:length])) <= len(STRINGS)


def test_table_without_its_end_marker_says_nothing() -> None:
    assert read_binary_info(flash_that_says(STRINGS, end_marker=0)) == {}


def test_image_tells_board_versions_and_sources(image: Path) -> None:
    info = inspect(image)
    assert (info.board, info.pico_board) == ("COMMS_HUB_PICO", "pico")
    assert (info.micropython_version, info.firmware_version) == ("1.25.0", "0.1.0")
    assert info.source_sha256 == SHA256
    assert (info.blocks, info.image_bytes) == (10, 2560)


def test_image_that_says_nothing_has_no_board_and_no_sources(tmp_path: Path) -> None:
    (tmp_path / "other.uf2").write_bytes(encode_uf2(b"\xff" * 1000))
    info = inspect(tmp_path / "other.uf2")
    assert (info.board, info.source_sha256, info.micropython_version) == (None, None, None)


def test_damaged_file_is_named_in_the_error(image: Path) -> None:
    image.write_bytes(image.read_bytes()[:-1])
    with pytest.raises(Uf2Damaged, match=r"hub\.uf2: expected whole blocks"):
        inspect(image)


def test_absent_file_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"absent\.uf2, got: No such file"):
        inspect(tmp_path / "absent.uf2")


def test_command_prints_hashes_in_upper_case(image: Path) -> None:
    answer = CliRunner().invoke(command, ["info", str(image), "--json"])
    told = json.loads(answer.stdout)
    assert told["source_sha256"] == SHA256.upper()
    assert (told["board"], told["image_bytes"]) == ("COMMS_HUB_PICO", 2560)


@pytest.mark.parametrize("name", ["build", "get", "info"])
def test_help_of_each_command_has_an_example(name: str) -> None:
    assert "Example: stormbench firmware" in CliRunner().invoke(command, [name, "--help"]).stdout
