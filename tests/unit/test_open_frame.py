"""Frames that are decoded where they lie, by their codes alone: the sound ones, and no others."""

import pytest
from cobs import cobs as reference
from hypothesis import given
from hypothesis import strategies as st

from commshub import octets
from test_cobs import AROUND_A_BLOCK, samples
from test_cobs import checked as sealed

FENCE = b"\xa5"
LEAST_BYTES = 8  # of a frame that is a header alone


def opened(stretch: bytes, after: bytes = b"\x00") -> tuple[int, bytes]:
    """Where the delimiter was found, and the buffer as it was left."""
    buffer = bytearray(FENCE + stretch + after)
    return octets.open_frame(buffer, 1, len(buffer), octets.TABLE), bytes(buffer)


@pytest.mark.parametrize("length", AROUND_A_BLOCK)
def test_sound_frame_is_decoded_by_its_codes_alone_or_left_as_it_was(length: int) -> None:
    for source in samples(length):
        stretch = reference.encode(sealed(source))
        place, buffer = opened(stretch)
        if place:
            assert (place, buffer) == (
                1 + len(stretch),
                FENCE + b"\x00" + sealed(source) + b"\x00",
            )
        else:
            assert b"\xff" in stretch or length < LEAST_BYTES
            assert buffer == FENCE + stretch + b"\x00"


def test_frame_without_room_for_a_header_is_left_as_it_is() -> None:
    stretch = reference.encode(sealed(b"\x23" * (LEAST_BYTES - 1)))
    assert opened(stretch) == (0, FENCE + stretch + b"\x00")
    stretch = reference.encode(sealed(b"\x23" * LEAST_BYTES))
    assert opened(stretch)[0] == 1 + len(stretch)


def test_frame_with_a_run_of_254_bytes_is_left_to_the_slower_way() -> None:
    for source in (b"\x01" * 254, b"\x00" + b"\x01" * 300):
        stretch = reference.encode(sealed(source))
        assert opened(stretch) == (0, FENCE + stretch + b"\x00")


@pytest.mark.parametrize("cut", range(1, 13))
def test_frame_that_has_not_come_whole_is_left_as_it_is(cut: int) -> None:
    stretch = reference.encode(sealed(b"\x01\x00\x02\x03\x00\x04\x05\x00\x06"))
    assert opened(stretch[:-cut], after=b"") == (0, FENCE + stretch[:-cut])


def test_delimiter_alone_is_no_frame() -> None:
    assert opened(b"", after=b"\x00\x00") == (0, FENCE + b"\x00\x00")


@given(st.binary(min_size=1, max_size=80).map(lambda octets: octets.replace(b"\x00", b"\x01")))
def test_what_is_not_sound_is_left_as_it_was(stretch: bytes) -> None:
    """Damage: the codes may lead anywhere, into the next frame too."""
    after = b"\x00\x00" + reference.encode(b"the \x00 next") + b"\x00\x00"
    assert opened(stretch, after) == (0, FENCE + stretch + after)
