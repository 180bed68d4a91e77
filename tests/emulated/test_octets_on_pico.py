"""The machine instructions of the board do what the lines of Python beside them say."""

from collections.abc import Iterator

import pytest

import raw_repl
from storm_on_pico import hub_as_it_comes
from stormbench.emulator import EmulatedPico

SAMPLES = """
from commshub import octets_thumb as thumb
import struct
from binascii import crc32
from random import seed, getrandbits
seed(7)
LENGTHS = (10, 11, 63, 64, 65, 253, 254, 255, 256, 257, 508, 509, 510, 1040)
def samples(length):
    yield bytearray(length)
    yield bytearray(i % 255 + 1 for i in range(length))
    for often in (1, 20):
        yield bytearray(0 if getrandbits(8) < often else getrandbits(8) for _ in range(length))
def wrong(of):
    return sum(of(octets) is not True for length in LENGTHS for octets in samples(length))
"""

CHECKS = {
    "put_check": """
def check(octets):
    length = len(octets)
    frame = bytes(3) + octets + b"\\x55" * 8
    frame = bytearray(frame)
    thumb.put_check(frame, 3, 3 + length, thumb.TABLE)
    return frame == bytes(3) + octets + struct.pack("<I", crc32(octets)) + b"\\x55" * 4
""",
    "is_sound": """
def check(octets):
    frame = bytearray(b"xy" + octets + struct.pack("<I", crc32(octets)) + b"z")
    end = len(frame) - 1
    sound = thumb.is_sound(frame, 2, end, thumb.TABLE)
    for bit in (16, 8 * len(octets) - 3, 8 * end - 1):
        frame[bit >> 3] ^= 1 << (bit & 7)
        sound += 2 * thumb.is_sound(frame, 2, end, thumb.TABLE)
        frame[bit >> 3] ^= 1 << (bit & 7)
    return sound == 1
""",
    "take_out": """
def check(octets):
    target = bytearray(b"\\xa5" * (len(octets) + 2))
    thumb.take_out(b"abc" + octets + b"d", 3, len(octets), target)
    return target == octets + b"\\xa5\\xa5"
""",
    "stuff": """
from commshub import cobs
def check(octets):
    length = len(octets)
    target = bytearray(b"\\xa5" * (length + length // 254 + 5))
    end = thumb.stuff(octets, length, target)
    fenced = target[end:] == b"\\xa5" * (len(target) - end)
    closed = target[end - 2 : end] == b"\\x00\\x00" and bytes(target).find(b"\\x00") == end - 2
    decoded = cobs.decode(target, 0, end - 2)
    return fenced and closed and target[:decoded] == octets
""",
}


@pytest.fixture(scope="module")
def pico() -> Iterator[EmulatedPico]:
    """A board at its REPL, with samples of many lengths."""
    with hub_as_it_comes() as hub:
        hub.client.enter_repl()
        raw_repl.enter(hub.pico)
        assert raw_repl.run(hub.pico, SAMPLES) == b""
        yield hub.pico


@pytest.mark.parametrize("name", CHECKS)
def test_instructions_do_what_python_says(pico: EmulatedPico, name: str) -> None:
    assert raw_repl.run(pico, CHECKS[name] + "print(wrong(check))") == b"0\r\n"
