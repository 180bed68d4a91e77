"""The GBCS alert: a whole message to a plain value, and back to the same bytes.

    with a signature (critical): grouping header | payload | 40 | signature of 64 bytes
    with a MAC (non-critical): MAC header | grouping header | payload | 00 | MAC of 12 bytes

The two headers are general-ciphering (DD) and general-signing (DF) of DLMS. Every length is
checked against what surrounds it, nothing may be left over, and what is wrong is told with its
offset. MACs and signatures are carried, not made or verified: nothing here holds a key.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, Literal

from construct import If, Struct, Tell

from hubwire.errors import (
    BadProtection,
    BadTag,
    FieldOutOfRange,
    MessageDamaged,
    NotAnAlert,
    TrailingBytes,
)
from hubwire.gbcs_fields import BerLength, Length, Number, Octets, Tag, expect_exactly, take
from hubwire.gbcs_payload import PayloadKind, read_payload

Form = Literal["mac", "signature"]

CRA_ALERT = 3
EUI_BYTES = 8
PROTECTION_BYTES: dict[Form, int] = {"mac": 12, "signature": 64}
_NO_SIGNATURE = b"\x00"
_SIGNATURE_LENGTH: dict[Form, bytes] = {"mac": _NO_SIGNATURE, "signature": b"\x40"}
_MAC_HEADER_TAG = 0xDD
_CRA_NAMES = {1: "01, a command", 2: "02, a response"}

# Bytes of the other-information field: the message code, then each of these after the other.
_MESSAGE_CODE, _PARTY, _PARTY_COUNTER, _ORIGINATOR_COUNTER = 0x02, 0x0A, 0x12, 0x1A
_DATE_TIME_BYTES = 12


class _CraFlag(Number):
    """Command, response or alert; only an alert is read on."""

    def _parse(self, stream: Any, context: Any, path: str) -> int:
        offset = stream.tell()
        flag = super()._parse(stream, context, path)
        if flag in _CRA_NAMES:
            raise NotAnAlert("CRA flag", offset, "03, an alert", _CRA_NAMES[flag])
        if flag != CRA_ALERT:
            raise BadTag("CRA flag", offset, "01, 02 or 03", bytes([flag]))
        return flag


def _other_bytes(fields_so_far: Any) -> int:
    octets = fields_so_far.other.octets
    assert isinstance(octets, int)
    return octets


def _is_other_information(octets: int) -> bool:
    return octets in (_MESSAGE_CODE, _PARTY, _PARTY_COUNTER) or octets >= _ORIGINATOR_COUNTER


_MAC_HEADER = Struct(
    Tag(bytes([_MAC_HEADER_TAG, 0, 0, 0, 0, 0, 0]), "MAC header"),
    "rest" / BerLength("length in the MAC header") * "bytes up to and including the MAC",
    "rest_start" / Tell,
    Tag(b"\x11\x00\x00\x00\x00", "security control and invocation counter"),
)

_GROUPING_HEADER = Struct(
    Tag(b"\xdf", "grouping header"),
    Tag(b"\x09", "length of the transaction id"),
    "cra" / _CraFlag(1, "CRA flag") * "01 command, 02 response, 03 alert",
    "originator_counter" / Number(8, "originator counter") * "rises with every message",
    Tag(b"\x08", "length of the business originator id"),
    "originator" / Octets(EUI_BYTES, "business originator id") * "EUI-64 of the device",
    Tag(b"\x08", "length of the business target id"),
    "target" / Octets(EUI_BYTES, "business target id") * "EUI-64 of the party it is for",
    "date_time_size"
    / BerLength("length of the date-time", lambda n: n in (0, _DATE_TIME_BYTES), "00 or 0C"),
    "header_date_time" / Octets(lambda got: got.date_time_size.octets, "date-time"),
    "other"
    / BerLength(
        "length of the other information", _is_other_information, "02, 0A, 12, 1A or more"
    ),
    "message_code" / Number(2, "message code") * "says which use case",
    "supplementary_party"
    / If(
        lambda got: _other_bytes(got) >= _PARTY, Octets(EUI_BYTES, "supplementary remote party id")
    ),
    "supplementary_counter"
    / If(
        lambda got: _other_bytes(got) >= _PARTY_COUNTER,
        Number(8, "supplementary remote party counter"),
    ),
    "supplementary_originator_counter"
    / If(
        lambda got: _other_bytes(got) == _ORIGINATOR_COUNTER,
        Number(8, "supplementary originator counter"),
    ),
    "certificate"
    / If(
        lambda got: _other_bytes(got) > _ORIGINATOR_COUNTER,
        Octets(lambda got: _other_bytes(got) - _PARTY_COUNTER, "key agreement certificate"),
    ),
    "content" / BerLength("length of the content"),
    "payload_start" / Tell,
    "payload" / Octets(lambda got: got.content.octets, "content"),
)


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One GBCS alert.

    `alert_code`, `timestamp` and `payload` are what `payload_bytes` say; they are here so that
    nobody needs to look inside. `encode` refuses an alert whose fields contradict its payload.

    Attributes:
        form: protected by a MAC (non-critical) or by a signature (critical).
        cra: the CRA flag, 3.
        originator: EUI-64 of the device, 8 bytes.
        target: EUI-64 of the party that the alert is for, 8 bytes.
        originator_counter: u64.
        message_code: u16; 1000 and 1001 are the generic alerts.
        alert_code: u16.
        timestamp: the device's time, UTC; None where the message leaves it open.
        payload: the encoding of the payload.
        payload_bytes: the payload, whole.
        protection: the MAC (12 bytes) or the signature (64 bytes).
        supplementary_party: EUI-64 of another party, 8 bytes, or None.
        supplementary_counter: that party's counter, u64; only with the party.
        supplementary_originator_counter: u64; only with the counter.
        certificate: instead of it: that party's key agreement certificate, more than 8 bytes.
        header_date_time: empty in every alert known; 12 bytes are carried as they are.
        spare_length_bytes: how many bytes the lengths in the MAC header, of the other information
            and of the content take beyond their shortest form: legal, and kept.
    """

    form: Form
    originator: bytes
    target: bytes
    originator_counter: int
    message_code: int
    alert_code: int
    timestamp: datetime | None
    payload: PayloadKind
    payload_bytes: bytes
    protection: bytes
    cra: int = CRA_ALERT
    supplementary_party: bytes | None = None
    supplementary_counter: int | None = None
    supplementary_originator_counter: int | None = None
    certificate: bytes | None = None
    header_date_time: bytes = b""
    spare_length_bytes: tuple[int, int, int] = (0, 0, 0)

    @property
    def length(self) -> int:
        """Of the whole message, in bytes."""
        return len(build(self))


