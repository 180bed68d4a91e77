"""The machine instructions of the board do what the lines of Python beside them say."""

from collections.abc import Iterator

import pytest

import raw_repl
from storm_on_pico import hub_as_it_comes
from stormbench.emulator import EmulatedPico

SAMPLES = """
from commshub import octets_plain as plain, octets_thumb as thumb
from binascii import crc32
from struct import pack
from random import seed, getrandbits
seed(7)
LENGTHS = (3, 7, 8, 10, 11, 63, 64, 65, 249, 250, 253, 254, 255, 256, 257, 508, 509, 510, 1040)
def samples(length):
    yield bytearray(length)
    yield bytearray(i % 255 + 1 for i in range(length))
    for often in (1, 20):
        yield bytearray(0 if getrandbits(8) < often else getrandbits(8) for _ in range(length))
def wrong(of):
    return sum(of(octets) is not True for length in LENGTHS for octets in samples(length))
"""

CHECKS = {
    "is_sound": """
def check(octets):
    frame = bytearray(b"xy" + octets + pack("<I", crc32(octets)) + b"z")
    end = len(frame) - 1
    found = []
    for bit in (None, 16, 8 * len(octets) - 3, 8 * end - 1):
        damaged = bytearray(frame)
        if bit is not None:
            damaged[bit >> 3] ^= 1 << (bit & 7)
        found.append([each.is_sound(damaged, 2, end, thumb.TABLE) for each in (thumb, plain)])
    return found == [[1, 1], [0, 0], [0, 0], [0, 0]]
""",
    "open_frame": """
def check(octets):
    body = bytearray(octets + bytes(4))
    frame = bytearray(len(body) + len(body) // 254 + 3)
    end = plain.seal(body, len(octets), frame, None)
    found = []
    for cut, bit in ((0, None), (0, 8 * end // 2), (0, 3), (1, None), (2, None), (9, None)):
        buffers = [bytearray(b"xy" + frame[:end] + b"z") for _ in range(2)]
        for which, buffer in zip((thumb, plain), buffers):
            if bit is not None:
                buffer[2 + (bit >> 3)] ^= 1 << (bit & 7)
            found.append(which.open_frame(buffer, 2, 2 + end - cut, thumb.TABLE))
        found.append(buffers[0] == buffers[1])
    pairs = [found[at] == found[at + 1] and found[at + 2] for at in range(0, len(found), 3)]
    return all(pairs) and (found[0] == end or b"\\xff" in frame[:end] or len(octets) < 8)
""",
    "take_out": """
def check(octets):
    for at in (0, 1, 7):
        fence = b"\\xa5" * at
        targets = [bytearray(b"\\xa5" * (at + len(octets) + 2)) for _ in range(2)]
        for which, target in zip((thumb, plain), targets):
            which.take_out(b"abc" + octets + b"d", 3, len(octets) | at << 14, target)
        if not targets[0] == targets[1] == fence + octets + b"\\xa5\\xa5":
            return False
    return True
""",
    "seal": """
def check(octets):
    bodies = [bytearray(octets + b"\\xa5" * 8) for _ in range(2)]
    length = len(octets)
    targets = [bytearray(b"\\xa5" * (length + length // 254 + 10)) for _ in range(2)]
    ends = []
    for which, body, target in zip((thumb, plain), bodies, targets):
        ends.append(which.seal(body, length, target, thumb.TABLE))
    return ends[0] == ends[1] and targets[0] == targets[1] and bodies[0] == bodies[1]
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
