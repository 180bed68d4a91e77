"""The picture in the READMEs: it is what the command beside it draws."""

import re
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from capture_bench import storm_capture
from command_line import stormbench

ROOT = Path(__file__).parents[2]
PICTURE = "host_tools/pictures/monitor.svg"


def told_command() -> list[str]:
    """How host_tools/README.md says that it is made."""
    text = (ROOT / "host_tools" / "README.md").read_text(encoding="utf-8")
    (line,) = re.findall(rf"stormbench (monitor .*--export-svg {PICTURE})", text)
    return shlex.split(line)


def test_picture_is_what_its_command_draws(tmp_path: Path) -> None:
    path = tmp_path / "monitor.svg"
    ran = stormbench(*told_command()[:-1], path)
    assert ran.exit_code == 0
    assert path.read_text(encoding="utf-8") == (ROOT / PICTURE).read_text(encoding="utf-8"), (
        f"make it again: stormbench {shlex.join(told_command())}"
    )


def test_picture_asks_no_other_host_for_anything(tmp_path: Path) -> None:
    path = tmp_path / "x.svg"
    stormbench("monitor", storm_capture(tmp_path), "--export-svg", path)
    ElementTree.parse(path)
    addresses = re.findall(r"https?://[^\s\"]+", path.read_text(encoding="utf-8"))
    assert addresses == ["http://www.w3.org/2000/svg"]


@pytest.mark.parametrize("readme", ["README.md", "host_tools/README.md"])
def test_picture_is_shown(readme: str) -> None:
    path = ROOT / readme
    (place,) = re.findall(r"\]\((\S*monitor\.svg)\)", path.read_text(encoding="utf-8"))
    assert (path.parent / place).resolve() == ROOT / PICTURE
