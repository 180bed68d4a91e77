"""Which image is written, and whether it may be: looked at before anything is touched.

Knows files and this tree; no board and no drive.

Source of the families: github.com/microsoft/uf2, utils/uf2families.json.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from stormbench.errors import InvalidInput, NoHub
from stormbench.image import ImageInfo, find_image, firmware_sha256
from stormbench.image.cache import stored_images
from stormbench.image.get import OFFICIAL_BOARD
from stormbench.image.image_file import read_image
from stormbench.image.image_info import inspect_bytes
from stormbench.image.uf2 import BLOCK_BYTES, RP2040_FAMILY
from stormbench.tree import firmware_sources

_BUILD = "`stormbench firmware build`"
_UF2_MAGIC = b"UF2\n"
_FAMILY_PRESENT = 0x00002000
_OTHER_CHIPS = {
    0xE48BFF57: "an RP2350",  # a block that is for no place in flash, before the image
    0xE48BFF59: "an RP2350 (Arm)",
    0xE48BFF5A: "an RP2350 (RISC-V)",
    0xE48BFF5B: "an RP2350 (Arm, non-secure)",
    0x68ED2B88: "a SAMD21",
    0x55114460: "a SAMD51",
    0xADA52840: "an nRF52840",
    0xBFDD4EEE: "an ESP32-S2",
    0xC47E5767: "an ESP32-S3",
}


@dataclass(frozen=True)
class FitImage:
    """An image that may be written.

    Attributes:
        content: the file's bytes, which were looked at.
        remark: what whoever flashes it should know; None: it is this tree's own.
    """

    path: Path
    content: bytes
    info: ImageInfo
    remark: str | None

    @property
    def can_be_asked(self) -> bool:
        """Whether anything will answer on a port: a hub, or MicroPython."""
        return bool(self.info.source_sha256 or self.info.micropython_version)


def fit_image(path: Path | None) -> FitImage:
    """Choose the image, and look whether it may be written.

    Args:
        path: a UF2 file; None: the hub's image in the cache, else the official one in there.

    Raises:
        NoHub: none is named, and none is in the cache.
        InvalidInput: there is no such file; it is damaged, or for another chip; or its hub speaks
            another protocol than this side.
    """
    path = path or _cached_image()
    content = read_image(path)
    _require_rp2040(content, path)
    info = inspect_bytes(content, str(path))
    if info.speaks_our_frames is False:
        raise InvalidInput(
            f"{path}: the hub {info.firmware_version} in it, of sources "
            f"{str(info.source_sha256)[:12].upper()}, speaks another protocol than this side: "
            f"build the image of this version with {_BUILD}, and flash that one"
        )
    return FitImage(path, content, info, _remark(info))


def _cached_image() -> Path:
    found = find_image()
    if found is None:
        found = next(iter(stored_images(OFFICIAL_BOARD)), None)
    if found is None:
        raise NoHub(
            f"there is no image in the cache: make one with {_BUILD}, fetch one with `stormbench "
            "firmware get`, or name a file: `stormbench firmware flash IMAGE.uf2`"
        )
    return found


def _require_rp2040(content: bytes, path: Path) -> None:
    """What is for another chip is said so, before it is called damaged."""
    if len(content) < BLOCK_BYTES or not content.startswith(_UF2_MAGIC):
        return
    _, _, flags, _, _, _, _, family = struct.unpack_from("<8I", content)
    if flags & _FAMILY_PRESENT and family != RP2040_FAMILY:
        chip = _OTHER_CHIPS.get(family, "another chip")
        raise InvalidInput(
            f"{path} is for {chip}: expected UF2 family 0x{RP2040_FAMILY:08X} (RP2040), got "
            f"0x{family:08X}; nothing was written"
        )


def _remark(info: ImageInfo) -> str | None:
    if info.source_sha256 == firmware_sha256(firmware_sources()):
        return None
    if info.source_sha256:
        return (
            f"the firmware in it, of sources {info.source_sha256[:12].upper()}, is not this "
            f"tree's: {_BUILD} makes that"
        )
    if info.micropython_version:
        return (
            f"it is MicroPython {info.micropython_version} with no hub in it: `stormbench "
            "firmware deploy` puts the firmware on the board afterwards"
        )
    return "there is neither a hub nor MicroPython in it, so nothing can be asked what runs"
