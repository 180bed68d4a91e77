"""The payload of an alert in its three encodings, and what every one of them says.

The first bytes tell which: 0F DLMS data-notification (ESME, CHF), 0109 GBZ (GSME, GPF), 30 ASN.1
DER. Each begins with the alert code and the time; use-case data may follow. That data is walked
through, so that every length in it ends where the payload ends, and is not interpreted.
"""

from datetime import datetime
from io import BytesIO
from typing import Literal, NamedTuple

from construct import Struct, Tell

from hubwire.errors import (
    BadLength,
    BadTag,
    MessageTooShort,
    TrailingBytes,
    UnknownPayload,
)
from hubwire.gbcs_fields import BerLength, Length, Number, Octets, Tag, expect_exactly, take
from hubwire.gbcs_time import (
    ASN1_TIME_BYTES,
    DLMS_TIME_BYTES,
    read_asn1_time,
    read_dlms_time,
    read_gbz_time,
)

PayloadKind = Literal["dlms", "gbz", "asn1"]

_UNDELIVERED_TO_ESME = 0x00D5
"""The one message whose DLMS body has a DER element after it, not inside it."""

DLMS = Struct(
    Tag(b"\x0f", "data-notification"),
    "invoke_id" / Number(4, "long-invoke-id-and-priority"),
    "sent_size" / BerLength("length of the date-time", lambda n: n in (0, 12), "00 or 0C"),
    "sent" / Octets(lambda fields: fields.sent_size.octets, "date-time of the notification"),
    Tag(b"\x02", "structure of the notification body"),
    "elements" / BerLength("number of elements", lambda count: count >= 2, "2 or more"),
    Tag(b"\x12", "alert code"),
    "alert_code" / Number(2, "alert code"),
    Tag(b"\x09\x0c", "time stamp"),
    "time_start" / Tell,
    "time" / Octets(DLMS_TIME_BYTES, "time stamp"),
)

GBZ = Struct(
    Tag(b"\x01\x09", "GBZ profile"),
    "components" / Number(1, "number of GBZ components"),
    "alert_code" / Number(2, "alert code"),
    "time" / Number(4, "time stamp"),
)

ASN1 = Struct(
    Tag(b"\x30", "ASN.1 sequence"),
    "body" / BerLength("length of the ASN.1 sequence"),
    "body_start" / Tell,
    Tag(b"\x02", "alert code"),
    "code_size" / BerLength("length of the alert code", lambda size: 1 <= size <= 3, "1 to 3"),
    "code_start" / Tell,
    "alert_code" / Octets(lambda fields: fields.code_size.octets, "alert code"),
    Tag(bytes([0x18, ASN1_TIME_BYTES]), "time stamp"),
    "time_start" / Tell,
    "time" / Octets(ASN1_TIME_BYTES, "time stamp"),
)

# A-XDR: bytes that follow the tag of a COSEM data element of fixed size (IEC 62056-5-3).
_FIXED_BYTES = {
    **{0x00: 0, 0x03: 1, 0x05: 4, 0x06: 4, 0x0D: 1, 0x0F: 1, 0x10: 2, 0x11: 1, 0x12: 2},
    **{0x14: 8, 0x15: 8, 0x16: 1, 0x17: 4, 0x18: 8, 0x19: 12, 0x1A: 5, 0x1B: 4, 0xFF: 0},
}
_ARRAY, _STRUCTURE, _BIT_STRING = 0x01, 0x02, 0x04
_BYTE_STRINGS = (0x09, 0x0A, 0x0C)
_COUNT = BerLength("length of a COSEM data element")
_DER_LENGTH = BerLength("length of an ASN.1 element")


class PayloadFacts(NamedTuple):
    """What a payload says: its encoding, the alert code (u16) and the time, None if left open."""

    kind: PayloadKind
    alert_code: int
    timestamp: datetime | None


