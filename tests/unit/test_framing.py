"""The host's frames: values to bytes and back, and what a receiver makes of damage."""

import json
import struct
import tracemalloc
import zlib
from typing import Any

import pytest
from cobs import cobs

from frame_heads import head
from hubwire import framing, vectors
from hubwire.errors import FieldOutOfRange, FrameDamaged, UnknownKind, UnknownVersion
from hubwire.frames import (
    BY_NAME,
    CELL_BYTES,
    CELLS_BASE,
    CELLS_SUM,
    GREETING,
    NO_BOOT,
    PROTOCOL_VERSION,
)
from hubwire.framing import Frame, Receiver, decode, encode, pad

HELLO_REQUEST = Frame(
    "HelloRequest", 0x0201, {"nonce": 0x00FF1234, "session": 5, "greeting": GREETING}
)
ADVANCE = Frame("Advance", 2, {"at_ms": 5})
COUNTERS = Frame("GetCounters", 3, {})
GOLDEN = [json.loads(line) for line in vectors.lines()]

OF_FRAMING = [tracemalloc.Filter(inclusive=True, filename_pattern=framing.__file__)]


def stretch(kind: int, payload: bytes, version: int = PROTOCOL_VERSION) -> bytes:
    """A good frame without its delimiter, from a payload that need not be of its kind."""
    body = head(kind, 7, 0xB007, version) + payload
    return cobs.encode(body + struct.pack("<I", zlib.crc32(body)))


def kind_of(name: str) -> int:
    return BY_NAME[name].kind


def received(*chunks: bytes) -> list[Any]:
    """What a new receiver makes of these chunks: frames, and of damage its type."""
    receiver = Receiver()
    items = [item for chunk in chunks for item in receiver.feed(chunk)]
    return [item if isinstance(item, Frame) else type(item) for item in items]


# Golden frames.


def test_golden_file_is_as_the_definitions_make_it() -> None:
    text = vectors.PATH.read_text(encoding="utf-8")
    assert text.splitlines() == list(vectors.lines()), "run `python -m hubwire.vectors`"


def test_golden_frames_are_of_every_kind() -> None:
    assert {facts["name"] for facts in GOLDEN} == set(BY_NAME)


@pytest.mark.parametrize("facts", GOLDEN, ids=lambda facts: f"{facts['name']}-{facts['seq']}")
def test_golden_frame_is_what_its_values_are_encoded_to(facts: dict[str, Any]) -> None:
    wire = bytes.fromhex(facts["wire"])
    assert encode(decode(wire[:-2])) == wire


def test_frame_is_header_payload_and_check_sum_in_cobs_and_two_delimiters() -> None:
    capacity = Frame("SetCapacity", 0x0201, {"devices": 0xFF34, "keys": 0x00FE}, 0xB007)
    body = "23227c" + "08" + "0102" + "07b0" + "34ff" + "fe"
    assert encode(capacity).hex() == "0c" + body + "05" + "4c803e80" + "0000"


def test_frame_comes_back_with_the_boot_that_it_is_for() -> None:
    frame = Frame("GetCounters", 3, {}, 0xB007)
    assert decode(encode(frame)[:-2]) == frame


def test_frame_of_a_sender_who_knows_no_boot_says_so() -> None:
    assert decode(encode(COUNTERS)[:-2]).boot == NO_BOOT


def test_sequence_number_goes_round_at_65536() -> None:
    assert decode(encode(Frame("GetCounters", 65537, {}))[:-2]).seq == 1


# Values that do not fit.


@pytest.mark.parametrize(
    "values",
    [
        {"north_next": 0, "message": b""},
        {"at_ms": -1, "north_next": 0, "message": b""},
        {"at_ms": 1 << 48, "north_next": 0, "message": b""},
        {"at_ms": 0.5, "north_next": 0, "message": b""},
        {"at_ms": "0", "north_next": 0, "message": b""},
        {"at_ms": 0, "north_next": 0, "message": "text"},
    ],
    ids=["missing", "one below", "one above", "fraction", "text", "text for bytes"],
)
def test_value_that_its_field_cannot_hold_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(FieldOutOfRange, match="HanAlert"):
        encode(Frame("HanAlert", 1, values))


@pytest.mark.parametrize("at_ms", [0, (1 << 48) - 1])
def test_least_and_largest_value_of_a_field_are_taken(at_ms: int) -> None:
    frame = Frame("HanAlert", 1, {"at_ms": at_ms, "north_next": 0, "message": b"\x00"})
    assert decode(encode(frame)[:-2]) == frame


def test_entry_without_all_its_fields_is_refused() -> None:
    with pytest.raises(FieldOutOfRange, match="HanAck"):
        encode(Frame("HanAck", 1, {"alert_seq": 1, "entries": [{"verdict": 1}]}))


# Frames that cannot be read.


def test_unknown_version_is_told_with_both_versions() -> None:
    with pytest.raises(
        UnknownVersion, match=f"version {PROTOCOL_VERSION + 1};.* speaks {PROTOCOL_VERSION}"
    ):
        decode(stretch(kind_of("GetCounters"), b"", version=PROTOCOL_VERSION + 1))


def test_unknown_kind_is_told_with_its_number() -> None:
    with pytest.raises(UnknownKind, match="kind 0x7F"):
        decode(stretch(0x7F, b""))


