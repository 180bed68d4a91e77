"""Where the images come from that the emulated boards run."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stormbench.emulator import EmulatedPico
from tree_copy import TreeCopy


@pytest.fixture
def copied_tree(tmp_path: Path) -> TreeCopy:
    """A copy of the tree of one's own."""
    return TreeCopy(tmp_path / "tree")


@pytest.fixture(scope="session")
def uf2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image whose main.py does nothing, so that the board boots to its REPL."""
    copy = TreeCopy(tmp_path_factory.mktemp("repl") / "tree")
    main = copy.root / "firmware" / "main.py"
    main.write_text('"""Leaves the board to its REPL."""\n', encoding="utf-8")
    # Out of the cache: nobody else is to take it for the newest image of a hub.
    return Path(shutil.move(copy.build(), copy.root / "repl.uf2"))


@pytest.fixture
def power_on(uf2: Path) -> Iterator[Callable[..., EmulatedPico]]:
    """Make boards that are switched off after the test."""
    boards: list[EmulatedPico] = []

    def one_more(
        unique_id: bytes = b"\x00\xdb\x12\x34\x00\x00\x00\x01", **rest: float
    ) -> EmulatedPico:
        boards.append(EmulatedPico(uf2, unique_id=unique_id, **rest))
        return boards[-1]

    yield one_more
    for board in boards:
        board.close()


@pytest.fixture
def pico(power_on: Callable[..., EmulatedPico]) -> EmulatedPico:
    """One board, just booted."""
    return power_on()
