"""Finds originator, target and code in a GBCS message of any form, without copying it.

Critical alerts are a grouping header, payload and signature; the others have a MAC header before
and a MAC behind. Lengths are BER; all integers big-endian. The host's decoder is
protocol/hubwire/gbcs.py, and golden vectors hold the two together. Layout: GBCS message templates,
as published messages show them.
"""

ALERT = 0
NOT_AN_ALERT = 1  # a command or a response
UNREADABLE = 2

_GENERAL_CIPHERING = 0xDD
_GENERAL_SIGNING = 0xDF
_CRA_ALERT = 3
_MAC_BYTES = 12
_SIGNATURE_BYTES = 64
_HEADER_BYTES = 31  # of the grouping header, up to its other-information, without a date-time
_DATA_NOTIFICATION = 0x0F
_LONG_UNSIGNED = 0x12
_SEQUENCE = 0x30
_INTEGER = 0x02


def is_signed(buffer, start: int, end: int) -> bool:
    """Whether `buffer[start:end]` is of the critical form, as far as one byte tells."""
    return start < end and buffer[start] == _GENERAL_SIGNING


class AlertReader:
    """Reads one message after another. Allocates: nothing. Context: loop.

    After ALERT: `originator_at` and `target_at` are places of 8 bytes in the buffer, `code` the
    alert code, `is_signed` whether the alert is of the critical form.
    """

    def __init__(self):
        self.originator_at = self.target_at = self.code = 0
        self.is_signed = False
        self._at = 0

    def read(self, buffer, start: int, end: int) -> int:
        """ALERT, NOT_AN_ALERT or UNREADABLE for the message `buffer[start:end]`."""
        at = self._after_mac_header(buffer, start, end)
        if at < 0 or not self._is_grouping_header(buffer, at, end):
            return UNREADABLE
        if buffer[at + 2] != _CRA_ALERT:
            return NOT_AN_ALERT if 0 < buffer[at + 2] < _CRA_ALERT else UNREADABLE
        other = self._length(buffer, at + 30 + buffer[at + 29], end)
        if other < 0:
            return UNREADABLE
        length = self._length(buffer, self._at + other, end)
        payload = self._at
        has_mac = at != start
        if length < 0 or not self._closes(buffer, payload + length, end, has_mac):
            return UNREADABLE
        self.is_signed = not has_mac
        self.originator_at = at + 12
        self.target_at = at + 21
        return self._read_code(buffer, payload, payload + length)

    def _after_mac_header(self, buffer, at, end):
        """The place of the grouping header, or -1."""
        if at >= end or buffer[at] != _GENERAL_CIPHERING:
            return at
        for offset in range(1, 7):
            if at + offset >= end or buffer[at + offset] != 0:
                return -1
        length = self._length(buffer, at + 7, end)
        if length < 0 or self._at + length != end or length < 5:
            return -1
        return self._at + 5

    def _is_grouping_header(self, buffer, at, end):
        return (
            at + _HEADER_BYTES < end
            and buffer[at] == _GENERAL_SIGNING
            and buffer[at + 1] == 9
            and buffer[at + 11] == 8
            and buffer[at + 20] == 8
            and buffer[at + 29] in (0, 12)
        )

    def _closes(self, buffer, at, end, has_mac):
        """Whether signature or MAC, and nothing else, follow at `at`."""
        if at >= end:
            return False
        if has_mac:
            return buffer[at] == 0 and at + 1 + _MAC_BYTES == end
        return buffer[at] == _SIGNATURE_BYTES and at + 1 + _SIGNATURE_BYTES == end

    def _length(self, buffer, at, end):
        """The BER length at `at`, or -1; leaves `_at` behind it."""
        if at >= end:
            return -1
        length = buffer[at]
        more = 0
        if length > 0x82 or length == 0x80:
            return -1
        if length > 0x80:
            more = length - 0x80
            if at + more >= end:
                return -1
            length = buffer[at + 1]
            if more == 2:
                length = length << 8 | buffer[at + 2]
        self._at = at + 1 + more
        return length

    def _read_code(self, buffer, at, end):
        first = buffer[at] if at < end else 0
        if first == _DATA_NOTIFICATION:
            at = self._dlms_code(buffer, at, end)
        elif first == 1 and at + 1 < end and buffer[at + 1] == 9:
            at += 3
        elif first == _SEQUENCE:
            at = self._asn1_code(buffer, at, end)
        else:
            at = -1
        if at < 0 or at + 2 > end:
            return UNREADABLE
        self.code = buffer[at] << 8 | buffer[at + 1]
        return ALERT

    def _dlms_code(self, buffer, at, end):
        """Behind tag, invoke-id, an empty or full date-time, structure and its count, u16 tag."""
        if at + 9 > end or buffer[at + 5] not in (0, 12):
            return -1
        at += 6 + buffer[at + 5]
        if at + 3 > end or buffer[at] != 2 or buffer[at + 2] != _LONG_UNSIGNED:
            return -1
        return at + 3

    def _asn1_code(self, buffer, at, end):
        """Behind the sequence's tag and length: an integer of two bytes, or of three from 00."""
        length = self._length(buffer, at + 1, end)
        at = self._at
        if length < 0 or at + length != end or at + 2 > end or buffer[at] != _INTEGER:
            return -1
        size = buffer[at + 1]
        if size == 3 and at + 2 < end and buffer[at + 2] == 0:
            return at + 3
        return at + 2 if size == 2 else -1
