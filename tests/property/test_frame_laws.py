"""Laws of the link's frames, over random frames of every kind and random bytes.

Two codecs are held together: construct on the host's side, struct and viper's lines on the
device's. What a frame may hold is derived from the definitions, so a new kind is in at once.
"""

import struct
from typing import Any

import pytest
from construct import Bytes, GreedyBytes, GreedyRange, Int8ul, Int16ul, Int32ul, Struct
from hypothesis import given, settings
from hypothesis import strategies as st

from commshub import framer as framing
from commshub import wire
from commshub.framer import Framer
from commshub.gbcs import ALERT, NOT_AN_ALERT, UNREADABLE, AlertReader
from commshub.outbox import Outbox
from hubwire import vectors
from hubwire.errors import ProtocolError
from hubwire.field_values import unwrapped
from hubwire.frames import BY_NAME, DEFINITIONS, HUB, MAX_MESSAGE_BYTES, TABLES, U48
from hubwire.framing import Frame, Receiver, decode, encode
from hubwire.gbcs import encode as encode_message
from hubwire.gbcs_make import Recipe, make
from hubwire.generate import upper_case
from stormbench.hub.sim import SimPort

at_most_100 = settings(max_examples=100, deadline=None)
at_most_20_a_kind = settings(max_examples=20, deadline=None)
_BITS = {Int8ul: 8, Int16ul: 16, Int32ul: 32, U48: 48}
_octets = st.one_of(
    st.binary(max_size=80),
    st.builds(lambda byte, count: bytes([byte]) * count, st.integers(0, 255), st.integers(0, 600)),
    st.builds(lambda part: (part * 1024)[:MAX_MESSAGE_BYTES], st.binary(min_size=1, max_size=9)),
)
_name = st.binary(max_size=80)
"""Of a board: behind the fields of a Hello the longest message would be too much."""
_repeated = st.builds(
    lambda byte, count: bytes([byte]) * count, st.integers(0, 255), st.integers(900, 3000)
)
_long_octets = st.one_of(_octets, _repeated)
"""Up to more than a hub has room for."""

NAMES = [definition.name for definition in DEFINITIONS]
LEAVES = "EnterRepl"
HUBS_NAMES = [definition.name for definition in DEFINITIONS if definition.sender == HUB]
MESSAGES = [
    encode_message(make(Recipe(code=code, payload=payload)))
    for code in (0x8F3E, 0x8154)
    for payload in (None, "gbz", "asn1")  # type: Any
]


