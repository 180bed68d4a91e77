"""Laws of capture files: records round trip, and a file that is cut or damaged loses no more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.framing import DELIMITER, LONGEST_STRETCH_BYTES
from stormbench.capture.reading import Records
from stormbench.capture.recording import Recording
from stormbench.capture.records import (
    HEAD,
    TO_HOST,
    TO_HUB,
    Begun,
    Ended,
    Record,
    RecordDamaged,
    Reopened,
    Stretch,
    octets_of,
    record_in,
)
from stormbench.hub.sim import SimPort

_u32, _u64 = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)
_text = st.text(max_size=30)
_kept = st.builds(
    Stretch,
    _u32,
    _u64,
    _u64,
    st.sampled_from([TO_HUB, TO_HOST]),
    st.binary(max_size=1500),
    st.booleans(),
)
_withheld = st.builds(
    lambda record, count: replace(record, octets=b"", withheld_bytes=count),
    _kept,
    st.integers(1, 2**32 - 1),
)
records = st.one_of(
    st.builds(Begun, _u32, _u64, _text, st.integers(0, 999), st.integers(0, 255), _text, _text),
    _kept,
    _withheld,
    st.builds(Reopened, _u32, _u64, _u64),
    st.builds(Ended, _u32, _u64, _u32),
)
PORT = SimPort()

files = st.lists(records, min_size=1, max_size=6)


def file_of(items: list[Record]) -> bytes:
    return HEAD + DELIMITER + b"".join(map(octets_of, items))


def read(octets: bytes) -> tuple[list[Record], Records]:
    reader = Records()
    return list(reader.feed(octets)), reader


@given(records)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    octets = octets_of(record)
    assert octets.endswith(DELIMITER) and DELIMITER not in octets[:-1]
    assert record_in(octets[:-1]) == record


@given(files, st.data())
def test_records_are_the_same_however_the_bytes_are_cut(
    items: list[Record], data: st.DataObject
) -> None:
    octets, reader = file_of(items), Records()
    at = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=5)))
    pieces = [octets[a:b] for a, b in zip([0, *at], [*at, len(octets)], strict=True)]
    assert [record for piece in pieces for record in reader.feed(piece)] == items


@given(files, st.data())
def test_a_file_that_is_cut_at_any_byte_has_all_records_before_it(
    items: list[Record], data: st.DataObject
) -> None:
    octets = file_of(items)
    at = data.draw(st.integers(len(HEAD) + 1, len(octets)))
    found, reader = read(octets[:at])
    assert found == items[: len(found)]
    whole = len(file_of(items[: len(found)]))
    assert whole <= at and (len(found) == len(items) or at < len(file_of(items[: len(found) + 1])))
    assert (reader.damaged, reader.is_cut) == (0, at > whole)


@given(files, records)
def test_a_file_that_was_cut_can_be_continued(items: list[Record], more: Record) -> None:
    octets = file_of(items)
    for at in (len(octets) - 1, len(octets) - 3):
        found, reader = read(octets[:at] + DELIMITER + octets_of(more))
        assert found in ([*items, more], [*items[:-1], more])
        assert reader.damaged <= 1


@given(files, st.data())
def test_a_damaged_byte_costs_at_most_the_two_records_that_it_parts(
    items: list[Record], data: st.DataObject
) -> None:
    octets = bytearray(file_of(items))
    at = data.draw(st.integers(len(HEAD) + 1, len(octets) - 1))
    octets[at] ^= data.draw(st.integers(1, 255))
    found, _ = read(bytes(octets))
    assert len(found) >= len(items) - 2
    rest = iter(items)
    assert all(record in rest for record in found)  # in their order, and none made up


@given(st.binary(max_size=300))
def test_garbage_is_no_record_and_no_error(garbage: bytes) -> None:
    found, _ = read(garbage)
    assert not found
    with pytest.raises(RecordDamaged):
        record_in(garbage)


@given(st.binary(max_size=2000), st.data())
def test_every_byte_of_a_link_is_kept_but_the_delimiters(
    octets: bytes, data: st.DataObject
) -> None:
    written = bytearray()
    seen = Recording(written.extend).witness(PORT, "sim", 1)
    at = data.draw(st.integers(0, len(octets)))
    seen.on_came(octets[:at])
    seen.on_came(octets[at:])
    seen.on_closed()
    found, _ = read(bytes(written))
    kept = [record for record in found if isinstance(record, Stretch)]
    assert [len(record.octets) or record.withheld_bytes for record in kept] == [
        min(len(piece), LONGEST_STRETCH_BYTES) for piece in octets.split(DELIMITER) if piece
    ]
