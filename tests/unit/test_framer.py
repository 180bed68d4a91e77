"""The device's framer: frames out of any bytes, and damage that costs no more than it must."""

import struct
import zlib

import pytest
from cobs import cobs

from commshub import wire
from commshub.framer import (
    DAMAGED,
    FRAME,
    HEADER_BYTES,
    LONGEST_BODY_BYTES,
    NEED_MORE,
    Framer,
)
from commshub.octets import CHECK_BYTES
from frame_heads import head
from hubwire.framing import Frame, encode

ALERTS = [
    encode(Frame("HanAlert", seq, {"at_ms": 9, "north_next": 0, "message": bytes(range(seq, 60))}))
    for seq in (1, 2, 3)
]
COUNTERS = encode(Frame("GetCounters", 4, {}))
GARBAGE_BYTES = (1, 15, 16, 17, 1050, 1061, 1062, 1077, 1078, 1093, 5000)


def fed(framer: Framer, stream: bytes) -> list[tuple[int, int, bytes] | None]:
    """(kind, seq, payload) of each frame, None for each damage; fed in cells, as a link does."""
    found: list[tuple[int, int, bytes] | None] = []
    for at in range(0, len(stream), wire.CELL_BYTES):
        cell = stream[at : at + wire.CELL_BYTES]
        framer.take(cell, len(cell))
        found += drained(framer)
    return found


def drained(framer: Framer) -> list[tuple[int, int, bytes] | None]:
    found: list[tuple[int, int, bytes] | None] = []
    while (answer := framer.next()) != NEED_MORE:
        payload = bytes(framer.buffer[framer.start : framer.end])
        found.append((framer.kind, framer.seq, payload) if answer == FRAME else None)
    return found


def seqs(framer: Framer, stream: bytes) -> list[int]:
    return [frame[1] for frame in fed(framer, stream) if frame]


def framed(body: bytes) -> bytes:
    """A frame with a good check sum around any body."""
    return cobs.encode(body + struct.pack("<I", zlib.crc32(body))) + b"\x00"


def test_frame_comes_with_its_kind_its_number_and_its_payload() -> None:
    fields = bytes(6) + b"\x34\x12"
    message = b"message \x00\xff"
    values = {"at_ms": 0, "north_next": 0x1234, "message": message}
    stream = encode(Frame("HanAlert", 0xBEEF, values))
    assert fed(Framer(), stream) == [(wire.HAN_ALERT, 0xBEEF, fields + message)]


def test_frame_says_for_which_boot_it_is() -> None:
    framer = Framer()
    for boot in (0xBEEF, 0, 0xFFFF, wire.NO_BOOT):
        fed_one = encode(Frame("GetCounters", 1, {}, boot))
        framer.take(fed_one, len(fed_one))
        assert (framer.next(), framer.boot) == (FRAME, boot)
        assert framer.next() == NEED_MORE


def test_frame_without_its_delimiter_needs_more() -> None:
    framer = Framer()
    assert fed(framer, COUNTERS[:-2]) == []
    assert fed(framer, b"\x00") == [(wire.GET_COUNTERS, 4, b"")]


def test_two_frames_in_the_buffer_come_one_after_the_other() -> None:
    framer = Framer()
    framer.take(COUNTERS, len(COUNTERS))
    framer.take(COUNTERS, len(COUNTERS))
    assert drained(framer) == [(wire.GET_COUNTERS, 4, b"")] * 2


def test_empty_frames_are_skipped_and_are_no_damage() -> None:
    framer = Framer()
    assert seqs(framer, bytes(40) + ALERTS[0] + bytes(40) + ALERTS[1]) == [1, 2]
    assert framer.damaged == 0


def test_longest_message_fits() -> None:
    message = b"\x01" * wire.MAX_MESSAGE_BYTES
    stream = encode(Frame("HanAlert", 5, {"at_ms": 0, "north_next": 0, "message": message}))
    assert fed(Framer(), stream) == [(wire.HAN_ALERT, 5, bytes(8) + message)]


