"""What a field of a frame can hold: asked when a frame is written, and when one was read."""

import struct
import zlib
from typing import Any

import pytest
from cobs import cobs

from commshub import framer, octets, policy, wire
from frame_heads import head
from hubwire.errors import FieldOutOfRange, FrameDamaged, UnknownKind
from hubwire.field_values import unwrapped
from hubwire.frames import BY_NAME, HUB, MAX_PAYLOAD_BYTES, TABLES
from hubwire.framing import Frame, Receiver, decode, encode
from hubwire.generate import fields_of
from hubwire.vectors import payloads


def golden(name: str) -> dict[str, Any]:
    """Values that a frame of this name can hold."""
    definition = BY_NAME[name]
    payload = next(payload for other, payload in payloads() if other is definition)
    return dict(decode(stretch(name, payload)).values)


def stretch(name: str, payload: bytes) -> bytes:
    """A good frame without its delimiters, whatever is in it."""
    body = head(BY_NAME[name].kind, 0, 0) + payload
    return cobs.encode(body + struct.pack("<I", zlib.crc32(body)))


def refused(name: str, **values: Any) -> str:
    """Why a frame with these values cannot be written."""
    with pytest.raises(FieldOutOfRange) as caught:
        encode(Frame(name, 1, values))
    return str(caught.value)


# Writing.


@pytest.mark.parametrize("wrong", [None, 5, "text", 1.5, [None], object()])
@pytest.mark.parametrize(
    ("name", "field"),
    [("HanAlert", "message"), ("GetKey", "originator"), ("SetPolicy", "codes"), ("Log", "text")],
)
def test_value_of_another_type_is_refused_by_the_name_of_its_field(
    name: str, field: str, wrong: Any
) -> None:
    told = refused(name, **{**golden(name), field: wrong})
    assert told.startswith(f"{name}.{field}: expected ") and "got " in told


@pytest.mark.parametrize("wrong", [None, "1", 1.0, [1], -1, 1 << 48])
def test_number_that_does_not_fit_is_told_with_what_does(wrong: Any) -> None:
    told = refused("Advance", at_ms=wrong)
    assert told == (
        f"Advance.at_ms: expected a whole number from 0 to {(1 << 48) - 1}, got {wrong!r}"
    )


def test_value_that_is_missing_is_told_by_the_name_of_its_field() -> None:
    assert refused("GetKey", originator=bytes(8), target=bytes(8)).startswith("GetKey.code: ")


@pytest.mark.parametrize("entry", [5, "a", None, {}, {"verdict": 9, "at_ms": 0}])
def test_entry_that_does_not_fit_is_refused(entry: Any) -> None:
    assert refused("HanAck", **{**golden("HanAck"), "entries": [entry]}).startswith(
        "HanAck.entries"
    )


@pytest.mark.parametrize("values", [None, 5, [("at_ms", 1)], "at_ms"])
def test_values_that_are_not_by_field_are_refused(values: Any) -> None:
    with pytest.raises(FieldOutOfRange, match="Advance: expected values by field"):
        encode(Frame("Advance", 1, values))


@pytest.mark.parametrize("seq", [None, "1", 1.5])
def test_sequence_number_that_is_none_is_refused(seq: Any) -> None:
    with pytest.raises(FieldOutOfRange, match="GetPolicy: seq: expected a whole number"):
        encode(Frame("GetPolicy", seq, {}))


@pytest.mark.parametrize("boot", [None, "1", -1, 1 << 16])
def test_boot_that_is_none_is_refused(boot: Any) -> None:
    with pytest.raises(FieldOutOfRange, match="GetPolicy: boot: expected 0 to 65535"):
        encode(Frame("GetPolicy", 1, {}, boot))


def test_frame_that_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownKind, match="'NoSuchFrame'"):
        encode(Frame("NoSuchFrame", 1, {}))


@pytest.mark.parametrize("name", ["HanAlert", "WanAlert"])
def test_message_longer_than_the_link_carries_is_refused(name: str) -> None:
    fitting = {**golden(name), "message": bytes(wire.MAX_MESSAGE_BYTES)}
    assert decode(encode(Frame(name, 1, fitting))[:-2]).values == fitting
    told = refused(name, **{**fitting, "message": bytes(wire.MAX_MESSAGE_BYTES + 1)})
    assert told.startswith(f"{name}.message: expected at most 1024 bytes, got 1025 bytes")


