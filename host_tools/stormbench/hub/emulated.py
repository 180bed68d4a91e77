"""`--hub emulated`: the UF2 that would be flashed, on an emulated Pico, over its USB port."""

import hashlib
from pathlib import Path

from stormbench.emulator.pico import EmulatedPico
from stormbench.emulator.port import EmulatedPort
from stormbench.errors import NoHub
from stormbench.image import DEFAULT_BOARD, find_image

_WAYS = (
    "Three ways to an image: `stormbench firmware build` (from Debian's packages, after `make "
    "deps`, or from a checkout with --micropython PATH); `stormbench firmware get`, where the "
    "official release can be reached; or name one with --uf2 PATH"
)


def open_emulated(uf2: Path | None, hub_id: int) -> EmulatedPort:
    """The port of an emulated Pico that has booted.

    Args:
        uf2: the image; None: the one in the cache that fits the tree best.
        hub_id: gives the board a unique id of its own.

    Raises:
        NoHub: no image, an unreadable one, or no port comes up.
    """
    image = uf2 or find_image()
    if image is None:
        raise NoHub(f"no UF2 image of board {DEFAULT_BOARD} in the cache. {_WAYS}")
    if not image.is_file():
        raise NoHub(f"{image}: no such UF2 image. {_WAYS}")
    unique_id = hashlib.sha256(b"stormbench emulated hub %d" % hub_id).digest()[:8]
    return EmulatedPort(EmulatedPico(image, unique_id=unique_id))
