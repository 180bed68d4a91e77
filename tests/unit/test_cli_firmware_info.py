"""`stormbench firmware info --hub`: what a hub that runs says of its firmware."""

import re

from command_line import stormbench
from image_bench import hub_image
from link_bench import ScriptedPort
from stormbench.hub import open as hub_open
from stormbench.image import firmware_sha256
from stormbench.tree import boards_dir, firmware_sources

README = boards_dir() / "README.md"


def test_hub_tells_its_board_and_which_firmware_runs(mocker):
    mocker.patch.object(hub_open.SerialPort, "open", return_value=ScriptedPort())
    found = stormbench("firmware", "info", "--hub", "auto", "--json").document()
    assert (found["board"], found["firmware_version"]) == ("COMMS_HUB_PICO", "0.1.2")
    assert (found["source_sha256"], found["is_this_tree"]) == ("00" * 32, False)


def test_firmware_of_this_tree_is_told_to_be_it():
    found = stormbench("firmware", "info", "--hub", "sim", "--json").document()
    assert found["source_sha256"] == firmware_sha256(firmware_sources()).upper()
    assert (found["board"], found["is_this_tree"]) == (None, True)


def test_text_of_a_hub_names_its_board_and_its_id(mocker):
    mocker.patch.object(hub_open.SerialPort, "open", return_value=ScriptedPort())
    text = stormbench("firmware", "info", "--hub", "auto").out
    assert re.search("^board: +COMMS_HUB_PICO$", text, re.MULTILINE)
    assert "E6" * 8 in text


def test_boards_readme_shows_the_rows_that_are_printed(tmp_path):
    of_a_file, of_a_hub = README.read_text().split("$ stormbench firmware info ")[1:]
    image = tmp_path / "hub.uf2"
    image.write_bytes(hub_image())
    assert rows(of_a_file) == rows(stormbench("firmware", "info", str(image)).out)
    assert rows(of_a_hub) == rows(stormbench("firmware", "info", "--hub", "sim").out)


def rows(text):
    return re.findall("^([A-Za-z][A-Za-z -]+):  +", text.partition("```")[0], re.MULTILINE)


def test_neither_a_file_nor_a_hub_is_refused():
    ran = stormbench("firmware", "info")
    assert ran.exit_code == 2 and "expected" in ran.complaint()


def test_name_of_a_board_cannot_command_the_terminal(mocker):
    port = ScriptedPort(board=b"\x1b[2JPICO")
    mocker.patch.object(hub_open.SerialPort, "open", return_value=port)
    assert "\x1b" not in stormbench("firmware", "info", "--hub", "auto").out