def test_frame_shorter_than_header_and_check_sum_is_damage() -> None:
    with pytest.raises(FrameDamaged, match="11 bytes, at least 12"):
        decode(cobs.encode(bytes(11)))


def test_bytes_that_are_not_cobs_are_damage_and_are_shown() -> None:
    with pytest.raises(FrameDamaged, match=r"not COBS.*2 bytes: 05 01"):
        decode(b"\x05\x01")


def test_wrong_check_sum_is_told_with_both_sums() -> None:
    body = head(kind_of("GetCounters"), 7, 0) + b"\x78\x56\x34\x12"
    with pytest.raises(FrameDamaged, match="the frame says 12345678"):
        decode(cobs.encode(body))


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("Advance", bytes(5)),
        ("Advance", bytes(7)),
        ("GetCounters", bytes(1)),
        ("HanAlert", bytes(7)),
        ("HanAck", bytes(4 + 7 + 6)),
        ("SetPolicy", bytes(41)),
    ],
)
def test_payload_that_is_not_of_its_kind_is_damage(name: str, payload: bytes) -> None:
    with pytest.raises(FrameDamaged, match=name):
        decode(stretch(kind_of(name), payload))


@pytest.mark.parametrize("wrong", [0x00, 0x01, 0xFF])
def test_damaged_byte_is_noticed_wherever_it_is(wrong: int) -> None:
    wire = encode(HELLO_REQUEST)
    for place, byte in enumerate(wire[:-2]):
        damaged = wire[:place] + bytes([wrong]) + wire[place + 1 :]
        assert byte == wrong or HELLO_REQUEST not in received(damaged)


@pytest.mark.parametrize("place", [-1, -2])
def test_damaged_delimiter_costs_one_frame_only(place: int) -> None:
    stream = bytearray(encode(ADVANCE) + encode(COUNTERS) + encode(ADVANCE))
    stream[len(encode(ADVANCE)) + place] = 0x07
    frames = [item for item in received(bytes(stream)) if isinstance(item, Frame)]
    assert len(frames) == 2


# The receiver.


def test_two_frames_in_one_chunk_are_two_frames() -> None:
    assert received(encode(ADVANCE) + encode(COUNTERS)) == [ADVANCE, COUNTERS]


def test_frame_that_comes_byte_by_byte_is_one_frame() -> None:
    assert received(*(bytes([byte]) for byte in encode(ADVANCE))) == [ADVANCE]


def test_frame_without_its_delimiter_is_not_yet_a_frame() -> None:
    assert received(encode(ADVANCE)[:-2]) == []


def test_empty_frames_are_skipped() -> None:
    assert received(b"\x00\x00" + encode(ADVANCE) + b"\x00" * 20) == [ADVANCE]


def test_damage_between_two_frames_costs_neither() -> None:
    stream = encode(ADVANCE) + b"\x09rubbish\x00" + encode(COUNTERS)
    assert received(stream) == [ADVANCE, FrameDamaged, COUNTERS]


def test_frame_of_another_version_does_not_stop_the_receiver() -> None:
    foreign = stretch(kind_of("GetCounters"), b"", version=PROTOCOL_VERSION + 1) + b"\x00"
    assert received(foreign + encode(ADVANCE)) == [UnknownVersion, ADVANCE]


def test_garbage_of_any_length_is_one_damage_and_the_frame_after_it_is_found() -> None:
    chunks = [b"\xaa" * 1000] * 100
    assert received(*chunks, b"\x00" + encode(ADVANCE)) == [FrameDamaged, ADVANCE]


def test_garbage_in_one_chunk_is_one_damage_and_the_frame_after_it_is_found() -> None:
    stream = b"\xaa" * 100_000 + b"\x00" + encode(ADVANCE)
    assert received(stream) == [FrameDamaged, ADVANCE]


def test_garbage_of_100_kb_costs_constant_memory() -> None:
    receiver = Receiver()
    chunk = b"\xaa" * 1000
    tracemalloc.start()
    kept_bytes = []
    for _ in range(100):
        list(receiver.feed(chunk))
        traces = tracemalloc.take_snapshot().filter_traces(OF_FRAMING)  # other threads run too
        kept_bytes.append(sum(trace.size for trace in traces.traces))
    tracemalloc.stop()
    assert 0 < max(kept_bytes) < 5_000


def test_longest_message_goes_through_the_receiver() -> None:
    report = ("overload_id", "throttled_seq", "throttled_count", "total_suppressed")
    numbers = dict.fromkeys(("carries", *report, "taken"), 0)
    values = {"at_ms": 1, **numbers, "message": b"\x01" * 1024}
    frame = Frame("WanAlert", 9, values)
    assert received(encode(frame)) == [frame]


# Padding.


@pytest.mark.parametrize("length", [*range(18), 228, 229, 230, 1024])
@pytest.mark.parametrize("byte", [b"\x00", b"\x01"])
def test_frame_is_padded_with_delimiters_to_as_many_cells_as_its_header_says(
    length: int, byte: bytes
) -> None:
    burst = encode(Frame("HanAlert", 1, {"at_ms": 0, "north_next": 0, "message": byte * length}))
    padded = pad(burst)
    assert padded == burst + bytes(len(padded) - len(burst))
    assert len(padded) == (burst[2] - CELLS_BASE) * CELL_BYTES < len(burst) + CELL_BYTES + 1
    assert burst[2] + burst[3] == CELLS_SUM
