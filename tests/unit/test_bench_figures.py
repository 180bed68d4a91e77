"""Figures that are kept in the tree: read, refused where they are none, today's beside them."""

from pathlib import Path

import pytest

from short_figures import KEPT
from stormbench.bench.figures import (
    Figure,
    beside,
    figures_text,
    firmware_of,
    missing,
    read_figures,
)
from stormbench.errors import InvalidInput

FIGURES = {"heap_used": Figure(93_520, "bytes"), "path_p50": Figure(2_275, "us")}

SHA256 = "5f0c2f1be7d94c1a" * 4


@pytest.fixture
def path(tmp_path):
    return tmp_path / "figures.txt"


def test_figures_are_read_as_they_were_written(path: Path) -> None:
    path.write_text(figures_text("made by\nsomebody", SHA256, FIGURES), encoding="utf-8")
    assert read_figures(path) == FIGURES
    assert path.read_text(encoding="utf-8").startswith(
        f"# made by\n# somebody\n\nfirmware_sha256 = {SHA256}\nheap_used = "
    )
    assert firmware_of(path) == SHA256


def test_file_that_does_not_say_of_which_firmware_it_is_is_refused(path: Path) -> None:
    path.write_text("a = 1 us\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"expected a line `firmware_sha256 = .*--write"):
        firmware_of(path)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("heap_used 5 bytes", "figures.txt:1: expected `name = value unit`"),
        ("heap_used = many bytes", "got 'heap_used = many bytes'"),
        ("b = 1 us\na = 1 us", "figures.txt:2: a is not behind b"),
        ("a = 1 us\na = 2 us", "figures.txt:2: a is not behind a"),
    ],
)
def test_line_that_is_no_figure_is_refused(path: Path, text: str, fault: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=fault):
        read_figures(path)


def test_file_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"expected a file of figures at .*figures\.txt"):
        read_figures(path)


def test_todays_figure_stands_beside_the_kept_one_with_their_ratio() -> None:
    lines = beside(FIGURES, {"path_p50": Figure(4_550, "us")})
    assert lines[1].split() == ["path_p50", "2,275", "4,550", "2.00", "us"]


def test_figure_that_is_not_kept_is_missing_and_still_shown() -> None:
    now = {**FIGURES, "boot": Figure(1, "ms")}
    assert missing(FIGURES, now) == ["boot"]
    assert beside(FIGURES, now)[1].split() == ["boot", "-", "1", "-", "ms"]


def test_figure_that_is_kept_in_another_unit_is_missing() -> None:
    assert missing(FIGURES, {"heap_used": Figure(94, "kB")}) == ["heap_used"]


def test_figures_in_the_tree_can_be_read() -> None:
    assert {"heap_used", "suppressed_alerts_per_s"} <= set(read_figures(KEPT))
