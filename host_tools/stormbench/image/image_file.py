"""Reads a file that is to be an image: one on a disk, and no longer than an image can be.

A pipe would be waited for, and a device may have no end. Knows nothing of what is in it.
"""

import stat
from pathlib import Path

from stormbench.errors import InvalidInput
from stormbench.image.uf2 import BLOCK_BYTES, FLASH_END, FLASH_START, PAYLOAD_BYTES

LARGEST_BYTES = (FLASH_END - FLASH_START) // PAYLOAD_BYTES * BLOCK_BYTES
"""Of a UF2: a block for each payload of the largest flash of an RP2040, 32 MB."""


def read_image(path: Path) -> bytes:
    """Read a whole file.

    Raises:
        InvalidInput: there is none, it is no regular file, it cannot be read, or it is too long.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InvalidInput(
                f"expected a UF2 file at {path}, got a folder, a pipe or a device; copy the image "
                "into a file first"
            )
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"expected a UF2 file at {path}, got: {error.strerror}") from error
    if len(content) > LARGEST_BYTES:
        raise InvalidInput(
            f"expected a UF2 file of at most {LARGEST_BYTES} bytes at {path}, got more: no flash "
            "of an RP2040 holds that"
        )
    return content
