"""Images in a test: of a hub, of stock MicroPython, of something else, and for another chip."""

import struct
from pathlib import Path

from hubwire.generate import definition_hash
from stormbench.image.identity import Identity, firmware_sha256, identity_module
from stormbench.image.uf2 import FLASH_START, encode_uf2
from stormbench.tree import firmware_sources

SHA256 = "0123456789abcdef" * 4
STRINGS = {
    0x02031C86: b"MicroPython",
    0x11A9BC3A: b"v1.25.0",
    0xB6A07C19: b"COMMS_HUB_PICO",
    0xB63CFFBB: b"pico",
}
TABLE_AT, POINTERS_AT, ENTRIES_AT, TEXTS_AT = 256, 512, 768, 1024


def flash_that_says(strings: dict[int, bytes], end_marker: int = 0xE71AA390) -> bytes:
    """Flash with the table laid out as the Pico SDK's linker script does."""
    flash = bytearray(2048)
    end = FLASH_START + POINTERS_AT + 4 * len(strings)
    struct.pack_into(
        "<5I", flash, TABLE_AT, 0x7188EBF2, FLASH_START + POINTERS_AT, end, 0, end_marker
    )
    for number, (identity, text) in enumerate(strings.items()):
        entry, text_at = ENTRIES_AT + 12 * number, TEXTS_AT + 64 * number
        struct.pack_into("<I", flash, POINTERS_AT + 4 * number, FLASH_START + entry)
        struct.pack_into("<HHII", flash, entry, 6, 0x5052, identity, FLASH_START + text_at)
        flash[text_at : text_at + len(text)] = text
    return bytes(flash)


def hub_image(source_sha256: str | None = None, frames: bytes | None = None) -> bytes:
    """A UF2 with a hub in it: this tree's own, unless other sources or frames are named."""
    identity = Identity((0, 1, 0), source_sha256 or firmware_sha256(firmware_sources()))
    spoken = (frames or definition_hash()).hex().encode()
    return encode_uf2(flash_that_says(STRINGS) + identity_module(identity) + spoken)


def stock_image(version: str = "1.25.0") -> bytes:
    """A UF2 of MicroPython without a hub."""
    strings = {**STRINGS, 0x11A9BC3A: b"v" + version.encode(), 0xB6A07C19: b"RPI_PICO"}
    return encode_uf2(flash_that_says(strings))


def other_program() -> bytes:
    """A UF2 that says nothing of itself."""
    return encode_uf2(b"\xff" * 3000)


def for_family(content: bytes, family: int) -> bytes:
    """The same for another chip."""
    blocks = [bytearray(content[at : at + 512]) for at in range(0, len(content), 512)]
    for block in blocks:
        struct.pack_into("<I", block, 28, family)
    return b"".join(blocks)


def stored(folder: Path, content: bytes, name: str = "hub.uf2") -> Path:
    """Its file."""
    (folder / name).write_bytes(content)
    return folder / name
