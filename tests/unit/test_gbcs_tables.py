"""Names of codes, published identities, capture files and golden vectors."""

import json
from datetime import datetime, timezone

import pytest

from hubwire import errors, identities, vectors_gbcs
from hubwire.codes import alert_name, message_name
from hubwire.errors import MessageDamaged
from hubwire.gbcs import decode
from hubwire.pcap import pcap_header, pcap_record


def test_alert_code_has_its_name():
    assert alert_name(0x8F20) == "Limited Duty Cycle Action Taken"


def test_message_code_has_its_name():
    assert message_name(0x1000) == "Generic critical alert"


@pytest.mark.parametrize("code", [0, 0x8FFF, 0xFFFF, 0x1_8F20])
def test_unknown_code_has_no_name(code):
    assert alert_name(code) is None
    assert message_name(code) is None


def test_all_names_of_alert_codes_are_filled_in():
    names = [alert_name(code) for code in range(0x8000, 0x9000)]
    known = [name for name in names if name is not None]
    assert len(known) == 189
    assert all(name == name.strip() != "" for name in known)


@pytest.mark.parametrize("eui", ["00DB1234567890A0", "90B3D51F30010000"])
def test_published_ranges_are_recognised(eui):
    assert identities.is_published_test_identity(bytes.fromhex(eui))


@pytest.mark.parametrize("eui", ["00DB123556789000", "90B3D51F31010000", "0000000000000000"])
def test_other_identities_are_not_published(eui):
    assert not identities.is_published_test_identity(bytes.fromhex(eui))


def test_capture_file_begins_with_the_header_of_libpcap_for_user0():
    expected = "D4C3B2A1 0200 0400 00000000 00000000 FFFF0000 93000000"
    assert pcap_header() == bytes.fromhex(expected)


def test_capture_record_tells_time_and_length():
    time = datetime(1970, 1, 1, 0, 0, 1, 2, tzinfo=timezone.utc)
    expected = bytes.fromhex("01000000 02000000 03000000 03000000") + b"abc"
    assert pcap_record(time, b"abc") == expected


@pytest.mark.parametrize("year", [1969, 2107])
def test_time_that_a_capture_file_cannot_hold_is_shown_as_1970(year):
    record = pcap_record(datetime(year, 1, 1, tzinfo=timezone.utc), b"")
    assert record[:4] == bytes(4)


def stored_vectors() -> list[dict[str, object]]:
    return [json.loads(line) for line in vectors_gbcs.PATH.read_text("utf-8").splitlines()]


def test_golden_vectors_are_what_the_command_writes():
    assert list(vectors_gbcs.lines()) == vectors_gbcs.PATH.read_text("utf-8").splitlines()


def test_golden_vectors_are_read_as_they_say():
    for vector in stored_vectors():
        message = bytes.fromhex(str(vector["hex"]))
        if "error" in vector:
            kind = getattr(errors, str(vector["error"]))
            with pytest.raises(kind) as caught:
                decode(message)
            assert isinstance(caught.value, MessageDamaged)
            assert caught.value.offset == vector["offset"]
        else:
            assert f"{decode(message).alert_code:04X}" == vector["code"]


def test_golden_vectors_hold_every_form_payload_and_length_form():
    alerts = [decode(bytes.fromhex(str(v["hex"]))) for v in stored_vectors() if "code" in v]
    seen = {(a.form, a.payload, _length_form(len(a.payload_bytes))) for a in alerts}
    assert len(seen) == 2 * 3 * 3


def test_golden_vectors_hold_every_way_to_be_damaged():
    kinds = {leaf.__name__ for leaf in MessageDamaged.__subclasses__()} - {"NotHex"}
    assert {vector["error"] for vector in stored_vectors() if "error" in vector} == kinds


def _length_form(octets: int) -> int:
    return 1 if octets < 0x80 else 2 if octets < 0x100 else 3
