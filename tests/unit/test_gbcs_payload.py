"""The three encodings of a payload, and what in them is refused."""

from datetime import datetime, timezone

import pytest

from hubwire.errors import (
    BadLength,
    BadTag,
    BadTime,
    MessageDamaged,
    MessageTooShort,
    TrailingBytes,
    UnknownPayload,
)
from hubwire.gbcs_payload import PayloadFacts, read_payload

NINE = datetime(2030, 1, 15, 9, 0, tzinfo=timezone.utc)
TIME = "07EE 01 0F FF 09 00 00 00 8000 FF"
GBZ_NINE = "38818890"
ASN1_NINE = b"20300115090000Z".hex()
FUTURE_DATED, UNDELIVERED = 0x00CC, 0x00D5


def read(text: str, message_code: int = FUTURE_DATED, before: bytes = b"") -> PayloadFacts:
    message = before + bytes.fromhex(text)
    return read_payload(message + b"after", len(before), len(message), message_code)


def error_of(text: str, message_code: int = FUTURE_DATED) -> MessageDamaged:
    with pytest.raises(MessageDamaged) as caught:
        read(text, message_code)
    return caught.value


def dlms(count: str = "02", code: str = "12 8F66", time: str = TIME, more: str = "") -> str:
    return f"0F 20000001 00 02 {count} {code} 09 0C {time} {more}"


def asn1(code: str = "02 03 008F66", time: str = ASN1_NINE, more: str = "") -> str:
    body = bytes.fromhex(f"{code} 18 0F {time} {more}")
    return f"30 {len(body):02X} {body.hex()}"


def test_dlms_payload_is_read():
    assert read(dlms()) == PayloadFacts("dlms", 0x8F66, NINE)


def test_gbz_payload_is_read():
    assert read(f"0109 00 8F66 {GBZ_NINE}") == PayloadFacts("gbz", 0x8F66, NINE)


def test_asn1_payload_is_read():
    assert read(asn1()) == PayloadFacts("asn1", 0x8F66, NINE)


def test_asn1_sequence_may_have_a_length_longer_than_need_be():
    text = asn1()
    for length in ("8116", "820016"):
        assert read(text.replace("30 16", f"30 {length}")) == read(text)


@pytest.mark.parametrize(
    "element",
    [
        *("00", "03 01", "04 09 FFFF", "05 00000000", "06 00000000", "0A 02 4142", "0C 01 41"),
        *("0D 12", "0F FF", "10 FFFF", "11 FF", "12 FFFF", "14" + "00" * 8, "15" + "00" * 8),
        *("16 01", "17 00000000", "18" + "00" * 8, "19" + "00" * 12, "1A" + "00" * 5),
        *("1B" + "00" * 4, "FF", "09 00", "09 81 01 00", "01 00", "02 02 11 01 01 01 00"),
    ],
)
def test_every_cosem_data_type_is_passed_over(element):
    assert read(dlms("03", more=element)).alert_code == 0x8F66


def test_ten_thousand_nested_structures_are_passed_over():
    assert read(dlms("03", more="02 01" * 10_000 + "00")).alert_code == 0x8F66


def test_more_elements_than_announced_are_left_over():
    error = error_of(dlms("03", more="11 01 11 02"))
    assert (type(error), error.offset) == (TrailingBytes, 27)


def test_fewer_elements_than_announced_are_too_few():
    assert type(error_of(dlms("04", more="11 01"))) is MessageTooShort


def test_element_that_runs_beyond_the_payload_is_too_short():
    assert type(error_of(dlms("03", more="09 05 00000000"))) is MessageTooShort


def test_unknown_cosem_tag_is_refused():
    error = error_of(dlms("03", more="7F 00"))
    assert (type(error), error.offset) == (BadTag, 25)


def test_date_time_of_the_notification_is_passed_over():
    text = dlms().replace("20000001 00", "20000001 0C" + "11" * 12)
    assert read(text) == read(dlms())