def decode(message: bytes | bytearray | memoryview) -> Alert:
    """Reads one whole alert.

    Not checked: the MAC or signature, and whether the invoke-id repeats the originator counter.

    Args:
        message: exactly one message, with nothing before or after it.

    Raises:
        MessageDamaged: one of its leaves, with the offset; `NotAnAlert` for a command or response.
    """
    return _decode(bytes(message))


# A comparison reads each message at every hop of every arm, a few dozen times; construct takes a
# quarter of a millisecond for one.
@lru_cache(maxsize=8192)
def _decode(message: bytes) -> Alert:
    stream = BytesIO(message)
    form: Form = "mac" if message[:1] == bytes([_MAC_HEADER_TAG]) else "signature"
    mac_spare = _read_mac_header(stream, len(message)) if form == "mac" else 0
    header = _GROUPING_HEADER.parse_stream(stream)
    payload_end = stream.tell()
    protection = _read_protection(stream, form)
    if stream.tell() < len(message):
        left = f"{len(message) - stream.tell()} more bytes"
        raise TrailingBytes("message", stream.tell(), "its end", left)
    facts = read_payload(message, header.payload_start, payload_end, header.message_code)
    return Alert(
        form=form,
        cra=header.cra,
        originator=header.originator,
        target=header.target,
        originator_counter=header.originator_counter,
        message_code=header.message_code,
        alert_code=facts.alert_code,
        timestamp=facts.timestamp,
        payload=facts.kind,
        payload_bytes=header.payload,
        protection=protection,
        supplementary_party=header.supplementary_party,
        supplementary_counter=header.supplementary_counter,
        supplementary_originator_counter=header.supplementary_originator_counter,
        certificate=header.certificate,
        header_date_time=header.header_date_time,
        spare_length_bytes=(mac_spare, header.other.spare, header.content.spare),
    )


