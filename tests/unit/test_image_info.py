"""What is read from an image: the Pico SDK's table of strings, and the hub's marker."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from command_line import stormbench
from image_bench import SHA256, STRINGS, flash_that_says, hub_image, stock_image, stored
from stormbench.cli.firmware import command
from stormbench.errors import InvalidInput
from stormbench.image import inspect
from stormbench.image.binary_info import read_binary_info
from stormbench.image.identity import Identity, firmware_sha256, identity_module
from stormbench.image.uf2 import Uf2Damaged, encode_uf2
from stormbench.tree import firmware_sources


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


@pytest.mark.parametrize("name", ["build", "flash", "get", "info"])
def test_help_of_each_command_has_an_example(name: str) -> None:
    assert "Example: stormbench firmware" in CliRunner().invoke(command, [name, "--help"]).stdout


def test_image_says_whether_it_speaks_our_frames(tmp_path: Path) -> None:
    said = {
        stored(tmp_path, hub_image(), "ours.uf2"): True,
        stored(tmp_path, hub_image(frames=b"\xca\xfe\x00\x01"), "theirs.uf2"): False,
        stored(tmp_path, stock_image(), "stock.uf2"): None,
    }
    assert {path: inspect(path).speaks_our_frames for path in said} == said


def test_info_of_a_file_says_whether_it_is_this_trees(tmp_path: Path, image: Path) -> None:
    ours = stormbench("firmware", "info", stored(tmp_path, hub_image(), "ours.uf2"))
    assert "sources:        this tree's" in ours.out and "protocol:       this side's" in ours.out
    other = stormbench("firmware", "info", image, "--json").document()
    assert (other["is_this_tree"], other["speaks_our_frames"]) == (False, False)


def test_info_of_a_stock_image_says_that_there_is_no_hub(tmp_path: Path) -> None:
    out = stormbench("firmware", "info", stored(tmp_path, stock_image())).out
    assert "hub firmware:   none" in out and "sources:" not in out and "protocol:" not in out


def test_info_of_a_hub_says_the_same_of_what_runs() -> None:
    told = stormbench("firmware", "info", "--hub", "sim", "--json").document()
    assert (told["hub"], told["firmware_version"]) == ("sim", "0.1.0")
    assert told["source_sha256"] == firmware_sha256(firmware_sources()).upper()
    assert told["is_this_tree"] is True
    text = stormbench("firmware", "info", "--hub", "sim").out
    assert told["source_sha256"] in text and "sources:        this tree's" in text


@pytest.mark.parametrize("arguments", [(), ("hub.uf2", "--hub", "sim")])
def test_info_wants_a_file_or_a_hub(arguments: tuple[str, ...]) -> None:
    ran = stormbench("firmware", "info", *arguments)
    assert (ran.exit_code, "either FILE or --hub" in ran.complaint()) == (2, True)
