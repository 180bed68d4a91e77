"""Any bytes into what reads GBCS messages: the host's decoder and the device's reader.

`test_gbcs_laws` changes alerts that we make; here the golden messages of every form are damaged in
every way, and damage is aimed deeper by how far the decoder came.
"""

import gc
import secrets
import tracemalloc
from random import Random

import pytest
from hypothesis import given, target
from hypothesis import strategies as st

from commshub.gbcs import ALERT, CODE, NOT_AN_ALERT, UNREADABLE, AlertReader
from fuzz_inputs import MESSAGES, damaged, random_message, some_octets
from hubwire import gbcs
from hubwire.errors import MessageDamaged, NotAnAlert
from hubwire.gbcs import Alert, decode, encode

messages = st.one_of(damaged(MESSAGES), damaged(MESSAGES), some_octets)


class Bounded:
    """Bytes of which only those from `start` to `end` may be looked at."""

    def __init__(self, octets: bytes, start: int, end: int) -> None:
        self._octets = octets
        self._bounds = range(start, end)

    def __getitem__(self, place: int) -> int:
        assert place in self._bounds, f"byte {place}, of {self._bounds}"
        return self._octets[place]


def by_host(message: bytes | bytearray | memoryview) -> Alert | MessageDamaged:
    """What the host's decoder makes of it; anything else that it raises leaves this."""
    try:
        return decode(message)
    except MessageDamaged as error:
        return error


def by_device(message: bytes) -> tuple[int, AlertReader]:
    """What the device's reader makes of it, in the middle of a buffer."""
    reader = AlertReader()
    buffer = Bounded(b"\xdd\xdf" + message + b"\xff" * 70, 2, 2 + len(message))
    return reader.read(buffer, 2, 2 + len(message)), reader


# The host's decoder.


@given(messages)
def test_decoder_reads_an_alert_or_says_where_it_is_damaged(message: bytes) -> None:
    read = by_host(message)
    if isinstance(read, Alert):
        assert encode(read) == message
        return
    target(float(read.offset))
    assert 0 <= read.offset <= len(message) and type(read) is not MessageDamaged


@given(messages)
def test_decoder_reads_a_golden_message_after_any_other(message: bytes) -> None:
    """The layouts are made once, and keep nothing of what they read."""
    before = [decode(golden) for golden in MESSAGES[:3]]
    by_host(message)
    assert [decode(golden) for golden in MESSAGES[:3]] == before


@given(messages)
def test_decoder_takes_bytes_of_any_type_alike(message: bytes) -> None:
    whole = by_host(message)
    assert repr(by_host(bytearray(message))) == repr(by_host(memoryview(message))) == repr(whole)


# The device's reader.


@given(messages)
def test_reader_answers_one_of_three_and_never_looks_outside_the_message(message: bytes) -> None:
    found, reader = by_device(message)
    assert found in (ALERT, NOT_AN_ALERT, UNREADABLE)
    if found == ALERT:
        assert 0 <= reader.found[CODE] <= 0xFFFF
        target(float(len(message)))


@given(messages)
def test_reader_takes_what_the_decoder_takes(message: bytes) -> None:
    """It may take more: it does not look at the whole payload."""
    read = by_host(message)
    found, reader = by_device(message)
    if isinstance(read, Alert):
        at, target_at, code, is_signed = reader.found
        assert (found, code) == (ALERT, read.alert_code)
        assert bool(is_signed) == (read.form == "signature")
        octets = b"\xdd\xdf" + message
        euis = octets[at : at + 8], octets[target_at : target_at + 8]
        assert euis == (read.originator, read.target)
    if found == NOT_AN_ALERT:
        assert isinstance(read, NotAnAlert)


# Memory.


SLACK_BYTES = 1024
"""What CPython keeps for itself from run to run. A message has some 200 bytes."""


def growth_bytes(seed: int, messages: int) -> int:
    """What so many damaged messages more leave behind in memory, after as many."""
    random = Random(seed)
    fed = [random_message(random) for _ in range(2 * messages)]
    for message in fed[:messages]:
        by_host(message)
    tracemalloc.start()
    try:
        in_use_bytes = []
        for part in fed[:50], fed[messages:]:
            for message in part:
                by_host(message)
            gbcs._decode.cache_clear()  # which is bounded by its size, not by what it is fed
            gc.collect()
            in_use_bytes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    return in_use_bytes[1] - in_use_bytes[0]


def test_decoder_does_not_grow() -> None:
    assert growth_bytes(seed=1, messages=1000) < SLACK_BYTES


@pytest.mark.soak
def test_decoder_does_not_grow_in_a_long_feed() -> None:
    seed = secrets.randbits(32)
    assert growth_bytes(seed, 50_000) < SLACK_BYTES, f"seed {seed}"
