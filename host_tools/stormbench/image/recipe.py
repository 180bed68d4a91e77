"""Everything that goes into one image, read once, and the key that follows from it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from stormbench import tree
from stormbench.errors import InvalidInput
from stormbench.image.identity import (
    MODULE,
    Identity,
    contents_sha256,
    firmware_version,
    identity_module,
    read_sources,
)
from stormbench.image.sources import MicroPython, checkout_sources, fetched_sources
from stormbench.image.toolchain import toolchain_version

DEFAULT_BOARD = "COMMS_HUB_PICO"
_BOARD_MARK = "mpconfigboard.cmake"
_SHARED = "shared"
_BUILDER_FILES = ("compilation.py", "toolchain.py", "uf2.py")


@dataclass(frozen=True)
class Recipe:
    """What one image is made of."""

    board: str
    identity: Identity
    frozen: dict[str, bytes]
    """The files that are frozen, by their path on the board."""
    board_files: dict[str, bytes]
    """The board's folder and the one that all boards share, by path in `boards/`."""
    micropython: MicroPython
    toolchain: str

    @property
    def surroundings(self) -> str:
        """A hash of all but the frozen files: while it stays, a build folder can be used again."""
        parts = [self.micropython.identity, self.toolchain, _builder_sha256()]
        return _sha256(str(self.micropython.path), contents_sha256(self.board_files), *parts)

    @property
    def key(self) -> str:
        """The name of the image in the cache: a hash of everything, but not of where it lies."""
        parts = [self.micropython.identity, self.toolchain, _builder_sha256(), self.board]
        return _sha256(contents_sha256(self.frozen), contents_sha256(self.board_files), *parts)[
            :32
        ]


def recipe_for(board: str, micropython: Path | None = None) -> Recipe:
    """Read what an image of the tree's own firmware would be made of.

    Args:
        board: The name of a folder in `boards/`.
        micropython: A MicroPython checkout; None takes the sources that were fetched.

    Raises:
        InvalidInput: There is no such board, or no MicroPython at that path.
        NoHub: Sources or tool-chain are not there.
    """
    board_files = _read_board(board)
    identity, frozen = firmware_to_freeze()
    sources = checkout_sources(micropython) if micropython else fetched_sources()
    return Recipe(board, identity, frozen, board_files, sources, toolchain_version())


def firmware_to_freeze() -> tuple[Identity, dict[str, bytes]]:
    """Read the tree's firmware, and add the module that tells it who it is."""
    contents = read_sources(tree.firmware_sources())
    identity = Identity(firmware_version(), contents_sha256(contents))
    return identity, {**contents, MODULE: identity_module(identity)}


def known_boards() -> list[str]:
    """Return the names of the boards an image can be built for."""
    return sorted(path.parent.name for path in tree.boards_dir().glob(f"*/{_BOARD_MARK}"))


def _read_board(board: str) -> dict[str, bytes]:
    if board not in known_boards():
        raise InvalidInput(
            f"expected a board that an image can be built for ({', '.join(known_boards())}), "
            f"got {board}"
        )
    return {
        f"{folder}/{path.name}": path.read_bytes()
        for folder in (board, _SHARED)
        for path in sorted((tree.boards_dir() / folder).iterdir())
        if path.is_file()
    }


def _builder_sha256() -> str:
    files = (Path(__file__).with_name(name) for name in _BUILDER_FILES)
    return _sha256(*(file.read_text(encoding="utf-8") for file in files))


def _sha256(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
