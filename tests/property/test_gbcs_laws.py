"""Laws of the GBCS reader and writer, whatever the bytes."""

import tracemalloc
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hubwire.errors import FieldOutOfRange, MessageDamaged, ProtocolError
from hubwire.gbcs import Alert, decode, encode
from hubwire.gbcs_make import Recipe, make, protect

u64 = st.integers(0, 2**64 - 1)
eui = st.binary(min_size=8, max_size=8)
times = st.datetimes(datetime(2000, 1, 1), datetime(2136, 1, 1), timezones=st.just(timezone.utc))

recipes = st.builds(
    Recipe,
    code=st.integers(0, 0xFFFF) | st.sampled_from((0x8F12, 0x8F20, 0x8F36, 0x8F66, 0x8F8A)),
    counter=u64,
    timestamp=times,
    originator=st.none() | eui,
    target=st.none() | eui,
    payload=st.sampled_from((None, "dlms", "gbz", "asn1")),
    form=st.sampled_from((None, "mac", "signature")),
    padding_bytes=st.integers(0, 700),
)


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    """Alerts that we make, with every header that there can be."""
    alert = make(draw(recipes))
    fields: dict[str, Any] = {}
    depth = draw(st.integers(0, 4))
    if depth >= 1:
        fields["supplementary_party"] = draw(eui)
    if depth >= 2:
        fields["supplementary_counter"] = draw(u64)
    if depth == 3:
        fields["supplementary_originator_counter"] = draw(u64)
    if depth == 4:
        fields["certificate"] = draw(st.binary(min_size=9, max_size=40))
    if draw(st.booleans()):
        fields["header_date_time"] = draw(st.binary(min_size=12, max_size=12))
    return protect(replace(alert, **fields))


@given(alerts())
def test_what_is_written_is_read_back(alert):
    assert decode(encode(alert)) == alert


@given(alerts(), st.tuples(*[st.integers(0, 2)] * 3))
def test_lengths_longer_than_need_be_are_kept_or_refused(alert, spare):
    longer = replace(alert, spare_length_bytes=spare)
    try:
        message = encode(longer)
    except FieldOutOfRange:
        return
    assert encode(decode(message)) == message
    assert len(message) == alert.length + sum(spare)


def read_or_refuse(message: bytes) -> None:
    """Whatever is read is written back byte for byte; whatever is not, is refused with a place."""
    try:
        alert = decode(message)
    except ProtocolError as error:
        assert isinstance(error, MessageDamaged)
        assert 0 <= error.offset <= len(message)
        return
    assert encode(alert) == message


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(message):
    read_or_refuse(message)


@given(alerts(), st.data())
def test_alert_with_some_bytes_changed_is_read_or_refused(alert, data):
    message = bytearray(encode(alert))
    for _ in range(data.draw(st.integers(1, 3))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    read_or_refuse(bytes(message))


@given(alerts(), st.data())
def test_alert_with_a_piece_replaced_is_read_or_refused(alert, data):
    message = encode(alert)
    start = data.draw(st.integers(0, len(message)))
    end = data.draw(st.integers(start, len(message)))
    read_or_refuse(message[:start] + data.draw(st.binary(max_size=20)) + message[end:])


@given(recipes, st.binary(max_size=300))
def test_any_use_case_data_is_read_or_refused(recipe, payload_end):
    """Bytes behind code and time, under lengths that fit: this reaches the innermost readers."""
    alert = make(replace(recipe, padding_bytes=0))
    payload = alert.payload_bytes + payload_end
    if alert.payload == "dlms":
        payload = payload[:7] + b"\x05" + payload[8:]
    try:
        message = encode(replace(alert, payload_bytes=payload))
    except FieldOutOfRange:
        return
    read_or_refuse(message)


@given(alerts(), st.data())
def test_no_cut_of_an_alert_is_an_alert(alert, data):
    message = encode(alert)
    cut = message[: data.draw(st.integers(0, len(message) - 1))]
    try:
        decode(cut)
    except MessageDamaged:
        return
    raise AssertionError(f"{len(cut)} of {len(message)} bytes were read as an alert")


def peak_bytes(message: bytes) -> int:
    tracemalloc.start()
    try:
        read_or_refuse(message)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_is_in_proportion_to_the_input():
    """Counts and lengths that announce 65,535, one inside the other, and a million bytes."""
    small = encode(make(Recipe(code=0x8F3E)))
    greedy_length = small[:33] + b"\x82\xff\xff" + small[34:]
    payload = small[34:41] + b"\x03" + small[42:59] + b"\x02\x82\xff\xff" * 16_000
    nested = small[:33] + b"\x82" + len(payload).to_bytes(2, "big") + payload + small[59:]
    for message in (small, greedy_length, nested, bytes(1_000_000), b"\xdd" * 1_000_000):
        assert peak_bytes(message) < 100_000 + 8 * len(message)