def test_date_time_of_the_notification_has_no_other_length():
    error = error_of(dlms().replace("20000001 00", "20000001 01 11"))
    assert (type(error), error.offset) == (BadLength, 5)


@pytest.mark.parametrize("count", ["00", "01"])
def test_structure_without_room_for_code_and_time_is_refused(count):
    assert type(error_of(dlms(count))) is BadLength


def test_dlms_code_of_another_type_is_refused():
    error = error_of(dlms(code="11 8F66"))
    assert (type(error), error.offset) == (BadTag, 8)


def test_undelivered_message_alert_may_have_a_der_element_after_its_body():
    assert read(dlms(more="30 02 ABCD"), UNDELIVERED).alert_code == 0x8F66


def test_der_element_after_the_body_must_end_with_the_payload():
    assert type(error_of(dlms(more="30 03 ABCD"), UNDELIVERED)) is MessageTooShort


def test_no_other_alert_may_have_something_after_its_body():
    assert type(error_of(dlms(more="30 02 ABCD"))) is TrailingBytes


def test_gbz_without_components_must_end_after_the_time():
    error = error_of(f"0109 00 8F66 {GBZ_NINE} 00")
    assert (type(error), error.offset) == (TrailingBytes, 9)


def test_gbz_with_components_must_have_some():
    assert type(error_of(f"0109 01 8F66 {GBZ_NINE}")) is MessageTooShort


def test_gbz_component_is_passed_over():
    assert read(f"0109 01 8F66 {GBZ_NINE} 0005").kind == "gbz"


@pytest.mark.parametrize("text", ["30 15", "30 17", "30 81 15", "30 82 0015"])
def test_asn1_sequence_must_end_with_the_payload(text):
    kind = MessageTooShort if text.endswith("17") else TrailingBytes
    assert type(error_of(asn1().replace("30 16", text))) is kind


@pytest.mark.parametrize(
    ("code", "number"), [("02 01 00", 0), ("02 02 7FFF", 0x7FFF), ("02 03 00FFFF", 0xFFFF)]
)
def test_asn1_code_is_any_u16(code, number):
    assert read(asn1(code)).alert_code == number


@pytest.mark.parametrize("code", ["02 01 FF", "02 02 8F66", "02 03 010000", "02 03 FF8F66"])
def test_asn1_code_that_is_no_u16_is_refused(code):
    assert type(error_of(asn1(code))) is BadLength


@pytest.mark.parametrize("code", ["02 00", "02 04 00008F66"])
def test_asn1_code_of_another_length_is_refused(code):
    assert type(error_of(asn1(code))) is BadLength


def test_asn1_elements_are_passed_over():
    assert read(asn1(more="04 02 ABCD 30 03 020100")).alert_code == 0x8F66


@pytest.mark.parametrize(
    ("more", "kind"),
    [("04 03 ABCD", MessageTooShort), ("1F 01 00", BadTag), ("04", MessageTooShort)],
)
def test_asn1_elements_must_fill_the_sequence(more, kind):
    assert type(error_of(asn1(more=more))) is kind


@pytest.mark.parametrize("text", ["", "0E", "01", "010A00", "31", "FF"])
def test_other_payloads_are_unknown(text):
    assert type(error_of(text)) is UnknownPayload


def test_offsets_are_counted_in_the_whole_message():
    with pytest.raises(BadTag) as caught:
        read(dlms(code="11 8F66"), before=bytes(100))
    assert caught.value.offset == 108


@pytest.mark.parametrize(
    "text", [dlms(time="07EE 0D 0F FF 09 00 00 00 8000 FF"), asn1(time=b"2030011509000AZ".hex())]
)
def test_bad_time_is_told_with_the_offset_of_the_time(text):
    error = error_of(text)
    assert type(error) is BadTime
    assert error.offset == (13 if text.startswith("0F") else 9)
