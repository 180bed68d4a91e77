"""The time stamp of an alert, in the three ways a payload writes it.

All of them become an aware datetime in UTC, or None where the message leaves the time open.
"""

from datetime import datetime, timedelta, timezone

from construct import Int8ub, Int16sb, Int16ub, Struct

from hubwire.errors import BadTime, FieldOutOfRange

UTC = timezone.utc
DLMS_TIME_BYTES = 12
ASN1_TIME_BYTES = 15
"""`YYYYMMDDHHMMSSZ`."""

_DLMS_UNSPECIFIED = b"\xff" * 9 + b"\x80\x00\xff"
_OPEN_YEAR, _OPEN = 0xFFFF, 0xFF
_WEEKDAYS = (1, 2, 3, 4, 5, 6, 7, _OPEN)
_NO_DEVIATION = -0x8000
_FILLERS = (2000, 1, 1, 0, 0, 0)
_LARGEST_DEVIATION_MIN = 720
_GBZ_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""ZigBee's UTCTime counts seconds from here, and keeps FFFFFFFF for a time that is not known."""
_GBZ_UNSPECIFIED = 0xFFFFFFFF

_DLMS_TIME = Struct(
    "year" / Int16ub * "FFFF: not specified",
    "month" / Int8ub * "1 to 12; FF: not specified, as in the fields below",
    "day" / Int8ub * "of the month",
    "weekday" / Int8ub * "1 Monday to 7 Sunday",
    "hour" / Int8ub,
    "minute" / Int8ub,
    "second" / Int8ub,
    "hundredths" / Int8ub,
    "deviation_min" / Int16sb * "from local time to UTC, minutes; 8000: not specified",
    "status" / Int8ub * "of the clock; FF: not specified",
)
"""COSEM date-time, as the DLMS UA Blue Book lays it out."""


def read_dlms_time(raw: bytes, offset: int) -> datetime | None:
    """The instant in a 12-byte COSEM date-time.

    Without a deviation the time is taken as UTC, which is what GBCS devices keep. The clock
    status and the day of the week say nothing about the instant.

    Args:
        raw: 12 bytes.
        offset: of these bytes in the message, for the error.

    Returns:
        None if any field from year to second is not specified.

    Raises:
        BadTime: a field out of its range, or a day that no calendar has.
    """
    fields = _DLMS_TIME.parse(raw)
    deviation_min = 0 if fields.deviation_min == _NO_DEVIATION else fields.deviation_min
    if abs(deviation_min) > _LARGEST_DEVIATION_MIN or fields.weekday not in _WEEKDAYS:
        raise _bad_time(raw, offset)
    hundredths = 0 if fields.hundredths == _OPEN else fields.hundredths
    parts = (fields.month, fields.day, fields.hour, fields.minute, fields.second)
    is_open = [fields.year == _OPEN_YEAR, *(part == _OPEN for part in parts)]
    # What is specified must make sense even so: what is open is filled from 1 January 2000.
    filled = [
        filler if gap else part
        for filler, gap, part in zip(_FILLERS, is_open, (fields.year, *parts), strict=True)
    ]
    try:
        local = datetime(*filled, hundredths * 10_000, tzinfo=UTC)  # type: ignore[misc,arg-type]
        instant = local + timedelta(minutes=deviation_min)
    except (ValueError, OverflowError) as error:
        raise _bad_time(raw, offset) from error
    return None if any(is_open) else instant


def _bad_time(raw: bytes, offset: int) -> BadTime:
    return BadTime("time stamp", offset, "an instant", raw)


def read_gbz_time(seconds: int) -> datetime | None:
    """The instant that many seconds (u32) after 2000-01-01T00:00:00Z; None for FFFFFFFF."""
    if seconds == _GBZ_UNSPECIFIED:
        return None
    return _GBZ_EPOCH + timedelta(seconds=seconds)


def read_asn1_time(raw: bytes, offset: int) -> datetime:
    """The instant in a GeneralizedTime of the form YYYYMMDDHHMMSSZ.

    Raises:
        BadTime: another form, or a day that no calendar has.
    """
    digits = raw[:-1]
    if raw[-1:] != b"Z" or not digits.isdigit():
        raise _bad_time(raw, offset)
    pairs = [int(digits[at : at + 2]) for at in range(4, 14, 2)]
    try:
        return datetime(int(digits[:4]), *pairs, tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError as error:
        raise _bad_time(raw, offset) from error


def to_utc_second(instant: datetime) -> datetime:
    """The same time in UTC, cut to the second.

    Raises:
        FieldOutOfRange: the time has no zone, or its year in UTC is not from 1 to 9999.
    """
    if instant.tzinfo is None:
        raise FieldOutOfRange(f"timestamp: expected a time with its zone, got {instant}")
    try:
        return instant.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        raise FieldOutOfRange(f"timestamp: {instant} has no UTC year from 1 to 9999") from error


def write_dlms_time(instant: datetime | None) -> bytes:
    """12 bytes: UTC, to the second, without day of the week, deviation and clock status.

    Raises:
        FieldOutOfRange: the time has no zone.
    """
    if instant is None:
        return _DLMS_UNSPECIFIED
    utc = to_utc_second(instant)
    head = utc.year.to_bytes(2, "big") + bytes([utc.month, utc.day, _OPEN])
    return head + bytes([utc.hour, utc.minute, utc.second, 0, 0x80, 0x00, 0xFF])


def write_gbz_time(instant: datetime | None) -> int:
    """Seconds since 2000-01-01T00:00:00Z, u32.

    Raises:
        FieldOutOfRange: the time has no zone, or is not from 2000 to early 2136.
    """
    if instant is None:
        return _GBZ_UNSPECIFIED
    seconds = int((to_utc_second(instant) - _GBZ_EPOCH).total_seconds())
    if not 0 <= seconds < _GBZ_UNSPECIFIED:
        raise FieldOutOfRange(f"timestamp: GBZ holds 2000 to early 2136, got {instant}")
    return seconds


def write_asn1_time(instant: datetime | None) -> bytes:
    """15 bytes, YYYYMMDDHHMMSSZ.

    Raises:
        FieldOutOfRange: no time, or one without a zone.
    """
    if instant is None:
        raise FieldOutOfRange("timestamp: an ASN.1 alert cannot leave its time open")
    utc = to_utc_second(instant)
    return f"{utc.year:04}{utc:%m%d%H%M%S}Z".encode("ascii")
