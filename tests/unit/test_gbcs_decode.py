"""Whole messages, written out by hand here, so that reader and maker cannot be wrong together."""

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from hubwire.errors import (
    BadLength,
    BadProtection,
    BadTag,
    FieldOutOfRange,
    MessageDamaged,
    MessageTooShort,
    NotAnAlert,
    TrailingBytes,
)
from hubwire.gbcs import Alert, decode, encode

SIGNATURE = bytes(range(64))
MAC = bytes(range(12))
PARTIES = "08 00DB123400000001 08 90B3D51F30000009 00"
DLMS = "0F 2000002A 00 02 02 12 8F3E 09 0C 07EE 01 0F FF 09 00 00 00 8000 FF"
PARTY, COUNTER = "90B3D51F30000001", "0000000000000007"
HEADER = f"DF 09 03 000000000000002A {PARTIES} 02 1000"


def signed(header: str = HEADER, content: str = "19" + DLMS, end: str = "40") -> bytes:
    return bytes.fromhex(header + content + end) + SIGNATURE


def with_mac(start: str = "DD 000000000000 4D", security: str = "11 00000000") -> bytes:
    grouping = f"DF 09 03 000000000000002A {PARTIES} 02 1001 19 {DLMS}"
    return bytes.fromhex(f"{start} {security} {grouping} 00") + MAC


def test_signed_alert_is_read_field_by_field():
    assert decode(signed()) == Alert(
        form="signature",
        originator=bytes.fromhex("00DB123400000001"),
        target=bytes.fromhex("90B3D51F30000009"),
        originator_counter=42,
        message_code=0x1000,
        alert_code=0x8F3E,
        timestamp=datetime(2030, 1, 15, 9, 0, tzinfo=timezone.utc),
        payload="dlms",
        payload_bytes=bytes.fromhex(DLMS),
        protection=SIGNATURE,
    )


def test_alert_with_a_mac_differs_in_form_code_and_protection_alone():
    expected = replace(decode(signed()), form="mac", message_code=0x1001, protection=MAC)
    assert decode(with_mac()) == expected


def test_length_is_that_of_the_message():
    assert (decode(signed()).length, decode(with_mac()).length) == (124, 85)


def test_any_bytes_like_message_is_read():
    assert decode(bytearray(signed())) == decode(memoryview(signed())) == decode(signed())


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("02 1000", (None, None, None, None)),
        ("0A 1000 " + PARTY, ("party", None, None, None)),
        ("12 1000 " + PARTY + COUNTER, ("party", 7, None, None)),
        ("1A 1000 " + PARTY + COUNTER + "FF" * 8, ("party", 7, 2**64 - 1, None)),
        ("1B 1000 " + PARTY + COUNTER + "AB" * 9, ("party", 7, None, b"\xab" * 9)),
        ("8180 1000 " + PARTY + COUNTER + "AB" * 110, ("party", 7, None, b"\xab" * 110)),
        ("820112 1000 " + PARTY + COUNTER + "AB" * 256, ("party", 7, None, b"\xab" * 256)),
    ],
)
def test_supplementary_fields_follow_from_the_length_of_the_other_information(other, expected):
    message = signed(f"DF 09 03 000000000000002A {PARTIES} {other}")
    alert = decode(message)
    party = bytes.fromhex(PARTY) if expected[0] else None
    assert (
        alert.supplementary_party,
        alert.supplementary_counter,
        alert.supplementary_originator_counter,
        alert.certificate,
    ) == (party, *expected[1:])
    assert encode(alert) == message


@pytest.mark.parametrize("content", ["19", "8119", "820019"])
def test_content_length_may_be_longer_than_need_be_and_is_kept(content):
    message = signed(content=content + DLMS)
    assert encode(decode(message)) == message


@pytest.mark.parametrize("length", ["4D", "814D", "82004D"])
def test_mac_header_length_may_be_longer_than_need_be_and_is_kept(length):
    message = with_mac(f"DD 000000000000 {length}")
    assert encode(decode(message)) == message


def test_date_time_in_the_header_is_carried():
    parties = PARTIES[:-2] + "0C" + "11" * 12
    message = signed(f"DF 09 03 000000000000002A {parties} 02 1000")
    assert decode(message).header_date_time == b"\x11" * 12
    assert encode(decode(message)) == message


def error_of(message: bytes) -> MessageDamaged:
    with pytest.raises(MessageDamaged) as caught:
        decode(message)
    return caught.value


def test_nothing_at_all_is_too_short():
    error = error_of(b"")
    assert (type(error), error.offset) == (MessageTooShort, 0)


