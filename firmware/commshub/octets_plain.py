"""What is done with each byte of each frame: check sums, copies, COBS on the way out.

These few lines say what is meant, and run everywhere but on a board, whose processor's own
instructions (`octets_thumb`) take their place. `tests/emulated/test_octets_on_pico.py` holds the
two together.
"""

import struct
from binascii import crc32

_RESIDUE = 0x2144DF1C  # the CRC-32 of anything with its own CRC-32 behind it
LEAST_OPENED = 13  # a code, a header, a check sum
_LONGEST_RUN = 254  # bytes without 00 that one code of COBS stands for

TABLE = None
"""What the functions with `table` are to be given."""


def is_sound(buffer, start: int, end: int, table) -> int:
    """1 where `buffer[start:end]` ends in the CRC-32, little-endian, of what is before it."""
    return 1 if crc32(memoryview(buffer)[start:end]) == _RESIDUE else 0


def open_frame(buffer, start: int, end: int, table) -> int:
    """Decode the sound frame that begins at `start`, if only codes of COBS have to be looked at.

    Each code says where the next is, and stands in the place of a 00: so a few steps lead to the
    delimiter, and nothing is moved. Decoded, the frame is `buffer[start + 1:]` up to there.

    Args:
        end: what lies from there on has not come yet.

    Returns: the place of the delimiter; 0 where the codes lead to none before `end`, where one of
        them stands for no 00 (a run of 254 bytes), where that is less than a frame of ours, or
        where the check sum is wrong: then `buffer` is as before.
    """
    codes = []
    place = start
    while place < end and 0 < buffer[place] < _LONGEST_RUN + 1:
        codes.append(place)
        place += buffer[place]
    if place >= end or buffer[place] != 0 or place - start < LEAST_OPENED:
        return 0
    body = bytearray(memoryview(buffer)[start:place])
    for code in codes:
        body[code - start] = 0
    if crc32(memoryview(body)[1:]) != _RESIDUE:
        return 0
    buffer[start:place] = body
    return place


def take_out(source, start: int, span: int, target) -> int:
    """Copy bytes of `source` from `start` on to `target`, which may be `source`.

    Args:
        span: how many, below 2**14; 14 bits further up to where in `target`, so that a length
            alone means its front. Two in one, because the assembler takes four arguments.
    """
    at, length = span >> 14, span & 0x3FFF
    target[at : at + length] = bytes(memoryview(source)[start : start + length])
    return 0


def seal(body, length: int, target, table) -> int:
    """Write the CRC-32 of `body[:length]` behind it, and both as COBS to the front of `target`.

    Two 00 close it. `target` must have room for 4 + length + (4 + length) // 254 + 3 bytes. It may
    be the memory in which `body` is, where that lies so many bytes less 4 + length further back.

    Returns: where they end.
    """
    struct.pack_into("<I", body, length, crc32(memoryview(body)[:length]))
    length += 4
    source = bytes(body[:length])
    at = place = 0
    while True:
        end = source.find(b"\x00", place, min(place + _LONGEST_RUN, length))
        is_zero = end >= 0
        if not is_zero:
            end = min(place + _LONGEST_RUN, length)
        run = end - place
        target[at] = run + 1
        target[at + 1 : at + 1 + run] = source[place:end]
        at += run + 1
        place = end + is_zero
        if place >= length and not is_zero:
            break
    target[at] = target[at + 1] = 0
    return at + 2