def values_of(layout: Any, place: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any values that the fields of a layout can hold; `place` is the name of its frame."""
    return st.fixed_dictionaries({field.name: value_of(field, place) for field in layout.subcons})


def value_of(field: Any, place: str) -> st.SearchStrategy[Any]:
    kind = unwrapped(field)
    if (place, field.name) in TABLES:
        return st.sampled_from(sorted(TABLES[place, field.name]))
    if kind in _BITS:
        return st.integers(0, (1 << _BITS[kind]) - 1)
    if isinstance(kind, Bytes):
        return st.binary(min_size=kind.length, max_size=kind.length)
    if kind is GreedyBytes:
        return _name if place == "Hello" else _octets
    if isinstance(kind, Struct):
        return values_of(kind, place)
    assert isinstance(kind, GreedyRange), kind
    return st.lists(value_of(kind.subcon, f"{place}.{field.name}"), max_size=40)


def frames_of(name: str) -> st.SearchStrategy[Frame]:
    numbers = st.integers(0, 0xFFFF)
    values = values_of(BY_NAME[name].layout, name)
    return st.builds(Frame, st.just(name), numbers, values, numbers)


any_frame = st.sampled_from(NAMES).flatmap(frames_of)
cuts = st.lists(st.integers(1, wire.CELL_BYTES), min_size=1, max_size=50)


def pieces(stream: bytes, lengths: list[int]) -> list[bytes]:
    """The stream in pieces of these lengths, again and again."""
    found = []
    while stream:
        length = lengths[len(found) % len(lengths)]
        found.append(stream[:length])
        stream = stream[length:]
    return found


def as_device_sees(frame: Frame) -> tuple[int, int, bytes]:
    """(kind, seq, payload)"""
    definition = BY_NAME[frame.name]
    return definition.kind, frame.seq, definition.layout.build(dict(frame.values))


def by_device(stream: bytes, lengths: list[int]) -> list[tuple[int, int, bytes]]:
    """What the device's framer makes of the stream; damage is left out."""
    framer = Framer()
    found = []
    for piece in pieces(stream, lengths):
        assert framer.has_room()
        framer.take(piece, len(piece))
        while (answer := framer.next()) != framing.NEED_MORE:
            if answer == framing.FRAME:
                payload = bytes(framer.buffer[framer.start : framer.end])
                found.append((framer.kind, framer.seq, payload))
    return found


def by_host(stream: bytes, lengths: list[int]) -> list[Frame]:
    """What the host's receiver makes of the stream; damage is left out."""
    receiver = Receiver()
    items = [item for piece in pieces(stream, lengths) for item in receiver.feed(piece)]
    assert all(isinstance(item, Frame | ProtocolError) for item in items)
    return [item for item in items if isinstance(item, Frame)]


def fixed_values(frame: Frame) -> tuple[list[Any], bytes]:
    """The values for the device's struct format, and the variable part as bytes."""
    fixed: list[Any] = []
    tail = b""
    for field in BY_NAME[frame.name].layout.subcons:
        kind, value = unwrapped(field), frame[field.name]
        if kind is U48:
            fixed += [value & 0xFFFFFFFF, value >> 32]
        elif kind is GreedyBytes or isinstance(kind, GreedyRange):
            tail = kind.build(value)
        else:
            fixed.append(value)
    return fixed, tail


def by_outbox(frame: Frame) -> bytes:
    """The first frame of an outbox that is told to send these values."""
    written: list[bytes] = []
    outbox = Outbox(lambda buffer, length: written.append(bytes(buffer[:length])))
    constant = upper_case(frame.name)
    form = getattr(wire, constant + "_FORMAT", "<")
    fixed, tail = fixed_values(frame)
    outbox.send_with(tail, 0, len(tail), getattr(wire, constant), form, *fixed)
    return written[0]


# Codecs.


@pytest.mark.parametrize("name", NAMES)
@at_most_20_a_kind
@given(data=st.data())
def test_what_is_encoded_is_decoded_to_itself(name: str, data: st.DataObject) -> None:
    frame = data.draw(frames_of(name))
    assert decode(encode(frame)[:-2]) == frame


@pytest.mark.parametrize("name", NAMES)
@at_most_20_a_kind
@given(data=st.data())
def test_what_is_decoded_is_encoded_to_itself(name: str, data: st.DataObject) -> None:
    payload = as_device_sees(data.draw(frames_of(name)))[2]
    seq, boot = data.draw(st.integers(0, 0xFFFF)), data.draw(st.integers(0, 0xFFFF))
    stretch = vectors.wire(BY_NAME[name], seq, boot, payload)
    assert encode(decode(stretch[:-2])) == stretch


@at_most_100
@given(any_frame)
def test_frame_holds_no_delimiter_but_at_its_end(frame: Frame) -> None:
    stretch = encode(frame)
    assert stretch.index(0) == len(stretch) - 2


@pytest.mark.parametrize("name", HUBS_NAMES)
@at_most_20_a_kind
@given(data=st.data())
def test_outbox_writes_what_the_host_would(name: str, data: st.DataObject) -> None:
    frame = Frame(name, 0, data.draw(values_of(BY_NAME[name].layout, name)))
    assert by_outbox(frame) == encode(frame)


@pytest.mark.parametrize("name", NAMES)
@at_most_20_a_kind
@given(data=st.data())
def test_device_unpacks_what_the_host_packs(name: str, data: st.DataObject) -> None:
    frame = data.draw(frames_of(name))
    ((kind, seq, payload),) = by_device(encode(frame), [wire.CELL_BYTES])
    form = getattr(wire, upper_case(name) + "_FORMAT", "<")
    fixed, tail = fixed_values(frame)
    assert (kind, seq) == (getattr(wire, upper_case(name)), frame.seq)
    assert list(struct.unpack_from(form, payload)) == fixed
    assert payload[struct.calcsize(form) :] == tail


# Streams.


@at_most_100
@given(st.lists(any_frame, max_size=6), cuts)
def test_stream_gives_the_same_frames_however_it_is_cut(
    sent: list[Frame], lengths: list[int]
) -> None:
    stream = b"".join(map(encode, sent))
    assert by_host(stream, lengths) == sent
    assert by_device(stream, lengths) == [as_device_sees(frame) for frame in sent]


@at_most_100
@given(st.lists(st.tuples(_long_octets, any_frame), max_size=5), _long_octets, cuts)
def test_garbage_loses_no_frame_that_begins_behind_a_delimiter(
    sent: list[tuple[bytes, Frame]], last: bytes, lengths: list[int]
) -> None:
    stream = b"".join(garbage + b"\x00" + encode(frame) for garbage, frame in sent) + last
    frames = [frame for _, frame in sent]
    assert by_host(stream, lengths) == frames
    assert by_device(stream, lengths) == [as_device_sees(frame) for frame in frames]


@at_most_100
@given(any_frame, any_frame, any_frame, st.data())
def test_changed_byte_of_a_frame_costs_no_other_frame(
    before: Frame, hit: Frame, after: Frame, data: st.DataObject
) -> None:
    stretch = bytearray(encode(hit))
    stretch[data.draw(st.integers(0, len(stretch) - 3))] ^= data.draw(st.integers(1, 255))
    stream = encode(before) + bytes(stretch) + encode(after)
    assert by_host(stream, [16]) == [before, after]
    assert by_device(stream, [16]) == [as_device_sees(before), as_device_sees(after)]


@at_most_100
@given(st.lists(_long_octets, max_size=12), cuts)
def test_no_bytes_at_all_raise_anything(parts: list[bytes], lengths: list[int]) -> None:
    stream = b"\x00".join(parts)
    by_host(stream, lengths)
    by_device(stream, lengths)


@at_most_100
@given(st.sampled_from(NAMES), _octets, st.data())
def test_payload_of_any_length_is_a_frame_or_damage(
    name: str, payload: bytes, data: st.DataObject
) -> None:
    """The check sum is right, so nothing but the length can be wrong."""
    layout = BY_NAME[name].layout
    payload = data.draw(st.one_of(st.just(payload), values_of(layout, name).map(layout.build)))
    for frame in by_host(vectors.wire(BY_NAME[name], 0, 0, payload), [16]):
        assert as_device_sees(frame)[2] == payload


@at_most_100
@given(st.lists(any_frame, min_size=1, max_size=4), st.data())
def test_changed_byte_anywhere_costs_one_frame_at_most(
    sent: list[Frame], data: st.DataObject
) -> None:
    stream = bytearray(b"".join(map(encode, sent)))
    stream[data.draw(st.integers(0, len(stream) - 1))] ^= data.draw(st.integers(1, 255))
    assert len(by_host(bytes(stream), [16])) >= len(sent) - 1
    assert len(by_device(bytes(stream), [16])) >= len(sent) - 1


# What the frames reach.


@at_most_100
@given(st.lists(st.tuples(st.sampled_from(sorted({*NAMES} - {LEAVES})), _long_octets), max_size=5))
def test_no_good_frame_with_any_payload_brings_the_hub_down(
    sent: list[tuple[str, bytes]],
) -> None:
    """But the one that asks for it. Others may restart the hub, which says so."""
    port = SimPort()
    boot = boot_told(port)
    for name, payload in sent:
        port.write(vectors.wire(BY_NAME[name], 7, boot, payload))
        boot = boot_told(port) or boot
    port.write(encode(Frame("GetCounters", 8, {}, boot)))
    assert by_host(port.read(0), [1 << 20])[-1].name == "Counters"


def boot_told(port: SimPort) -> int:
    """The boot of the last Hello that the hub has said, 0 where it has said none."""
    said = by_host(port.read(0), [1 << 20])
    boots = [frame.boot for frame in said if frame.name == "Hello"]
    return boots[-1] if boots else 0


def test_hub_that_is_to_leave_for_the_repl_answers_and_is_gone() -> None:
    port = SimPort()
    boot = boot_told(port)
    for frame in Frame(LEAVES, 7, {}, boot), Frame("GetCounters", 8, {}, boot):
        port.write(encode(frame))
    assert [frame.name for frame in by_host(port.read(0), [1 << 20])] == ["Result"]


@at_most_100
@given(
    st.one_of(
        _octets,
        st.tuples(st.sampled_from(MESSAGES), st.integers(0, 200), st.binary(max_size=4)).map(
            lambda drawn: drawn[0][: drawn[1]] + drawn[2] + drawn[0][drawn[1] + len(drawn[2]) :]
        ),
        st.builds(
            lambda message, end: message[:end], st.sampled_from(MESSAGES), st.integers(0, 90)
        ),
    )
)
def test_no_message_makes_the_reader_look_beyond_it(message: bytes) -> None:
    reader = AlertReader()
    found = reader.read(message, 0, len(message))
    assert found in (ALERT, NOT_AN_ALERT, UNREADABLE)
    assert AlertReader().read(message + b"\xff" * 600, 0, len(message)) == found
