"""UF2 files: what is written is read again, and a damaged file is refused with the reason."""

import struct

import pytest

from stormbench.image.uf2 import (
    BLOCK_BYTES,
    FLASH_START,
    PAYLOAD_BYTES,
    Uf2Damaged,
    decode_uf2,
    encode_uf2,
    flash_contents,
)

BINARY = bytes(index * 7 % 251 for index in range(3 * PAYLOAD_BYTES))
ADDRESS_AT, SIZE_AT, FAMILY_AT, FLAGS_AT = 12, 16, 28, 8


def block(content: bytes, number: int) -> bytes:
    return content[number * BLOCK_BYTES : (number + 1) * BLOCK_BYTES]


def with_word(content: bytes, number: int, offset: int, value: int) -> bytes:
    changed = bytearray(content)
    struct.pack_into("<I", changed, number * BLOCK_BYTES + offset, value)
    return bytes(changed)


def test_what_is_encoded_is_decoded_again() -> None:
    assert flash_contents(decode_uf2(encode_uf2(BINARY))) == BINARY


def test_first_block_is_the_one_of_the_specification() -> None:
    first = block(encode_uf2(BINARY), 0)
    assert first[:4] == b"UF2\n"
    assert first[4:32].hex() == "57515d9e00200000" + "00000010" + "00010000" + "00000000" + (
        "03000000" + "56ff8be4"
    )
    assert first[32:288] == BINARY[:256]
    assert first[288:508] == bytes(220)
    assert first[508:].hex() == "306fb10a"


def test_last_block_is_filled_with_zeros() -> None:
    assert flash_contents(decode_uf2(encode_uf2(b"\x01" * 257))) == b"\x01" * 257 + bytes(255)


def test_blocks_stand_at_the_start_of_flash_and_follow_each_other() -> None:
    addresses = [block.address for block in decode_uf2(encode_uf2(BINARY))]
    assert addresses == [FLASH_START, FLASH_START + 256, FLASH_START + 512]


def test_flash_between_two_blocks_that_are_apart_is_erased() -> None:
    apart = with_word(encode_uf2(BINARY[:512]), 1, ADDRESS_AT, FLASH_START + 1024)
    assert flash_contents(decode_uf2(apart))[256:1024] == b"\xff" * 768


@pytest.mark.parametrize("length", [0, 1, BLOCK_BYTES - 1, 3 * BLOCK_BYTES - 1])
def test_file_that_is_no_whole_number_of_blocks_is_refused(length: int) -> None:
    with pytest.raises(Uf2Damaged, match=f"got {length} bytes: the file is cut short"):
        decode_uf2(encode_uf2(BINARY)[:length])


def test_file_that_is_cut_between_two_blocks_is_refused() -> None:
    with pytest.raises(Uf2Damaged, match="expected block 0 of 2, got block 0 of 3"):
        decode_uf2(encode_uf2(BINARY)[: 2 * BLOCK_BYTES])


@pytest.mark.parametrize("offset", [0, 4, 508])
def test_wrong_magic_number_is_refused_and_shown(offset: int) -> None:
    with pytest.raises(Uf2Damaged, match=r"block 1: expected magic numbers .* got .*0xDEADBEEF"):
        decode_uf2(with_word(encode_uf2(BINARY), 1, offset, 0xDEADBEEF))


def test_image_of_another_family_is_refused() -> None:
    rp2350 = 0xE48BFF59
    with pytest.raises(Uf2Damaged, match="family of the RP2040 0xE48BFF56, got 0xE48BFF59"):
        decode_uf2(with_word(encode_uf2(BINARY), 0, FAMILY_AT, rp2350))


@pytest.mark.parametrize("flags", [0, 0x2001])
def test_block_without_a_family_or_not_for_flash_is_refused(flags: int) -> None:
    with pytest.raises(Uf2Damaged, match="expected flags 0x00002000"):
        decode_uf2(with_word(encode_uf2(BINARY), 0, FLAGS_AT, flags))


@pytest.mark.parametrize("size", [255, 257, 476])
def test_payload_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(Uf2Damaged, match="payload size of 0x00000100"):
        decode_uf2(with_word(encode_uf2(BINARY), 2, SIZE_AT, size))


def test_missing_block_is_refused() -> None:
    whole = encode_uf2(BINARY)
    with pytest.raises(Uf2Damaged, match="block is missing"):
        decode_uf2(block(whole, 0) + block(whole, 2))


def test_two_blocks_that_changed_places_are_refused() -> None:
    whole = encode_uf2(BINARY)
    with pytest.raises(Uf2Damaged, match="expected block 1 of 3, got block 2 of 3"):
        decode_uf2(block(whole, 0) + block(whole, 2) + block(whole, 1))


@pytest.mark.parametrize("address", [FLASH_START - 256, FLASH_START + 128, 0x11000000, 0x20000000])
def test_address_that_is_no_page_of_flash_is_refused(address: int) -> None:
    with pytest.raises(Uf2Damaged, match=f"address in flash.* got 0x{address:08X}"):
        decode_uf2(with_word(encode_uf2(BINARY), 0, ADDRESS_AT, address))


def test_last_page_of_flash_is_taken() -> None:
    last = 0x11000000 - PAYLOAD_BYTES
    assert decode_uf2(with_word(encode_uf2(BINARY), 2, ADDRESS_AT, last))[2].address == last


def test_address_that_goes_back_is_refused() -> None:
    with pytest.raises(Uf2Damaged, match="block 1: expected an address after 0x10000000"):
        decode_uf2(with_word(encode_uf2(BINARY), 1, ADDRESS_AT, FLASH_START))
