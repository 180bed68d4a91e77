"""The device's COBS beside PyPI's `cobs`, and that it looks and writes nowhere else."""

import random
import struct
from binascii import crc32

import pytest
from cobs import cobs as reference

from commshub import cobs, octets

AROUND_A_BLOCK = (0, 1, 2, 252, 253, 254, 255, 256, 507, 508, 509, 510, 762, 1055)
BEFORE_A_CHECK_SUM = [length - 4 for length in AROUND_A_BLOCK if length >= 4]
FENCE = 0xA5


def samples(length: int) -> list[bytes]:
    """No 00, nothing else, a 00 at each end, one in the middle, and a mix."""
    mixed = random.Random(length).choices((0, 1, 254, 255), k=length)
    full = bytes(place % 255 + 1 for place in range(length))
    edged = b"\x00" + full[2:] + b"\x00" if length > 1 else full
    middle = full[: length // 2] + b"\x00" + full[length // 2 + 1 :] if length else full
    return [full, bytes(length), edged, middle, bytes(mixed)]


def checked(source: bytes) -> bytes:
    """With its check sum behind it."""
    return source + struct.pack("<I", crc32(source))


def encoded(source: bytes) -> bytes:
    """What the device writes of it, check sum included, behind all its documented room a fence."""
    body = bytearray(source + bytes(octets.CHECK_BYTES))
    room = len(body) + len(body) // 254 + 3
    target = bytearray([FENCE]) * (room + 8)
    end = octets.seal(body, len(source), target, octets.TABLE)
    assert end <= room
    assert set(target[end:]) <= {FENCE}
    assert body == checked(source)
    return bytes(target[:end])


def decoded(stretch: bytes, before: bytes = b"", after: bytes = b"") -> bytes | None:
    buffer = bytearray(before + stretch + after)
    start = len(before)
    end = cobs.decode(buffer, start, start + len(stretch))
    assert buffer[:start] == before
    assert buffer[start + len(stretch) :] == after
    return bytes(buffer[start:end]) if end >= 0 else None


@pytest.mark.parametrize("length", {*AROUND_A_BLOCK, *BEFORE_A_CHECK_SUM})
def test_device_encodes_as_the_reference_does(length: int) -> None:
    for source in samples(length):
        assert encoded(source) == reference.encode(checked(source)) + b"\x00\x00"


def test_only_so_many_bytes_of_the_body_are_encoded() -> None:
    target = bytearray(16)
    end = octets.seal(bytearray(b"abc and more"), 3, target, octets.TABLE)
    assert target[:end] == reference.encode(checked(b"abc")) + b"\x00\x00"


def test_bytes_are_taken_out_to_a_place_in_the_target() -> None:
    target = bytearray(b"------")
    octets.take_out(b"abcdef", 1, 3 | 2 << 14, target)
    assert target == b"--bcd-"


@pytest.mark.parametrize("length", AROUND_A_BLOCK)
def test_device_decodes_in_place_what_the_reference_encodes(length: int) -> None:
    for source in samples(length):
        assert decoded(reference.encode(source)) == source


@pytest.mark.parametrize("length", AROUND_A_BLOCK)
def test_decoding_touches_nothing_around_the_stretch(length: int) -> None:
    for source in samples(length):
        around = bytes([FENCE] * 300)
        assert decoded(reference.encode(source), around, around) == source


@pytest.mark.parametrize(
    "stretch", [b"\x02", b"\x05abc", b"\xff" + b"a" * 253, b"\x01\x01\x03a", b"\x02a\xff"]
)
def test_block_that_is_not_whole_is_malformed(stretch: bytes) -> None:
    with pytest.raises(reference.DecodeError):
        reference.decode(stretch)
    assert decoded(stretch) is None


def test_code_of_zero_is_malformed() -> None:
    assert decoded(b"\x02a\x00b") is None


def test_block_is_not_completed_with_bytes_behind_the_stretch() -> None:
    assert decoded(b"\x05abc", after=b"d") is None


def test_nothing_decodes_to_nothing() -> None:
    assert decoded(b"", before=b"x", after=b"y") == b""


def test_first_zero_is_found() -> None:
    assert cobs.find_zero(b"ab\x00c\x00", 0, 5) == 2


def test_zero_in_the_last_place_is_found() -> None:
    assert cobs.find_zero(b"ab\x00", 0, 3) == 2


def test_no_zero_is_found_outside_the_bounds() -> None:
    assert cobs.find_zero(b"\x00ab\x00", 1, 3) == -1


def test_copy_that_overlaps_moves_bytes_down() -> None:
    buffer = bytearray(b"..abcdef..")
    cobs.copy(buffer, 2, buffer, 0, 6)
    assert buffer == b"abcdefef.."


def test_copy_writes_as_many_bytes_as_it_was_told() -> None:
    target = bytearray(b"------")
    cobs.copy(b"abcdef", 1, target, 2, 3)
    assert target == b"--bcd-"
