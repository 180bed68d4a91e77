"""The device's reader of GBCS beside the host's, which is the oracle.

What the device finds it finds where the host does. It reads less than the host (nothing behind the
alert code), so it may take a message whose end is damaged, but never with another key.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from commshub.gbcs import ALERT, CODE, IS_SIGNED, NOT_AN_ALERT, UNREADABLE, AlertReader
from hubwire import vectors_gbcs
from hubwire.errors import MessageDamaged, NotAnAlert
from hubwire.gbcs import build, decode, encode
from hubwire.gbcs_make import Recipe, make

VECTORS = [json.loads(line) for line in vectors_gbcs.PATH.read_text("utf-8").splitlines()]
ALERTS = [vector for vector in VECTORS if "error" not in vector]
DAMAGED = [vector for vector in VECTORS if "error" in vector]
FORMS = [
    encode(make(Recipe(code=code, payload=payload)))
    for code in (0x8F3E, 0x8154)
    for payload in ("dlms", "gbz", "asn1")  # type: Any
]
LONG_FORMS = [
    encode(make(Recipe(code=code, payload="dlms", padding_bytes=padding_bytes)))
    for code in (0x8F3E, 0x8154)
    for padding_bytes in (150, 300)
]
NOT_LOOKED_AT = {
    *(("BadTag", 8), ("BadLength", 41), ("BadLength", 54)),
    *(("BadTag", 45), ("BadTag", 58), ("BadTime", 47), ("BadTime", 60)),
    *(("MessageTooShort", 59), ("MessageTooShort", 72)),
}
"""Security control; the number of elements; the time, and the elements behind it."""

TELLING_BYTES = (0x00, 0x01, 0x02, 0x0C, 0x12, 0x30, 0x7F, 0x80, 0x81, 0x82, 0x83, 0xFF)


class Fenced:
    """A buffer that holds a message and more, and fails where anything else is looked at."""

    def __init__(self, message: bytes, before: bytes, after: bytes) -> None:
        self._bytes = before + message + after
        self.start = len(before)
        self.end = self.start + len(message)

    def __getitem__(self, place: int) -> int:
        assert self.start <= place < self.end, f"looked at {place - self.start} of the message"
        return self._bytes[place]

    def eui(self, place: int) -> str:
        return bytes(self[at] for at in range(place, place + 8)).hex().upper()


def read(message: bytes, after: bytes = b"\xff" * 600) -> tuple[int, Any]:
    """What the device makes of a message amid other bytes: its answer, and the key of an alert."""
    buffer = Fenced(message, b"\xdd\xdf\x00", after)
    reader = AlertReader()
    found = reader.read(buffer, buffer.start, buffer.end)
    if found != ALERT:
        return found, None
    at, target_at, code, is_signed = reader.found
    key = buffer.eui(at), buffer.eui(target_at), code
    return found, (*key, "signature" if is_signed else "mac")


def key_by_host(message: bytes) -> Any:
    """The key that the host reads; None for what is no alert to it."""
    try:
        alert = decode(message)
    except MessageDamaged:
        return None
    eui = alert.originator.hex().upper(), alert.target.hex().upper()
    return *eui, alert.alert_code, alert.form


def changed(message: bytes) -> Iterator[bytes]:
    """The message with each byte in turn replaced by those that mean something somewhere."""
    for place in range(len(message)):
        for byte in TELLING_BYTES:
            yield message[:place] + bytes([byte]) + message[place + 1 :]


def test_vectors_are_enough_to_say_something() -> None:
    assert len(ALERTS) >= 100 and len(DAMAGED) >= 50


@pytest.mark.parametrize("at", range(len(ALERTS)))
def test_key_of_a_golden_alert_is_found(at: int) -> None:
    vector = ALERTS[at]
    key = vector["originator"], vector["target"], int(vector["code"], 16), vector["form"]
    assert read(bytes.fromhex(vector["hex"])) == (ALERT, key)


@pytest.mark.parametrize("vector", DAMAGED, ids=lambda vector: f"{vector['error']}")
def test_damaged_golden_message_is_refused_but_where_the_device_does_not_look(
    vector: Any,
) -> None:
    found, key = read(bytes.fromhex(vector["hex"]))
    if (vector["error"], vector["offset"]) in NOT_LOOKED_AT:
        assert found == ALERT and key in [key_by_host(form) for form in FORMS]
    else:
        assert found == (NOT_AN_ALERT if vector["error"] == "NotAnAlert" else UNREADABLE)


@pytest.mark.parametrize("message", [*FORMS, *LONG_FORMS], ids=range(10))
def test_message_cut_anywhere_is_unreadable_whatever_follows_it(message: bytes) -> None:
    for length in range(len(message)):
        assert read(message[:length], after=message[length:]) == (UNREADABLE, None)


def test_byte_behind_the_mac_that_the_mac_header_counts_is_left_over() -> None:
    with_mac = encode(make(Recipe(code=0x8154)))
    message = with_mac[:7] + bytes([with_mac[7] + 1]) + with_mac[8:] + b"\x00"
    assert read(message) == (UNREADABLE, None)


@pytest.mark.parametrize("payload", ["dlms", "gbz", "asn1"])
def test_code_is_not_looked_for_behind_a_payload_that_ends_before_it(payload: Any) -> None:
    alert = make(Recipe(code=0x8F3E, payload=payload))
    for length in range(len(alert.payload_bytes)):
        message = build(replace(alert, payload_bytes=alert.payload_bytes[:length]))
        found, key = read(message)
        assert found == UNREADABLE or key[2] == 0x8F3E, length


@pytest.mark.parametrize("form", range(len(FORMS)))
def test_message_with_bytes_left_over_is_unreadable(form: int) -> None:
    for extra in (b"\x00", b"\xff", bytes(12), FORMS[form]):
        assert read(FORMS[form] + extra) == (UNREADABLE, None)


@pytest.mark.parametrize("form", range(len(FORMS)))
def test_whatever_one_changed_byte_leaves_readable_to_the_host_the_device_reads_alike(
    form: int,
) -> None:
    for message in changed(FORMS[form]):
        expected = key_by_host(message)
        found, key = read(message)
        assert expected is None or (found, key) == (ALERT, expected), message.hex()


@pytest.mark.parametrize("flag", [1, 2])
@pytest.mark.parametrize("form", range(len(FORMS)))
def test_commands_and_responses_are_no_alerts(form: int, flag: int) -> None:
    at = FORMS[form].index(b"\xdf\x09") + 2
    message = FORMS[form][:at] + bytes([flag]) + FORMS[form][at + 1 :]
    with pytest.raises(NotAnAlert):
        decode(message)
    assert read(message) == (NOT_AN_ALERT, None)


def test_long_other_information_is_passed_over() -> None:
    long = [bytes.fromhex(v["hex"]) for v in ALERTS if "0000008201A210" in v["hex"]]
    assert long and {read(message)[0] for message in long} == {ALERT}


def test_nothing_is_unreadable() -> None:
    assert read(b"") == (UNREADABLE, None)


def test_reader_forgets_one_message_with_the_next() -> None:
    reader = AlertReader()
    signed, with_mac = FORMS[0], FORMS[3]
    reader.read(signed, 0, len(signed))
    assert reader.found[IS_SIGNED] and reader.read(with_mac, 0, len(with_mac)) == ALERT
    assert (reader.found[IS_SIGNED], reader.found[CODE]) == (0, 0x8154)