@pytest.mark.parametrize("whole", [signed(), with_mac()])
def test_message_cut_anywhere_is_too_short(whole):
    kinds = {type(error_of(whole[:kept])) for kept in range(len(whole))}
    assert kinds == {MessageTooShort}


@pytest.mark.parametrize("whole", [signed(), with_mac()])
def test_one_byte_too_many_is_left_over(whole):
    error = error_of(whole + b"\x00")
    assert (type(error), error.offset) == (TrailingBytes, len(whole))


@pytest.mark.parametrize(("flag", "named"), [("01", "a command"), ("02", "a response")])
def test_commands_and_responses_are_no_alerts(flag, named):
    error = error_of(signed(HEADER.replace("DF 09 03", f"DF 09 {flag}")))
    assert (type(error), error.offset) == (NotAnAlert, 2)
    assert named in str(error)


@pytest.mark.parametrize("flag", ["00", "04", "FF"])
def test_unknown_cra_flag_is_damage(flag):
    error = error_of(signed(HEADER.replace("DF 09 03", f"DF 09 {flag}")))
    assert (type(error), error.offset) == (BadTag, 2)


def test_mac_header_and_a_signature_contradict_each_other():
    both = signed()
    length = len(both) + 5
    message = bytes.fromhex(f"DD 000000000000 81{length:02X} 11 00000000") + both
    assert type(error_of(message)) is BadProtection


def test_neither_mac_header_nor_signature_is_no_protection():
    message = bytes.fromhex(HEADER + "19" + DLMS + "00")
    error = error_of(message + MAC)
    assert (type(error), error.offset) == (BadProtection, 59)


@pytest.mark.parametrize(("length", "kind"), [("4C", TrailingBytes), ("4E", MessageTooShort)])
def test_mac_header_length_must_be_exact(length, kind):
    assert type(error_of(with_mac(f"DD 000000000000 {length}"))) is kind


@pytest.mark.parametrize("length", ["80", "83000019", "FF"])
def test_lengths_that_are_not_ber_are_refused(length):
    error = error_of(signed(content=length + DLMS))
    assert (type(error), error.offset) == (BadLength, 33)


@pytest.mark.parametrize("length", ["00", "01", "03", "09", "0B", "11", "13", "19"])
def test_other_information_of_another_length_is_refused(length):
    error = error_of(signed(HEADER.replace("02 1000", f"{length} 1000")))
    assert (type(error), error.offset) == (BadLength, 30)


@pytest.mark.parametrize(
    ("at", "value", "kind"),
    [
        (0, 0xDE, BadTag),
        (1, 0x08, BadTag),
        (11, 0x07, BadTag),
        (20, 0x09, BadTag),
        (29, 0x0B, BadLength),
        (59, 0x3F, BadProtection),
    ],
)
def test_wrong_fixed_byte_of_the_grouping_header_is_told_with_its_offset(at, value, kind):
    message = bytearray(signed())
    message[at] = value
    error = error_of(bytes(message))
    assert (type(error), error.offset) == (kind, at)


def test_security_control_other_than_authentication_is_refused():
    error = error_of(with_mac(security="31 00000000"))
    assert (type(error), error.offset) == (BadTag, 8)


def test_error_says_where_what_was_expected_and_what_came():
    message = b"\xde" + signed()[1:]
    assert str(error_of(message)) == "grouping header at byte 0: expected DF, got DE"


def test_error_shows_no_more_than_32_bytes():
    assert "AB" * 33 not in str(error_of(b"\xdd" + b"\xab" * 500))


@pytest.mark.parametrize(
    "wrong",
    [
        {"originator": bytes(7)},
        {"target": bytes(9)},
        {"originator_counter": 1 << 64},
        {"originator_counter": -1},
        {"message_code": 0x1_0000},
        {"message_code": "1000"},
        {"protection": MAC},
        {"form": "mac"},
        {"form": "none"},
        {"cra": 1},
        {"payload": "gbz"},
        {"alert_code": 0x8F3F},
        {"timestamp": None},
        {"payload_bytes": b""},
        {"payload_bytes": bytes.fromhex(DLMS) + b"\x00"},
        {"supplementary_party": bytes(7)},
        {"supplementary_counter": 1},
        {"supplementary_party": bytes(8), "supplementary_counter": 1, "certificate": bytes(8)},
        {"header_date_time": bytes(11)},
        {"spare_length_bytes": (1, 0, 0)},
        {"spare_length_bytes": (0, 0, 3)},
        {"spare_length_bytes": (0, 0, -1)},
    ],
)
def test_encode_refuses_what_decode_would_not_read_back(wrong):
    with pytest.raises(FieldOutOfRange):
        encode(replace(decode(signed()), **wrong))