def _read_mac_header(stream: BytesIO, message_bytes: int) -> int:
    """Reads the MAC header and checks its length; returns the spare bytes of that length."""
    header = _MAC_HEADER.parse_stream(stream)
    rest: Length = header.rest
    expect_exactly("message after its MAC header", header.rest_start, rest.octets, message_bytes)
    return rest.spare


def _read_protection(stream: BytesIO, form: Form) -> bytes:
    offset = stream.tell()
    signature_length = take(stream, 1, "length of the signature")
    if signature_length != _SIGNATURE_LENGTH[form]:
        expected = "00, as there is a MAC" if form == "mac" else "40, as there is no MAC"
        raise BadProtection("length of the signature", offset, expected, signature_length)
    return take(stream, PROTECTION_BYTES[form], form)


def encode(alert: Alert) -> bytes:
    """The message that `decode` reads as this very alert.

    Raises:
        FieldOutOfRange: a value that its field cannot hold, or that contradicts another one.
    """
    message = build(alert)
    try:
        read_back = decode(message)
    except MessageDamaged as error:
        raise FieldOutOfRange(f"the alert cannot be written: {error}") from error
    for field in fields(alert):
        meant, written = getattr(alert, field.name), getattr(read_back, field.name)
        if meant != written:
            raise FieldOutOfRange(f"{field.name}: {meant!r:.80} would be read as {written!r:.80}")
    return message


def build(alert: Alert) -> bytes:
    """The bytes of an alert, without the check that its fields agree with its payload.

    Raises:
        FieldOutOfRange: a value that its field cannot hold.
    """
    message = _grouping_header(alert) + _write_protection(alert)
    if alert.form == "signature":
        return message
    rest_bytes = len(message) + 5  # security control and invocation counter
    mac_spare, _, _ = alert.spare_length_bytes
    header: bytes = _MAC_HEADER.build({"rest": Length(rest_bytes, mac_spare)})
    return header + message


def protected_bytes(alert: Alert) -> bytes:
    """What of a message its MAC or signature is over.

    Under a signature: from the transaction id, which the tag DF comes before, to the end of the
    payload. Under a MAC: from that tag to the signature's length, which is 00; what the cipher
    takes beside it, the message does not say.

    Raises:
        FieldOutOfRange: a value that its field cannot hold.
    """
    header = _grouping_header(alert)
    return header[1:] if alert.form == "signature" else header + _NO_SIGNATURE


def _grouping_header(alert: Alert) -> bytes:
    """The grouping header, and the payload that it ends with."""
    _, other_spare, content_spare = alert.spare_length_bytes
    values = {field.name: getattr(alert, field.name) for field in fields(alert)}
    values["payload"] = alert.payload_bytes
    values["date_time_size"] = Length(len(alert.header_date_time))
    values["other"] = Length(_other_information_bytes(alert), other_spare)
    values["content"] = Length(len(alert.payload_bytes), content_spare)
    header: bytes = _GROUPING_HEADER.build(values)
    return header


def _other_information_bytes(alert: Alert) -> int:
    if alert.certificate is not None:
        return _PARTY_COUNTER + len(alert.certificate)
    if alert.supplementary_originator_counter is not None:
        return _ORIGINATOR_COUNTER
    if alert.supplementary_counter is not None:
        return _PARTY_COUNTER
    return _MESSAGE_CODE if alert.supplementary_party is None else _PARTY


def _write_protection(alert: Alert) -> bytes:
    if alert.form not in PROTECTION_BYTES:
        raise FieldOutOfRange(f"form: expected mac or signature, got {alert.form!r:.80}")
    size_bytes = PROTECTION_BYTES[alert.form]
    if len(alert.protection) != size_bytes:
        got = len(alert.protection)
        raise FieldOutOfRange(f"protection: a {alert.form} has {size_bytes} bytes, got {got}")
    return _SIGNATURE_LENGTH[alert.form] + alert.protection
