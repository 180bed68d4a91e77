"""What an RP2040 program says of itself: name, version, board, as the Pico SDK embeds it.

Pure, and lenient: an image without this table, or with a damaged one, says nothing.

Source: pico-sdk 2.1.1, pico/binary_info/defs.h (the table's markers) and structure.h (entries).
"""

import struct

from stormbench.image.uf2 import FLASH_START

_BOOT2_BYTES = 256
_SEARCHED_BYTES = 512
_MARKER_START = 0x7188EBF2
_MARKER_END = 0xE71AA390
_TABLE = struct.Struct("<5I")
_ENTRY = struct.Struct("<HHII")
_ID_AND_STRING = 6
_RASPBERRY_PI = int.from_bytes(b"RP", "little")
_NAMES = {
    0x02031C86: "program",
    0x11A9BC3A: "version",
    0xB6A07C19: "description",
    0x5360B3AB: "sdk_version",
    0xB63CFFBB: "pico_board",
}


def read_binary_info(flash: bytes) -> dict[str, str]:
    """Read the strings that a program declares of itself.

    Args:
        flash: The contents of flash from its start on.

    Returns:
        Those of `program`, `version`, `description`, `sdk_version` and `pico_board` there are.
    """
    found: dict[str, str] = {}
    for pointer in _entry_pointers(flash):
        kind, tag, identity, text = _unpack(flash, pointer)
        if (kind, tag) == (_ID_AND_STRING, _RASPBERRY_PI) and identity in _NAMES:
            found[_NAMES[identity]] = _string(flash, text)
    return found


def _entry_pointers(flash: bytes) -> tuple[int, ...]:
    marker = flash.find(
        _MARKER_START.to_bytes(4, "little"), _BOOT2_BYTES, _BOOT2_BYTES + _SEARCHED_BYTES
    )
    if marker < 0 or len(flash) < marker + _TABLE.size:
        return ()
    _, start, end, _, marker_end = _TABLE.unpack_from(flash, marker)
    count = (end - start) // 4
    offset = start - FLASH_START
    if marker_end != _MARKER_END or count < 0 or not 0 <= offset <= len(flash) - 4 * count:
        return ()
    return struct.unpack_from(f"<{count}I", flash, offset)


def _unpack(flash: bytes, pointer: int) -> tuple[int, int, int, int]:
    offset = pointer - FLASH_START
    if not 0 <= offset <= len(flash) - _ENTRY.size:
        return 0, 0, 0, 0
    kind, tag, identity, text = _ENTRY.unpack_from(flash, offset)
    return kind, tag, identity, text


def _string(flash: bytes, pointer: int) -> str:
    offset = pointer - FLASH_START
    if not 0 <= offset < len(flash):
        return ""
    return flash[offset : offset + 256].split(b"\0")[0].decode("utf-8", "replace")
