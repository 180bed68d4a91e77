"""The numbers of the alerts that come from the host: which is next, and what became of the last.

Alerts are taken in order, so one number says which were taken; the verdicts of the last ones are
kept, because an acknowledgement may be lost. Both are part of a save: an alert that was counted
before a restart must not be counted when it comes again after it. Pure.
"""

import struct
from array import array

from commshub import wire
from commshub.throttle import SUPPRESS

NEW = 0
REPEATED = 1
EARLY = 2  # one before it is missing

_HEAD = "<IHB"  # session, next number, how many verdicts follow
_HEAD_BYTES = struct.calcsize(_HEAD)
_NOT_SENT = 0x80  # beside a verdict: its message was to go north, and was lost with the boot


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
        self._verdicts = bytearray(wire.WINDOW)
        self._low = array("I", bytes(4 * wire.WINDOW))
        self._high = array("H", bytes(2 * wire.WINDOW))
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

    def note(self, verdict: int, at: int) -> None:
        """The next alert was judged; `at` is its arrival on the wire's scale."""
        place = self.expected % wire.WINDOW
        self._verdicts[place] = verdict
        self._low[place] = at & 0xFFFFFFFF
        self._high[place] = at >> 32
        self.expected = (self.expected + 1) & 0xFFFF
        self._known = min(self._known + 1, wire.WINDOW)
        self.unsaid = min(self.unsaid + 1, wire.WINDOW)
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
        place = seq % wire.WINDOW
        if behind > self._known or not self._verdicts[place] & _NOT_SENT:
            return False
        self._verdicts[place] &= ~_NOT_SENT
        return True

    def is_new_command(self, seq: int) -> "bool | None":
        """True: do it. False: it is the last one, again. None: it is an old one."""
        if seq == self._command_seq:
            return False
        if self._command_seq >= 0 and (self._command_seq - seq) & 0xFFFF < 0x8000:
            return None
        self._command_seq = seq
        return True

    def acknowledge(self, outbox, north_made: int) -> None:
        """Send a HanAck with the verdicts that are to be said."""
        entries = bytearray()
        for back in range(self.unsaid, 0, -1):
            place = (self.expected - back) % wire.WINDOW
            entries.extend(self._entry(place))
        last = (self.expected - 1) & 0xFFFF
        end = len(entries)
        outbox.send_with(entries, 0, end, wire.HAN_ACK, wire.HAN_ACK_FORMAT, last, north_made)
        self.unsaid = 0
        self.is_ack_due = False

    def write(self, write, verdict, at: int) -> None:
        """Write what a save has of this; `verdict` is that of the next alert if it is counted."""
        # A session that has not told where it begins must do so after a restart too.
        session = self.session if self._is_told else 0
        expected = self.expected if verdict is None else (self.expected + 1) & 0xFFFF
        back = self._known if verdict is None else min(self._known, wire.WINDOW - 1)
        count = back if verdict is None else back + 1
        write(struct.pack(_HEAD, session, expected, count))
        while back:
            write(self._entry((self.expected - back) % wire.WINDOW))
            back -= 1
        if verdict is not None:
            write(struct.pack(wire.HAN_ACK_ENTRY_FORMAT, verdict, at & 0xFFFFFFFF, at >> 32))

    def read(self, octets) -> int:
        """Take over what was written; how many octets it was.

        Raises:
            ValueError: something else was written.
        """
        if len(octets) < _HEAD_BYTES:
            raise ValueError("no numbers of alerts")
        session, expected, count = struct.unpack_from(_HEAD, octets, 0)
        end = _HEAD_BYTES + count * wire.HAN_ACK_ENTRY_BYTES
        if count > wire.WINDOW or end > len(octets):
            raise ValueError("%d verdicts" % count)
        self.session = session
        self.expected = (expected - count) & 0xFFFF
        for at in range(_HEAD_BYTES, end, wire.HAN_ACK_ENTRY_BYTES):
            verdict, low, high = struct.unpack_from(wire.HAN_ACK_ENTRY_FORMAT, octets, at)
            self.note(verdict if verdict == SUPPRESS else verdict | _NOT_SENT, low | high << 32)
        self.unsaid = 0
        self.is_ack_due = False
        return end

    def _entry(self, place):
        return struct.pack(
            wire.HAN_ACK_ENTRY_FORMAT,
            self._verdicts[place] & ~_NOT_SENT,
            self._low[place],
            self._high[place],
        )