@pytest.mark.parametrize("wrong", [0x00, 0x01, 0xFE, 0xFF])
def test_damaged_byte_within_a_frame_costs_that_frame_only(wrong: int) -> None:
    for number, alert in enumerate(ALERTS):
        others = [seq for seq in (1, 2, 3) if seq != number + 1]
        for place in range(len(alert) - 2):
            damaged = alert[:place] + bytes([wrong]) + alert[place + 1 :]
            stream = b"".join([*ALERTS[:number], damaged, *ALERTS[number + 1 :]])
            expected = [1, 2, 3] if damaged == alert else others
            assert seqs(Framer(), stream) == expected, f"byte {place} of frame {number + 1}"


@pytest.mark.parametrize("place", range(len(ALERTS[0]) - 2))
def test_damaged_frame_is_counted_and_told(place: int) -> None:
    framer = Framer()
    stream = ALERTS[0][:place] + b"\x7d" + ALERTS[0][place + 1 :]
    assert fed(framer, stream) == [None]
    assert framer.damaged == 1


@pytest.mark.parametrize("place", [-1, -2])
def test_damaged_delimiter_costs_one_frame_only(place: int) -> None:
    stream = bytearray(b"".join(ALERTS))
    stream[len(ALERTS[0]) + place] = 0x07
    assert len(seqs(Framer(), bytes(stream))) == 2


def test_lost_byte_costs_one_frame() -> None:
    for place in range(len(ALERTS[1]) - 2):
        stream = ALERTS[0] + ALERTS[1][:place] + ALERTS[1][place + 1 :] + ALERTS[2]
        assert seqs(Framer(), stream) == [1, 3], f"byte {place}"


@pytest.mark.parametrize("length", GARBAGE_BYTES)
def test_frame_after_garbage_of_any_length_is_found(length: int) -> None:
    framer = Framer()
    assert seqs(framer, b"\xaa" * length + b"\x00" + ALERTS[0]) == [1]
    assert framer.damaged == 1


def test_frame_right_behind_garbage_without_a_delimiter_is_lost_and_the_next_is_not() -> None:
    assert seqs(Framer(), b"\xaa" * 5000 + ALERTS[0] + ALERTS[1]) == [2]


def test_there_is_always_room_for_a_cell_once_all_is_drained() -> None:
    framer = Framer()
    for _ in range(300):
        assert framer.has_room()
        framer.take(b"\xaa" * wire.CELL_BYTES, wire.CELL_BYTES)
        assert framer.next() in (NEED_MORE, DAMAGED)


def test_buffer_stays_as_long_as_it_was_made() -> None:
    framer = Framer()
    length = len(framer.buffer)
    fed(framer, b"\xaa" * 3000 + b"\x00" + ALERTS[0])
    assert len(framer.buffer) == length


def test_frame_of_another_version_is_damage() -> None:
    framer = Framer()
    foreign = framed(head(wire.GET_COUNTERS, 1, 0, wire.PROTOCOL_VERSION + 1))
    assert fed(framer, foreign + COUNTERS) == [None, (wire.GET_COUNTERS, 4, b"")]


@pytest.mark.parametrize("length", range(8))
def test_frame_shorter_than_a_header_is_damage(length: int) -> None:
    framer = Framer()
    assert fed(framer, framed(bytes([wire.PROTOCOL_VERSION] * length))) == [None]
    assert framer.damaged == 1


@pytest.mark.parametrize("extra", [-1, 0])
def test_frame_up_to_the_longest_is_taken(extra: int) -> None:
    framer = Framer()
    body = head(wire.HAN_ALERT, 1, 2)
    body += b"\x01" * (LONGEST_BODY_BYTES - HEADER_BYTES - CHECK_BYTES + extra)
    (frame,) = fed(framer, framed(body))
    assert frame is not None and len(frame[2]) == len(body) - HEADER_BYTES


def test_frame_longer_than_what_the_hub_could_answer_with_is_damage() -> None:
    framer = Framer()
    body = head(wire.SET_POLICY, 1, 2)
    body += b"\x01" * (LONGEST_BODY_BYTES - HEADER_BYTES - CHECK_BYTES + 1)
    assert fed(framer, framed(body)) == [None]
