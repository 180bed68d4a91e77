"""Blocks of pcapng, as their specification has them."""

import struct

import pytest

from hubwire.errors import FieldOutOfRange
from hubwire.pcapng import INBOUND, pcapng_interface, pcapng_packet, pcapng_section


@pytest.mark.parametrize("length", range(8))
def test_every_block_is_whole_words_and_says_its_length_twice(length):
    text = "x" * length
    for block in (
        pcapng_section(text),
        pcapng_interface(text, text),
        pcapng_packet(0, 0, bytes(length), INBOUND, text),
    ):
        first, last = struct.unpack_from("<I", block, 4), struct.unpack_from("<I", block[-4:])
        assert first == last == (len(block),)
        assert len(block) % 4 == 0


def test_time_is_in_two_halves():
    block = pcapng_packet(1, 0x1122334455667788, b"abc", INBOUND, "")
    assert struct.unpack_from("<IIIII", block, 8) == (1, 0x11223344, 0x55667788, 3, 3)


@pytest.mark.parametrize(("message", "comment"), [(65_536, 0), (0, 65_536)])
def test_what_does_not_fit_is_refused(message, comment):
    with pytest.raises(FieldOutOfRange, match="expected at most 65535 bytes, got 65536"):
        pcapng_packet(0, 0, bytes(message), INBOUND, "x" * comment)


def test_longest_that_fits_is_taken():
    block = pcapng_packet(0, 0, bytes(65_535), INBOUND, "x" * 65_535)
    assert len(block) > 131_070
