"""The numbers of the alerts that come from the host: which is next, and what became of the last.

Alerts are taken in order, so one number says which were taken; the verdicts of the last ones are
kept, because an acknowledgement may be lost. Both are part of a save: an alert that was counted
before a restart must not be counted when it comes again after it. Pure.
"""

import struct

from commshub import cobs, wire
from commshub.compat import const, micropython, ptr8
from commshub.throttle import SUPPRESS

NEW = 0
REPEATED = 1
EARLY = 2  # one before it is missing

_HEAD = "<IHB"  # session, next number, how many verdicts follow
_HEAD_BYTES = struct.calcsize(_HEAD)
_WINDOW = wire.WINDOW
_ENTRY = wire.HAN_ACK_ENTRY_FORMAT
_ENTRY_BYTES = wire.HAN_ACK_ENTRY_BYTES
_MODULO = const(7)  # of the window, which machine code knows no other way
_PLACE_BYTES = const(7)  # of an entry


class South:
    """The alerts of one session.

    `expected` is the number of the next; `unsaid` says how many verdicts an acknowledgement is to
    bear, `is_ack_due` whether one is to be sent at all, be it without any.
    """

    def __init__(self):
        self.session = 0
        self.expected = 0
        self._is_told = True  # by the host where it begins
        self.unsaid = 0
        self.is_ack_due = False
        self._known = 0  # verdicts
        # Of the last alerts, each at its number modulo the window: its entry of a HanAck.
        self._entries = bytearray(_WINDOW * _ENTRY_BYTES)
        # A bit for each whose message was to go north, and was lost with the boot.
        self._not_sent = 0
        self._command_seq = -1

    def greet(self, session: int) -> None:
        """A client is there; its numbers begin anew if it is another one."""
        if session != self.session:
            self.session = session
            self.expected = self._known = 0
            self._is_told = False
            self._command_seq = -1
        self.unsaid = 0
        self.is_ack_due = False

    @micropython.native
    def look(self, seq: int) -> int:
        """Whether the alert of this number is NEW, REPEATED or EARLY."""
        behind = (self.expected - seq) & 0xFFFF
        if self._is_told and not behind:
            return NEW
        self.is_ack_due = True
        if self._is_told and behind < 0x8000:
            self.unsaid = self._known
            return REPEATED
        return EARLY

    @micropython.native
    def note(self, verdict: int, at: int) -> None:
        """The next alert was judged; `at` is its arrival on the wire's scale."""
        seq = self.expected
        _put_entry(self._entries, seq % _WINDOW * _ENTRY_BYTES, verdict, at, at >> 32)
        if self._not_sent:
            self._not_sent &= ~(1 << seq % _WINDOW)
        self.expected = (seq + 1) & 0xFFFF
        if self._known < _WINDOW:
            self._known += 1
        if self.unsaid < _WINDOW:
            self.unsaid += 1
        self.is_ack_due = True

    def skip_to(self, seq: int) -> None:
        """No alert before `seq` will come: what became of those is known."""
        ahead = (seq - self.expected) & 0xFFFF
        if 0 < ahead < 0x8000 or not self._is_told:
            self._is_told = True
            self.expected = seq
            self._known = self.unsaid = 0

    def forwards_again(self, seq: int) -> bool:
        """Whether to send a REPEATED alert north, which was lost with the boot; True once."""
        behind = (self.expected - seq) & 0xFFFF
        bit = 1 << seq % _WINDOW
        if behind > self._known or not self._not_sent & bit:
            return False
        self._not_sent &= ~bit
        return True

    def is_new_command(self, seq: int) -> "bool | None":
        """True: do it. False: it is the last one, again. None: it is an old one."""
        if seq == self._command_seq:
            return False
        if self._command_seq >= 0 and (self._command_seq - seq) & 0xFFFF < 0x8000:
            return None
        self._command_seq = seq
        return True

    @micropython.native
    def acknowledge(self, outbox, north_made: int) -> None:
        """Send a HanAck with the verdicts that are to be said."""
        length = _say(outbox.payload, self.expected, self.unsaid, self._entries, north_made)
        outbox.send_written(wire.HAN_ACK, length)
        self.unsaid = 0
        self.is_ack_due = False

    def write(self, write, verdict, at: int) -> None:
        """Write what a save has of this; `verdict` is that of the next alert if it is counted."""
        # A session that has not told where it begins must do so after a restart too.
        session = self.session if self._is_told else 0
        expected = self.expected if verdict is None else (self.expected + 1) & 0xFFFF
        back = self._known if verdict is None else min(self._known, _WINDOW - 1)
        count = back if verdict is None else back + 1
        write(struct.pack(_HEAD, session, expected, count))
        entries = bytearray(back * _ENTRY_BYTES)
        self._copy_last(back, entries)
        write(entries)
        if verdict is not None:
            write(struct.pack(_ENTRY, verdict, at & 0xFFFFFFFF, at >> 32))

    def read(self, octets) -> int:
        """Take over what was written; how many octets it was.

        Raises:
            ValueError: something else was written.
        """
        if len(octets) < _HEAD_BYTES:
            raise ValueError("no numbers of alerts")
        session, expected, count = struct.unpack_from(_HEAD, octets, 0)
        end = _HEAD_BYTES + count * _ENTRY_BYTES
        if count > _WINDOW or end > len(octets):
            raise ValueError("%d verdicts" % count)
        self.session = session
        self.expected = (expected - count) & 0xFFFF
        for at in range(_HEAD_BYTES, end, _ENTRY_BYTES):
            verdict, low, high = struct.unpack_from(_ENTRY, octets, at)
            bit = 1 << self.expected % _WINDOW
            self.note(verdict, low | high << 32)
            if verdict != SUPPRESS:
                self._not_sent |= bit
        self.unsaid = 0
        self.is_ack_due = False
        return end

    @micropython.native
    def _copy_last(self, count, target):
        """The entries of the last `count` alerts, oldest first."""
        first = (self.expected - count) % _WINDOW
        at_end = min(count, _WINDOW - first)
        cobs.copy(self._entries, first * _ENTRY_BYTES, target, 0, at_end * _ENTRY_BYTES)
        rest = count - at_end
        cobs.copy(self._entries, 0, target, at_end * _ENTRY_BYTES, rest * _ENTRY_BYTES)


@micropython.viper
def _put_entry(entries, at: int, verdict: int, low: int, high: int):
    """What `struct` would pack as an entry of a HanAck, without reading a format each time.

    Of `low` the last 32 bits count: the board cuts off what is above.
    """
    write = ptr8(entries)
    write[at] = verdict
    write[at + 1] = low & 0xFF
    write[at + 2] = low >> 8 & 0xFF
    write[at + 3] = low >> 16 & 0xFF
    write[at + 4] = low >> 24 & 0xFF
    write[at + 5] = high & 0xFF
    write[at + 6] = high >> 8


@micropython.viper
def _say(payload, expected: int, count: int, entries, north_made: int) -> int:
    """Write the fields of a HanAck, with the last `count` entries; returns their length."""
    write = ptr8(payload)
    read = ptr8(entries)
    last = expected - 1 & 0xFFFF
    write[0] = last & 0xFF
    write[1] = last >> 8
    write[2] = north_made & 0xFF
    write[3] = north_made >> 8
    at = 4
    number = expected - count
    while count > 0:
        place = (number & _MODULO) * _PLACE_BYTES
        end = place + _PLACE_BYTES
        while place < end:
            write[at] = read[place]
            at += 1
            place += 1
        number += 1
        count -= 1
    return at
