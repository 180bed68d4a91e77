"""Any bytes into what reads frames: no exception but the documented ones, no memory that grows.

On the host's side the receiver, on the device's the framer, and behind it a whole hub. What was
fed before must not matter to the good frame that comes after it.
"""

import gc
import secrets
import tracemalloc
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from commshub import framer as framing
from commshub import wire
from commshub.framer import LONGEST_WIRE_BYTES, Framer
from fuzz_inputs import (
    FRAMES,
    good_frames,
    random_frame,
    stretches,
    with_true_hint,
)
from fuzzed_hub import FuzzedHub
from hub_feed import HubFeed, golden_values, hub_steps
from hubwire.errors import (
    FieldOutOfRange,
    FrameDamaged,
    UnknownKind,
    UnknownVersion,
)
from hubwire.frames import BY_NAME
from hubwire.framing import Frame, Receiver, decode, encode
from stormbench.link.key_state import key_state
from stormbench.link.northbound import northbound

HELLO = FRAMES[0]
KEY = bytes(range(32))
DOCUMENTED = (FrameDamaged, UnknownVersion, UnknownKind, FieldOutOfRange)
LONGEST_KEPT_BYTES = 1200
"""Of the receiver: the longest message, its numbers and COBS."""

pieces = st.lists(st.integers(1, 1500), min_size=1, max_size=8)
streams = st.lists(stretches, max_size=8).map(b"".join) | st.lists(stretches, max_size=8).map(
    b"\x00".join
)


def cut(stream: bytes, lengths: list[int]) -> list[bytes]:
    """The stream in pieces of these lengths, again and again."""
    found = []
    while stream:
        length = lengths[len(found) % len(lengths)]
        found.append(stream[:length])
        stream = stream[length:]
    return found


def kept_bytes(receiver: Receiver) -> int:
    """The bytes that a receiver holds, in whatever it holds them."""
    return sum(
        len(held) for held in vars(receiver).values() if isinstance(held, bytes | bytearray)
    )


def into_framer(framer: Framer, stream: bytes) -> int:
    """Feeds all of the stream; how many good frames there were."""
    frames = 0
    for cell in cut(stream, [wire.CELL_BYTES]):
        framer.take(cell, len(cell))
        while (found := framer.next()) != framing.NEED_MORE:
            frames += found == framing.FRAME
    return frames


# The host's side.


@given(streams, pieces)
def test_receiver_answers_with_frames_and_documented_damage_and_nothing_else(
    stream: bytes, lengths: list[int]
) -> None:
    receiver = Receiver()
    for piece in cut(stream, lengths):
        for item in receiver.feed(piece):
            assert isinstance(item, Frame) or type(item) in DOCUMENTED
        assert kept_bytes(receiver) <= LONGEST_KEPT_BYTES
    *_, last = receiver.feed(b"\x00" + HELLO)
    assert last == decode(HELLO[:-2])


@given(good_frames)
def test_good_frame_is_read_whole_or_refused(stretch: bytes) -> None:
    try:
        frame = decode(stretch[:-2])
    except DOCUMENTED:
        return
    assert encode(frame) == with_true_hint(stretch)


@given(good_frames)
def test_whatever_is_read_has_a_plain_value(stretch: bytes) -> None:
    """Numbers outside their tables end in the decoder, not in a KeyError behind it."""
    for frame in Receiver().feed(stretch):
        if isinstance(frame, Frame):
            northbound(frame)
            if frame.name == "KeyState":
                key_state(frame)


_anything: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 1 << 50)
    | st.floats()
    | st.text(max_size=9)
    | st.binary(max_size=9)
    | st.binary(min_size=8, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(st.sampled_from(sorted(BY_NAME)), st.data())
def test_values_of_any_type_are_written_or_refused(name: str, data: st.DataObject) -> None:
    values = dict(golden_values(name))
    for field in data.draw(st.lists(st.sampled_from([*values, "no field"]), max_size=3)):
        values[field] = data.draw(_anything)
    try:
        written = encode(Frame(name, data.draw(st.integers(0, 1 << 17)), values))
    except FieldOutOfRange:
        return
    values.pop("no field", None)
    assert dict(decode(written[:-2]).values) == values


# The device's side.


@given(streams)
def test_framer_takes_any_bytes_and_finds_the_good_frame_behind_them(stream: bytes) -> None:
    framer = Framer()
    into_framer(framer, stream)
    assert into_framer(framer, b"\x00" + HELLO) == 1
    assert len(framer.buffer) == LONGEST_WIRE_BYTES + wire.CELL_BYTES


@given(st.lists(stretches, max_size=8))
def test_receiver_and_framer_find_the_same_frames_that_a_hub_may_be_sent(
    sent: list[bytes],
) -> None:
    """What the host's side takes the device's side takes; it leaves payloads to the hub."""
    stream = b"\x00".join(sent)
    host = [item for item in Receiver().feed(stream + b"\x00") if isinstance(item, Frame)]
    assert into_framer(Framer(), stream + b"\x00") >= len(host)


# A whole hub.


@given(hub_steps)
def test_hub_answers_whatever_it_was_told_before(steps: list[Any]) -> None:
    feed = HubFeed()
    for step in steps:
        note(f"{step}")
        feed.take(step)
    feed.expect_alive()


@given(hub_steps)
def test_hub_with_a_key_does_nothing_that_it_is_told_without_it(steps: list[Any]) -> None:
    feed = HubFeed(lambda on_said: FuzzedHub(on_said, KEY))
    behaviour = feed.behaviour()
    for step in steps:
        note(f"{step}")
        feed.take(step)
    assert feed.behaviour() == behaviour


# Memory.


SLACK_BYTES = 2048
"""What CPython keeps for itself from run to run: free lists, the last traceback. A stretch has
some 200 bytes, so one in a hundred that were kept would show."""


def growth_bytes(
    feed: Callable[[bytes], object], rest: Callable[[], object], seed: int, stretches: int = 2000
) -> int:
    """What so many random stretches more add to the memory in use, after as many."""
    random = Random(seed)
    before, after = ([random_frame(random) for _ in range(stretches)] for _ in range(2))
    tracemalloc.start()
    try:
        in_use_bytes = []
        for octets_fed in before, after:
            for octets in octets_fed:
                feed(octets)
            rest()
            gc.collect()
            in_use_bytes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    return in_use_bytes[1] - in_use_bytes[0]


def receiver_growth_bytes(seed: int, stretches: int = 2000) -> int:
    receiver = Receiver()

    def feed(octets: bytes) -> None:
        for _ in receiver.feed(octets):
            pass

    return growth_bytes(feed, lambda: feed(b"\x00"), seed, stretches)


def hub_growth_bytes(seed: int, stretches: int = 2000) -> int:
    """At rest a hub's tables are empty and its policy is the same; so is what it then holds."""
    feed = HubFeed()
    grown = growth_bytes(feed.octets, feed.rest, seed, stretches)
    assert feed.expect_alive()["received"] > stretches // 10
    return grown


def test_receiver_does_not_grow() -> None:
    assert receiver_growth_bytes(seed=1) < SLACK_BYTES


def test_hub_does_not_grow() -> None:
    assert hub_growth_bytes(seed=2) < SLACK_BYTES


@pytest.mark.soak
@pytest.mark.parametrize("growth", [receiver_growth_bytes, hub_growth_bytes])
def test_nothing_grows_in_a_long_feed(growth: Callable[[int, int], int]) -> None:
    seed = secrets.randbits(32)
    assert growth(seed, 30_000) < SLACK_BYTES, f"seed {seed}"
