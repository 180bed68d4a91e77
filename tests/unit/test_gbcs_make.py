"""Alerts that we make: sizes and headers as in DCC's published test data, and always the same."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from hubwire import identities
from hubwire.errors import FieldOutOfRange
from hubwire.gbcs import decode, encode
from hubwire.gbcs_make import Recipe, default_form, make, protect

# Sizes of the published messages of the same use case, bytes.
PUBLISHED_BYTES = [
    (0x8F30, "dlms", 124),
    (0x8F30, "gbz", 108),
    (0x810E, "dlms", 85),
    (0x810E, "gbz", 69),
    (0x81A0, "dlms", 89),
    (0x81A0, "gbz", 71),
    (0x8F12, None, 174),
    (0x8F20, None, 95),
    (0x8F26, None, 96),
    (0x8F28, None, 93),
    (0x8F2A, None, 141),
    (0x8F2C, None, 112),
    (0x8F2D, None, 95),
    (0x8F36, None, 152),
    (0x8F66, None, 145),
    (0x8F66, "dlms", 145),
    (0x8F66, "gbz", 123),
    (0x8F66, "asn1", 138),
    (0x8F72, "dlms", 158),
    (0x8F72, "gbz", 142),
    (0x8F8A, None, 142),
]


@pytest.mark.parametrize(("code", "payload", "size_bytes"), PUBLISHED_BYTES)
def test_made_alert_has_the_size_of_the_published_one(code, payload, size_bytes):
    alert = make(Recipe(code=code, payload=payload))
    assert len(encode(alert)) == alert.length == size_bytes


@pytest.mark.parametrize(
    ("code", "payload", "message_code"),
    [
        (0x8F30, None, 0x1000),
        (0x8F34, None, 0x1000),
        (0x8F3D, None, 0x1000),
        (0x8154, None, 0x1001),
        (0x8F12, None, 0x0018),
        (0x8F20, None, 0x0110),
        (0x8F26, None, 0x0111),
        (0x8F28, None, 0x0112),
        (0x8F2A, None, 0x0113),
        (0x8F2C, None, 0x0114),
        (0x8F2D, None, 0x0115),
        *((code, None, 0x0067) for code in range(0x8F35, 0x8F3D)),
        (0x8F66, "dlms", 0x00CC),
        (0x8F67, "gbz", 0x00CD),
        (0x8F66, "asn1", 0x00CA),
        (0x8F8A, None, 0x0128),
    ],
)
def test_message_code_is_that_of_the_use_case(code, payload, message_code):
    assert make(Recipe(code=code, payload=payload)).message_code == message_code


def test_encoding_that_the_use_case_does_not_have_makes_a_generic_alert():
    alert = make(Recipe(code=0x8F20, payload="gbz"))
    assert (alert.message_code, alert.payload, alert.length) == (0x1001, "gbz", 69)


def test_form_decides_between_the_generic_message_codes():
    assert make(Recipe(code=0x8F3E, form="mac")).message_code == 0x1001
    assert make(Recipe(code=0x8154, form="signature")).message_code == 0x1000


@pytest.mark.parametrize(
    ("code", "form"),
    [
        *((code, "mac") for code in (0x8F12, 0x8F20, 0x8F26, 0x8F28, 0x8F2A, 0x8F2C, 0x8F2D)),
        *((code, "mac") for code in (0x8002, 0x8071, 0x8154, 0x81FF, 0x0000, 0x7FFF, 0x9000)),
        *((code, "signature") for code in (0x8F00, 0x8F13, 0x8F36, 0x8F3E, 0x8F66, 0x8FFF)),
    ],
)
def test_protection_follows_from_the_code(code, form):
    assert default_form(code) == form
    assert make(Recipe(code=code)).form == form


@pytest.mark.parametrize(
    ("code", "payload", "originator", "target"),
    [
        (0x8F3E, None, identities.ESME, identities.SUPPLIER),
        (0x8F3E, "gbz", identities.GSME, identities.SUPPLIER),
        (0x8002, None, identities.ESME, identities.NETWORK_OPERATOR),
        (0x8F36, None, identities.ESME, identities.NETWORK_OPERATOR),
        (0x8F12, None, identities.CHF, identities.ACCESS_CONTROL_BROKER),
        (0x8F20, None, identities.CHF, identities.ACCESS_CONTROL_BROKER),
        (0x8F66, "gbz", identities.GSME, identities.SUPPLIER),
    ],
)
def test_originator_and_target_follow_from_the_code(code, payload, originator, target):
    alert = make(Recipe(code=code, payload=payload))
    assert (alert.originator, alert.target) == (originator, target)


def test_whatever_the_hub_sends_is_for_the_access_control_broker():
    alert = make(Recipe(code=0x8F3E, originator=identities.CHF))
    assert alert.target == identities.ACCESS_CONTROL_BROKER


def test_originator_and_target_that_are_given_are_kept():
    alert = make(Recipe(code=0x8F12, originator=bytes(8), target=b"\xff" * 8))
    assert (alert.originator, alert.target) == (bytes(8), b"\xff" * 8)


@pytest.mark.parametrize("counter", [0, 1, 0xFF_FFFF, 0x100_0001, 2**64 - 1])
def test_invoke_id_repeats_the_low_three_bytes_of_the_counter(counter):
    alert = make(Recipe(code=0x8F3E, counter=counter))
    assert alert.originator_counter == counter
    assert alert.payload_bytes[1:5] == b"\x20" + counter.to_bytes(8, "big")[-3:]


def test_time_is_cut_to_the_second_and_told_in_utc():
    local = datetime(2030, 1, 15, 10, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    alert = make(Recipe(code=0x8F3E, timestamp=local))
    assert alert.timestamp == datetime(2030, 1, 15, 9, 0, tzinfo=timezone.utc)
    assert decode(encode(alert)) == alert


def test_device_log_backup_tells_the_time_of_the_alert():
    alert = make(Recipe(code=0x8F12))
    assert alert.payload_bytes.count(bytes.fromhex("07EE010FFF090000008000FF")) == 2


def test_same_recipe_makes_the_same_alert():
    assert make(Recipe(code=0x8F3E)) == make(Recipe(code=0x8F3E))


def test_next_counter_has_another_protection():
    first, second = (make(Recipe(code=0x8F3E, counter=counter)) for counter in (1, 2))
    assert first.protection != second.protection


@pytest.mark.parametrize(("form", "size_bytes"), [("mac", 12), ("signature", 64)])
def test_protection_has_the_right_length(form, size_bytes):
    assert len(make(Recipe(code=0x8F3E, form=form)).protection) == size_bytes


def test_protect_covers_the_supplementary_party():
    plain = make(Recipe(code=0x8F3E))
    other = protect(replace(plain, supplementary_party=identities.SUPPLIER))
    assert other.protection != plain.protection
    assert decode(encode(other)) == other


@pytest.mark.parametrize(
    ("payload", "payload_bytes"), [("dlms", 25 + 2 + 100), ("gbz", 109), ("asn1", 24 + 2 + 100)]
)
def test_padding_adds_an_element_of_that_size(payload, payload_bytes):
    alert = make(Recipe(code=0x8F3E, payload=payload, padding_bytes=100))
    assert len(alert.payload_bytes) == payload_bytes
    assert decode(encode(alert)) == alert


def test_message_of_1024_bytes_is_made_and_one_byte_more_is_refused():
    largest = Recipe(code=0x8F3E, payload="gbz", padding_bytes=914)
    assert make(largest).length == 1024
    with pytest.raises(FieldOutOfRange, match="1024 bytes"):
        make(replace(largest, padding_bytes=915))


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": -1},
        {"code": 0x1_0000},
        {"code": "8F3E"},
        {"counter": -1},
        {"counter": 1 << 64},
        {"counter": 1.0},
        {"timestamp": datetime(2030, 1, 15)},
        {"originator": bytes(7)},
        {"originator": b""},
        {"target": bytes(9)},
        {"target": "90B3D51F30010000"},
        {"payload": "xml"},
        {"form": "none"},
        {"padding_bytes": -1},
        {"padding_bytes": 1025},
        {"payload": "asn1", "timestamp": None},
    ],
)
def test_recipe_that_does_not_fit_is_refused(wrong):
    with pytest.raises(FieldOutOfRange):
        make(replace(Recipe(code=0x8F3E), **wrong))