def read_payload(message: bytes, start: int, end: int, message_code: int) -> PayloadFacts:
    """What the payload in `message[start:end]` says.

    Args:
        message: the whole message, so that errors name offsets in it.
        start: first byte of the payload.
        end: first byte after it.
        message_code: of the grouping header, u16.

    Raises:
        UnknownPayload: none of the three encodings.
        MessageDamaged: another leaf: a field inside is wrong, missing or left over.
    """
    stream = BytesIO(message[:end])
    stream.seek(start)
    if message.startswith(b"\x0f", start, end):
        return _read_dlms(stream, end, message_code)
    if message.startswith(b"\x01\x09", start, end):
        return _read_gbz(stream, end)
    if message.startswith(b"\x30", start, end):
        return _read_asn1(stream, end)
    expected = "0F (DLMS), 0109 (GBZ) or 30 (ASN.1)"
    raise UnknownPayload("payload", start, expected, message[start : min(end, start + 2)])


def _read_dlms(stream: BytesIO, end: int, message_code: int) -> PayloadFacts:
    fields = DLMS.parse_stream(stream)
    timestamp = read_dlms_time(fields.time, fields.time_start)
    _skip_cosem_elements(stream, fields.elements.octets - 2)
    if message_code == _UNDELIVERED_TO_ESME:
        _skip_der_elements(stream, end)
    _expect_end(stream, end, "payload after its last element")
    return PayloadFacts("dlms", fields.alert_code, timestamp)


def _skip_cosem_elements(stream: BytesIO, pending: int) -> None:
    """Passes over so many COSEM data elements and all that is nested in them.

    A count instead of recursion: nesting costs no memory, and each turn takes a byte at least.
    """
    while pending:
        pending += _skip_cosem_element(stream) - 1


def _skip_cosem_element(stream: BytesIO) -> int:
    """Passes over one element's own bytes; returns how many elements are nested in it."""
    offset = stream.tell()
    tag = take(stream, 1, "COSEM data element")[0]
    if tag in _FIXED_BYTES:
        take(stream, _FIXED_BYTES[tag], "COSEM data element")
        return 0
    if tag in (_ARRAY, _STRUCTURE):
        return _length(_COUNT, stream).octets
    if tag in _BYTE_STRINGS:
        take(stream, _length(_COUNT, stream).octets, "COSEM data element")
        return 0
    if tag == _BIT_STRING:
        take(stream, (_length(_COUNT, stream).octets + 7) // 8, "COSEM data element")
        return 0
    raise BadTag("COSEM data element", offset, "the tag of a COSEM data type", bytes([tag]))


def _length(layout: BerLength, stream: BytesIO) -> Length:
    length = layout.parse_stream(stream)
    assert isinstance(length, Length)
    return length


def _read_gbz(stream: BytesIO, end: int) -> PayloadFacts:
    fields = GBZ.parse_stream(stream)
    if fields.components == 0:
        _expect_end(stream, end, "GBZ payload of 0 components")
    elif stream.tell() == end:
        expected = f"{fields.components} GBZ components"
        raise MessageTooShort("GBZ payload", end, expected, "none")
    return PayloadFacts("gbz", fields.alert_code, read_gbz_time(fields.time))


def _read_asn1(stream: BytesIO, end: int) -> PayloadFacts:
    fields = ASN1.parse_stream(stream)
    expect_exactly("ASN.1 sequence", fields.body_start, fields.body.octets, end)
    code = int.from_bytes(fields.alert_code, "big", signed=True)
    if not 0 <= code <= 0xFFFF:
        raise BadLength("alert code", fields.code_start, "0 to 65535", fields.alert_code)
    timestamp = read_asn1_time(fields.time, fields.time_start)
    _skip_der_elements(stream, end)
    return PayloadFacts("asn1", code, timestamp)


def _skip_der_elements(stream: BytesIO, end: int) -> None:
    """Passes over DER elements up to the end; what is nested in them is not looked at."""
    while stream.tell() < end:
        offset = stream.tell()
        tag = take(stream, 1, "ASN.1 element")
        if tag[0] & 0x1F == 0x1F:
            raise BadTag("ASN.1 element", offset, "a tag of one byte", tag)
        take(stream, _length(_DER_LENGTH, stream).octets, "ASN.1 element")


def _expect_end(stream: BytesIO, end: int, where: str) -> None:
    left_bytes = end - stream.tell()
    if left_bytes:
        raise TrailingBytes(where, stream.tell(), "its end", f"{left_bytes} more bytes")
