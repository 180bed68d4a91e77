"""What can be read from an image without a board."""

from dataclasses import dataclass
from pathlib import Path

from hubwire.generate import definition_hash
from stormbench.image.binary_info import read_binary_info
from stormbench.image.identity import find_identity
from stormbench.image.image_file import read_image
from stormbench.image.uf2 import PAYLOAD_BYTES, Uf2Damaged, decode_uf2, flash_contents


@dataclass(frozen=True)
class ImageInfo:
    """An image, as its own bytes describe it; None where they say nothing."""

    board: str | None
    """The MicroPython board, where it is one of stormbench's."""
    pico_board: str | None
    """The Pico SDK's name of the circuit board."""
    micropython_version: str | None
    firmware_version: str | None
    source_sha256: str | None
    """Of the firmware's sources, lower case; None in an image that has no hub in it."""
    speaks_our_frames: bool | None
    """The hash of this side's frame definitions is in it; None in one that has no hub in it."""
    blocks: int
    image_bytes: int
    """What the image takes of the flash."""


def inspect(path: Path) -> ImageInfo:
    """Read a UF2 file.

    Raises:
        InvalidInput: There is no such file, or it is not a whole UF2 image of an RP2040.
    """
    return inspect_bytes(read_image(path), str(path))


def inspect_bytes(content: bytes, name: str) -> ImageInfo:
    """Read an image that is in memory; `name` is what an error calls it."""
    try:
        blocks = decode_uf2(content)
    except Uf2Damaged as error:
        raise Uf2Damaged(f"{name}: {error}") from error
    flash = flash_contents(blocks)
    said, identity = read_binary_info(flash), find_identity(flash)
    return ImageInfo(
        board=said.get("description"),
        pico_board=said.get("pico_board"),
        micropython_version=_micropython_version(said),
        firmware_version=".".join(map(str, identity.version)) if identity else None,
        source_sha256=identity.source_sha256 if identity else None,
        speaks_our_frames=_speaks_our_frames(flash) if identity else None,
        blocks=len(blocks),
        image_bytes=len(blocks) * PAYLOAD_BYTES,
    )


def _speaks_our_frames(flash: bytes) -> bool:
    """The hub says the hash in its Hello, and its `commshub/wire.py` has it as hex digits."""
    return definition_hash().hex().encode() in flash


def _micropython_version(said: dict[str, str]) -> str | None:
    is_micropython = said.get("program") == "MicroPython" and "version" in said
    return said["version"].removeprefix("v") if is_micropython else None
