"""Finds originator, target and code in a GBCS message of any form, without copying it.

Critical alerts are a grouping header, payload and signature; the others have a MAC header before
and a MAC behind. Lengths are BER; all integers big-endian. The host's decoder is
protocol/hubwire/gbcs.py, and golden vectors hold the two together. Layout: GBCS message templates,
as published messages show them.

Machine code on the board (viper), which checks no bounds: every place is compared with the end of
what it is part of before it is read.
"""

from array import array

from commshub.compat import const, micropython, ptr8, ptr32

ALERT = const(0)
NOT_AN_ALERT = const(1)  # a command or a response
UNREADABLE = const(2)

_GENERAL_CIPHERING = const(0xDD)
_GENERAL_SIGNING = const(0xDF)
_CRA_ALERT = const(3)
_MAC_BYTES = const(12)
_SIGNATURE_BYTES = const(64)
_HEADER_BYTES = const(31)  # of the grouping header, up to its other-information, with no date-time
_DATE_TIME_BYTES = const(12)
_DATA_NOTIFICATION = const(0x0F)
_LONG_UNSIGNED = const(0x12)
_STRUCTURE = const(0x02)
_SEQUENCE = const(0x30)
_INTEGER = const(0x02)

GENERAL_SIGNING = 0xDF  # the first byte of a message of the critical form, and of no other

# Of what is found.
ORIGINATOR_AT = const(0)
TARGET_AT = const(1)
CODE = const(2)
IS_SIGNED = const(3)


class AlertReader:
    """Reads one message after another. Allocates: nothing. Context: loop.

    After ALERT `found` has, at the constants above, the places of two EUI-64s in the buffer, the
    alert code, and 1 where the alert is of the critical form: an array, so that machine code can
    read it.
    """

    def __init__(self):
        self.found = array("i", bytes(16))

    def read(self, buffer, start: int, end: int) -> int:
        """ALERT, NOT_AN_ALERT or UNREADABLE for the message `buffer[start:end]`."""
        return read_message(buffer, start, end, self.found)


@micropython.viper
def read_message(buffer, start: int, end: int, found) -> int:  # noqa: C901, PLR0915 (see below)
    """What the message is; of an alert, `found` has what matters.

    Long, and with BER lengths read in two places, because calls are what costs most on the board.
    """
    data = ptr8(buffer)
    out = ptr32(found)
    at = start
    length = 0
    more = 0
    # Behind the MAC header, if there is one.
    if at < end and int(data[at]) == _GENERAL_CIPHERING:
        if at + 8 > end:
            return UNREADABLE
        length = 1
        while length < 7:
            if int(data[at + length]) != 0:
                return UNREADABLE
            length += 1
        at += 7
        length = int(data[at])
        at += 1
        if length >= 0x80:
            more = length - 0x80
            if more == 0 or more > 2 or at + more > end:
                return UNREADABLE
            length = int(data[at])
            if more == 2:
                length = length << 8 | int(data[at + 1])
            at += more
        if at + length != end or length < 5:
            return UNREADABLE
        at += 5
    # The grouping header.
    if at + _HEADER_BYTES >= end:
        return UNREADABLE
    if int(data[at]) != _GENERAL_SIGNING or int(data[at + 1]) != 9:
        return UNREADABLE
    if int(data[at + 11]) != 8 or int(data[at + 20]) != 8:
        return UNREADABLE
    length = int(data[at + 29])
    if length != 0 and length != _DATE_TIME_BYTES:
        return UNREADABLE
    more = int(data[at + 2])
    if more != _CRA_ALERT:
        return NOT_AN_ALERT if more == 1 or more == 2 else UNREADABLE
    out[ORIGINATOR_AT] = at + 12
    out[TARGET_AT] = at + 21
    is_signed = 1 if at == start else 0
    out[IS_SIGNED] = is_signed
    # Its other information, then the payload: each a length and as many bytes.
    at += 30 + length
    parts = 0
    while parts < 2:
        if at >= end:
            return UNREADABLE
        length = int(data[at])
        at += 1
        if length >= 0x80:
            more = length - 0x80
            if more == 0 or more > 2 or at + more > end:
                return UNREADABLE
            length = int(data[at])
            if more == 2:
                length = length << 8 | int(data[at + 1])
            at += more
        parts += 1
        if parts < 2:
            at += length
    # Signature or MAC, and nothing else, follow.
    closing = at + length
    if closing >= end:
        return UNREADABLE
    if is_signed == 1:
        if int(data[closing]) != _SIGNATURE_BYTES or closing + 1 + _SIGNATURE_BYTES != end:
            return UNREADABLE
    else:
        if int(data[closing]) != 0 or closing + 1 + _MAC_BYTES != end:
            return UNREADABLE
    at = int(_code_at(buffer, at, closing))
    if at < 0 or at + 2 > closing:
        return UNREADABLE
    out[CODE] = int(data[at]) << 8 | int(data[at + 1])
    return ALERT


@micropython.viper
def _code_at(buffer, start: int, end: int) -> int:  # noqa: C901 (see `_read`)
    """The place of the alert code in the payload `buffer[start:end]`, or -1."""
    data = ptr8(buffer)
    at = start
    if at >= end:
        return -1
    first = int(data[at])
    if first == _DATA_NOTIFICATION:
        # Behind tag, invoke-id, an empty or full date-time, structure and its count, u16 tag.
        if at + 9 > end:
            return -1
        date_time = int(data[at + 5])
        if date_time != 0 and date_time != _DATE_TIME_BYTES:
            return -1
        at += 6 + date_time
        if at + 3 > end:
            return -1
        if int(data[at]) != _STRUCTURE or int(data[at + 2]) != _LONG_UNSIGNED:
            return -1
        return at + 3
    if at + 1 >= end:
        return -1
    second = int(data[at + 1])
    if first == 1:
        return at + 3 if second == 9 else -1
    if first != _SEQUENCE:
        return -1
    # Behind the sequence's tag and length: an integer of two bytes, or of three from 00.
    at += 2
    if second >= 0x80:
        more = second - 0x80
        if more == 0 or more > 2 or at + more > end:
            return -1
        second = int(data[at])
        if more == 2:
            second = second << 8 | int(data[at + 1])
        at += more
    if at + second != end or at + 2 > end or int(data[at]) != _INTEGER:
        return -1
    second = int(data[at + 1])
    if second == 2:
        return at + 2
    if second == 3 and at + 2 < end:
        return at + 3 if int(data[at + 2]) == 0 else -1
    return -1