def test_more_codes_than_a_frame_has_room_for_are_refused() -> None:
    room = (MAX_PAYLOAD_BYTES - wire.SET_POLICY_BYTES) // wire.SET_POLICY_ENTRY_BYTES
    fitting = {**golden("SetPolicy"), "codes": [7] * room}
    encode(Frame("SetPolicy", 1, fitting))
    assert str(MAX_PAYLOAD_BYTES) in refused("SetPolicy", **{**fitting, "codes": [7] * 600})
    assert room >= policy.MOST_CODES


def test_hub_has_room_for_every_frame_that_can_be_written() -> None:
    longest_body_bytes = framer.LONGEST_BODY_BYTES - framer.HEADER_BYTES - octets.CHECK_BYTES
    assert longest_body_bytes == MAX_PAYLOAD_BYTES


# Reading.


@pytest.mark.parametrize(("place", "field"), TABLES, ids=str)
def test_number_outside_its_table_is_not_read(place: str, field: str) -> None:
    name = place.partition(".")[0]
    at, payload = payload_of(place, field)
    known = bytearray(payload)
    assert isinstance(decode(stretch(name, bytes(known))), Frame)
    known[at] = 77
    with pytest.raises(FieldOutOfRange) as caught:
        decode(stretch(name, bytes(known)))
    shown = ", ".join(f"{key} {word}".strip() for key, word in TABLES[place, field].items())
    assert str(caught.value) == f"{place}.{field}: expected {shown}, got 77"


def payload_of(place: str, field: str) -> tuple[int, bytes]:
    """Where a field lies in a payload that can be read, and the payload."""
    name, _, entries = place.partition(".")
    definition = BY_NAME[name]
    payload = [payload for other, payload in payloads() if other is definition][-1]
    at = 0
    layout = definition.layout
    if entries:
        at = struct.calcsize(wire.HAN_ACK_FORMAT)
        layout = unwrapped(unwrapped(layout.subcons[-1]).subcon)
    for found in fields_of(layout):
        if found.name == field:
            return at, payload
        at += struct.calcsize("<" + found.code)
    raise AssertionError(f"{place} has no field {field}")


def test_message_longer_than_the_link_carries_is_not_read() -> None:
    payload = bytes(wire.HAN_ALERT_BYTES + wire.MAX_MESSAGE_BYTES + 1)
    with pytest.raises(FieldOutOfRange, match=r"HanAlert\.message: expected at most 1024 bytes"):
        decode(stretch("HanAlert", payload))


@pytest.mark.parametrize("name", ["Log", "HanAck", "Policy"])
def test_frame_longer_than_any_that_can_be_written_is_damage(name: str) -> None:
    form = wire.HAN_ACK_FORMAT if name == "HanAck" else wire.POLICY_FORMAT
    longer = struct.calcsize(form) + 7 * 200
    with pytest.raises(FrameDamaged, match=f"at most {MAX_PAYLOAD_BYTES}"):
        decode(stretch(name, bytes(longer)))


def test_receiver_hands_out_the_refusal_and_goes_on() -> None:
    rest = bytes(struct.calcsize(wire.RESULT_FORMAT) - 4)
    unknown = stretch("Result", bytes([1, 0, 0, 9]) + rest) + b"\x00"
    hello = Frame("HelloRequest", 1, golden("HelloRequest"))
    refusal, frame = Receiver().feed(unknown + encode(hello))
    assert isinstance(refusal, FieldOutOfRange) and frame == hello


def test_what_the_host_says_is_for_the_hub_to_check() -> None:
    assert all(BY_NAME[place.partition(".")[0]].sender == HUB for place, _ in TABLES)


# Damage.


@pytest.mark.parametrize(
    "octets",
    [b"Traceback (most recent call last):\r\n", b"\x03\x01", stretch("GetPolicy", b"more")],
    ids=["text", "too short", "too long for its kind"],
)
def test_damage_bears_the_bytes_that_came(octets: bytes) -> None:
    with pytest.raises(FrameDamaged) as caught:
        decode(octets)
    assert caught.value.stretch == octets


def test_damage_that_is_longer_than_any_frame_bears_its_beginning() -> None:
    (damage,) = Receiver().feed(b"MicroPython v1.25.0; " * 1000 + b"\x00")
    assert isinstance(damage, FrameDamaged)
    assert damage.stretch.startswith(b"MicroPython v1.25.0; ") and len(damage.stretch) < 2000
