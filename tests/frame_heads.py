"""Headers of frames, put together without the codecs that tests are about."""

import struct

from hubwire.frames import CELLS_BASE, CELLS_SUM, PROTOCOL_VERSION


def head(kind: int, seq: int, boot: int, version: int = PROTOCOL_VERSION, cells: int = 1) -> bytes:
    """A header; how many cells it says matters to a link only, and to nobody who has the frame."""
    hint = CELLS_BASE + cells
    return struct.pack("<4B2H", version, hint, CELLS_SUM - hint, kind, seq, boot)
