"""What lies on a board: the tree's own firmware, compiled for it, by its path there."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from stormbench.deploy.mpy_cross import MpyCross
from stormbench.deploy.mpy_version import RP2040
from stormbench.image.identity import Identity
from stormbench.image.recipe import firmware_to_freeze

MAIN = "main.py"
"""MicroPython starts it by this name; a main.mpy it would not start."""


@dataclass(frozen=True)
class Firmware:
    """A firmware that is ready to be put on a board.

    Attributes:
        identity: as an image of the same sources bears it.
        files: by their path on the board, with forward slashes.
    """

    identity: Identity
    files: Mapping[str, bytes]


def compiled(compiler: MpyCross, architecture: str = RP2040) -> Firmware:
    """Compile the tree's firmware; main.py stays a source.

    Raises:
        HostToolError: something does not compile.
    """
    identity, sources = firmware_to_freeze()
    return Firmware(identity, dict(_each_compiled(compiler, architecture, sources)))


def _each_compiled(
    compiler: MpyCross, architecture: str, sources: Mapping[str, bytes]
) -> Iterator[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory(prefix="stormbench-mpy-") as folder:
        source = Path(folder, "module.py")
        for name, content in sources.items():
            if name == MAIN:
                yield name, content
                continue
            source.write_bytes(content)
            yield name.removesuffix(".py") + ".mpy", compiler.compile(source, name, architecture)
