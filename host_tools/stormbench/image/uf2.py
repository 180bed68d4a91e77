"""UF2 files: blocks of 512 bytes, each with 256 bytes of flash and where they go.

Pure: bytes in, bytes out. Knows nothing of firmware, boards or files.

Source: github.com/microsoft/uf2, "File format"; RP2040 data sheet, 2.8.4.2 "UF2 Format Details"
(payload of 256 bytes, family 0xE48BFF56) and 2.6.3 (flash at 0x10000000, at most 16 MB).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from stormbench.errors import InvalidInput

RP2040_FAMILY = 0xE48BFF56
FLASH_START = 0x10000000
FLASH_END = FLASH_START + 16 * 1024 * 1024
BLOCK_BYTES = 512
PAYLOAD_BYTES = 256

_HEADER = struct.Struct("<8I")
_FIRST_MAGIC = 0x0A324655
_SECOND_MAGIC = 0x9E5D5157
_LAST_MAGIC = 0x0AB16F30
_NOT_MAIN_FLASH = 0x00000001
_FAMILY_PRESENT = 0x00002000
_ERASED = b"\xff"


class Uf2Damaged(InvalidInput):
    """A file that is not a whole UF2 image of an RP2040."""


class Block(NamedTuple):
    """One block: 256 bytes of flash."""

    address: int
    payload: bytes


def encode_uf2(binary: bytes, *, with_erased: bool = True) -> bytes:
    """Turn the contents of flash, from its start on, into a UF2; the last block is zero-filled.

    Args:
        binary: The contents.
        with_erased: Blocks that are erased flash are part of it too.
    """
    binary += bytes(-len(binary) % PAYLOAD_BYTES)
    starts = range(0, len(binary), PAYLOAD_BYTES)
    blocks = [Block(FLASH_START + at, binary[at : at + PAYLOAD_BYTES]) for at in starts]
    if not with_erased:
        blocks = [block for block in blocks if block.payload != _ERASED * PAYLOAD_BYTES]
    return b"".join(
        _encode_block(number, len(blocks), block) for number, block in enumerate(blocks)
    )


def _encode_block(number: int, count: int, block: Block) -> bytes:
    header = _HEADER.pack(
        _FIRST_MAGIC,
        _SECOND_MAGIC,
        _FAMILY_PRESENT,
        block.address,
        PAYLOAD_BYTES,
        number,
        count,
        RP2040_FAMILY,
    )
    padding = bytes(BLOCK_BYTES - _HEADER.size - PAYLOAD_BYTES - 4)
    return header + block.payload + padding + _LAST_MAGIC.to_bytes(4, "little")


def decode_uf2(content: bytes) -> list[Block]:
    """Read a whole UF2 image of an RP2040.

    Args:
        content: The file's bytes.

    Returns:
        The blocks in the order of their addresses. Addresses may jump ahead, never back.

    Raises:
        Uf2Damaged: The file is empty or cut short; a block has a wrong magic number, another
            family, another size or an address outside flash; a block is missing, twice there or
            out of order.
    """
    if not content or len(content) % BLOCK_BYTES:
        raise Uf2Damaged(
            f"expected whole blocks of {BLOCK_BYTES} bytes, got {len(content)} bytes: "
            "the file is cut short or is not a UF2"
        )
    blocks: list[Block] = []
    count = len(content) // BLOCK_BYTES
    for number, start in enumerate(range(0, len(content), BLOCK_BYTES)):
        block = _decode_block(content[start : start + BLOCK_BYTES], number, count)
        if blocks and block.address < blocks[-1].address + PAYLOAD_BYTES:
            raise Uf2Damaged(
                f"block {number}: expected an address after 0x{blocks[-1].address:08X}, "
                f"got 0x{block.address:08X}"
            )
        blocks.append(block)
    return blocks


def _decode_block(content: bytes, number: int, count: int) -> Block:
    first, second, flags, address, size, found_number, found_count, family = _HEADER.unpack_from(
        content
    )
    last = int.from_bytes(content[-4:], "little")
    _expect(
        number, "magic numbers", (_FIRST_MAGIC, _SECOND_MAGIC, _LAST_MAGIC), (first, second, last)
    )
    _expect(number, "flags", (_FAMILY_PRESENT,), (flags & (_FAMILY_PRESENT | _NOT_MAIN_FLASH),))
    _expect(number, "the family of the RP2040", (RP2040_FAMILY,), (family,))
    _expect(number, "a payload size of", (PAYLOAD_BYTES,), (size,))
    if (found_number, found_count) != (number, count):
        raise Uf2Damaged(
            f"expected block {number} of {count}, got block {found_number} of {found_count}: "
            "a block is missing, twice there or out of order, or the file is cut short"
        )
    if not FLASH_START <= address <= FLASH_END - size or address % PAYLOAD_BYTES:
        raise Uf2Damaged(
            f"block {number}: expected an address in flash, 0x{FLASH_START:08X} to "
            f"0x{FLASH_END:08X} in steps of {PAYLOAD_BYTES}, got 0x{address:08X}"
        )
    return Block(address, content[_HEADER.size : _HEADER.size + size])


def _expect(number: int, what: str, expected: tuple[int, ...], got: tuple[int, ...]) -> None:
    if got != expected:
        raise Uf2Damaged(
            f"block {number}: expected {what} {_hex(expected)}, got {_hex(got)}: "
            "the file is damaged or is not a UF2 of an RP2040"
        )


def _hex(numbers: tuple[int, ...]) -> str:
    return " ".join(f"0x{number:08X}" for number in numbers)


def flash_contents(blocks: list[Block]) -> bytes:
    """Lay the blocks out as flash would hold them from its start on; between them it is erased."""
    return b"".join(_laid_out(blocks))


def _laid_out(blocks: list[Block]) -> Iterator[bytes]:
    end = FLASH_START
    for block in blocks:
        yield _ERASED * (block.address - end)
        yield block.payload
        end = block.address + PAYLOAD_BYTES
