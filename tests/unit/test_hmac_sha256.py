"""The device's HMAC against RFC 4231, and the comparison of MACs."""

import pytest

from commshub.hmac_sha256 import HmacSha256, is_equal
from rfc4231 import CASES

MAC = bytes(range(32))


@pytest.mark.parametrize(("key", "text", "mac"), [case[1:] for case in CASES])
def test_mac_is_the_one_of_rfc_4231(key: bytes, text: bytes, mac: str) -> None:
    for cut in (0, 1, len(text)):
        assert HmacSha256(key).of(text[:cut], text[cut:]).hex() == mac


def test_mac_is_equal_to_a_copy_of_any_kind() -> None:
    assert is_equal(MAC, bytearray(MAC)) and is_equal(memoryview(MAC), MAC)


@pytest.mark.parametrize("bit", range(8 * len(MAC)))
def test_mac_with_one_bit_flipped_is_another(bit: int) -> None:
    flipped = bytearray(MAC)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not is_equal(MAC, flipped)


def test_part_of_a_mac_is_not_equal_to_it() -> None:
    assert not is_equal(MAC, MAC[:-1]) and not is_equal(b"", MAC)


class Counted(bytes):
    """Counts how many of its bytes are looked at."""

    looked_at = 0

    def __getitem__(self, place):
        self.looked_at += 1
        return super().__getitem__(place)


@pytest.mark.parametrize("differs_at", [0, 15, 31, None])
def test_comparison_looks_at_every_byte_wherever_the_difference_is(differs_at: int | None) -> None:
    other = bytearray(MAC)
    if differs_at is not None:
        other[differs_at] ^= 0x80
    counted = Counted(MAC)
    is_equal(counted, other)
    assert counted.looked_at == len(MAC)
