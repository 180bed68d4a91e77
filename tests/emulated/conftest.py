"""Where the images come from that the emulated boards run."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stormbench.emulator import EmulatedPico

CHECKOUT = Path(__file__).resolve().parents[2]
_FOLDERS = ("boards", "firmware", "host_tools", "protocol")


class TreeCopy:
    """A copy of the checkout's shipped folders, to be changed and run by itself."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in _FOLDERS:
            shutil.copytree(
                CHECKOUT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__")
            )

    def stormbench(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run this copy's `stormbench`, not the checkout's."""
        path = os.pathsep.join(str(self.root / folder) for folder in _FOLDERS[1:])
        return subprocess.run(
            [sys.executable, "-m", "stormbench", *arguments],
            env={**os.environ, "PYTHONPATH": path},
            cwd=self.root,
            capture_output=True,
            text=True,
        )

    def change(self, file: str, before: str, after: str) -> None:
        """Replace the one place where `before` stands in a file."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {file}"
        path.write_text(text.replace(before, after), encoding="utf-8")

    def build(self) -> Path:
        """Build this copy's image; its path in the cache."""
        built = self.stormbench("firmware", "build", "--json")
        assert built.returncode == 0, built.stderr
        return Path(json.loads(built.stdout)["path"])


@pytest.fixture
def tree_copy(tmp_path: Path) -> TreeCopy:
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
