"""The numbers of the alerts that come from the host: which is next, and what became of the last.

Alerts are taken in order, so one number says which were taken; the verdicts of the last ones are
kept, because an acknowledgement may be lost. Both are part of a save: an alert that was counted
before a restart must not be counted when it comes again after it. Pure.
"""

import struct

from commshub import cobs, wire
from commshub.compat import const, make_words, micropython, ptr8, ptr32
from commshub.framer import BOOT, KIND, SEQ
from commshub.throttle import SUPPRESS

NEW = 0
REPEATED = 1
EARLY = 2  # one before it is missing

_HEAD = "<IHB"  # session, next number, how many verdicts follow
_HEAD_BYTES = struct.calcsize(_HEAD)
_WINDOW = wire.WINDOW
_ENTRY = wire.HAN_ACK_ENTRY_FORMAT
_ENTRY_BYTES = struct.calcsize(wire.HAN_ACK_ENTRY_FORMAT)

# Words: the header of the next alert, as a `Framer` expects it, and behind it how many verdicts
# there are; how many an acknowledgement is to bear; whether one is to be sent at all, be it
# without any; and a bit for each alert whose message was to go north, and was lost with the boot.
KNOWN = 3
UNSAID = 4
IS_ACK_DUE = 5
NOT_SENT = 6
_WORDS = 7

# The same to machine code, which knows no constants of others.
_SEQ = const(1)
_KNOWN = const(3)
_UNSAID = const(4)
_IS_ACK_DUE = const(5)
_NOT_SENT = const(6)
_MODULO = const(15)  # of the window
_PLACE_BYTES = const(7)  # of an entry


class South:
    """The alerts of one session.

    Args:
        boot: what frames of this boot bear.

    `words` has the numbers that change with each alert, see above; `entries` its verdicts.
    """

    def __init__(self, boot: int = 0):
        self.session = 0
        self.words = make_words(_WORDS)
        self.words[KIND] = wire.HAN_ALERT  # 0 until the host has told where its session begins
        self.words[BOOT] = boot
        # Of the last alerts, each at its number modulo the window: its entry of a HanAck.
        self.entries = bytearray(_WINDOW * _ENTRY_BYTES)
        self._command_seq = -1

    @property
    def expected(self) -> int:
        """The number of the next alert."""
        return self.words[SEQ]

    @property
    def unsaid(self) -> int:
        """How many verdicts an acknowledgement is to bear."""
        return self.words[UNSAID]

    @property
    def is_ack_due(self) -> bool:
        """Whether one is to be sent."""
        return self.words[IS_ACK_DUE] != 0

    def greet(self, session: int) -> None:
        """A client is there; its numbers begin anew if it is another one."""
        words = self.words
        if session != self.session:
            self.session = session
            words[KIND] = words[SEQ] = words[KNOWN] = 0
            self._command_seq = -1
        words[UNSAID] = words[IS_ACK_DUE] = 0

    def look(self, seq: int) -> int:
        """Whether the alert of this number is NEW, REPEATED or EARLY."""
        words = self.words
        behind = (words[SEQ] - seq) & 0xFFFF
        if words[KIND] and not behind:
            return NEW
        words[IS_ACK_DUE] = 1
        if words[KIND] and behind < 0x8000:
            words[UNSAID] = words[KNOWN]
            return REPEATED
        return EARLY

    @micropython.native
    def note(self, verdict: int, at: int) -> int:
        """The next alert was judged; `at` is its arrival on the wire's scale.

        Returns: how many verdicts are not said.
        """
        return note(self.words, self.entries, verdict, at, at >> 32)

    def skip_to(self, seq: int) -> None:
        """No alert before `seq` will come: what became of those is known."""
        words = self.words
        ahead = (seq - words[SEQ]) & 0xFFFF
        if 0 < ahead < 0x8000 or not words[KIND]:
            words[KIND] = wire.HAN_ALERT
            words[SEQ] = seq
            words[KNOWN] = words[UNSAID] = 0

    def forwards_again(self, seq: int) -> bool:
        """Whether to send a REPEATED alert north, which was lost with the boot; True once."""
        words = self.words
        behind = (words[SEQ] - seq) & 0xFFFF
        bit = 1 << seq % _WINDOW
        if behind > words[KNOWN] or not words[NOT_SENT] & bit:
            return False
        words[NOT_SENT] &= ~bit
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
        words = self.words
        length = _say(outbox.payload, words[SEQ], words[UNSAID], self.entries, north_made)
        outbox.send_written(wire.HAN_ACK, length)
        words[UNSAID] = words[IS_ACK_DUE] = 0

    def write(self, write, verdict, at: int) -> None:
        """Write what a save has of this; `verdict` is that of the next alert if it is counted."""
        # A session that has not told where it begins must do so after a restart too.
        words = self.words
        session = self.session if words[KIND] else 0
        expected = words[SEQ] if verdict is None else (words[SEQ] + 1) & 0xFFFF
        back = words[KNOWN] if verdict is None else min(words[KNOWN], _WINDOW - 1)
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
        words = self.words
        words[SEQ] = (expected - count) & 0xFFFF
        for at in range(_HEAD_BYTES, end, _ENTRY_BYTES):
            verdict, low, high = struct.unpack_from(_ENTRY, octets, at)
            bit = 1 << words[SEQ] % _WINDOW
            self.note(verdict, low | high << 32)
            if verdict != SUPPRESS:
                words[NOT_SENT] |= bit
        words[UNSAID] = words[IS_ACK_DUE] = 0
        return end

    @micropython.native
    def _copy_last(self, count, target):
        """The entries of the last `count` alerts, oldest first."""
        first = (self.words[SEQ] - count) % _WINDOW
        at_end = min(count, _WINDOW - first)
        cobs.copy(self.entries, first * _ENTRY_BYTES, target, 0, at_end * _ENTRY_BYTES)
        rest = count - at_end
        cobs.copy(self.entries, 0, target, at_end * _ENTRY_BYTES, rest * _ENTRY_BYTES)


@micropython.viper
def note(words, entries, verdict: int, low: int, high: int) -> int:
    """Write the entry of a HanAck for the next alert, and count it; returns what is unsaid.

    Of `low` the last 32 bits count: the board cuts off what is above.
    """
    word = ptr32(words)
    write = ptr8(entries)
    seq = word[_SEQ]
    place = seq & _MODULO
    at = place * _PLACE_BYTES
    write[at] = verdict
    write[at + 1] = low & 0xFF
    write[at + 2] = low >> 8 & 0xFF
    write[at + 3] = low >> 16 & 0xFF
    write[at + 4] = low >> 24 & 0xFF
    write[at + 5] = high & 0xFF
    write[at + 6] = high >> 8
    word[_SEQ] = seq + 1 & 0xFFFF
    word[_NOT_SENT] = word[_NOT_SENT] & ~(1 << place)
    if word[_KNOWN] <= _MODULO:
        word[_KNOWN] = word[_KNOWN] + 1
    if word[_UNSAID] <= _MODULO:
        word[_UNSAID] = word[_UNSAID] + 1
    word[_IS_ACK_DUE] = 1
    return word[_UNSAID]


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
