"""What goes north: messages, with the throttle's numbers beside them, and notices of events.

A count that is due when no alert comes travels on the newest message that was suppressed of its
key, if one is held.
"""

import struct

from commshub import wire
from commshub.compat import micropython
from commshub.framer import SEQ
from commshub.gbcs import GENERAL_SIGNING
from commshub.held import HeldMessages
from commshub.north_queue import NOTICE_CLASS, PASS_CLASS, SAMPLE_CLASS, SIGNED_CLASS
from commshub.telling import OVERLOAD_END, OVERLOAD_START, SUMMARY, TABLE_FULL

_NOBODY = bytes(8)
_CARRIES = {SUMMARY: wire.CARRIES_SUMMARY, OVERLOAD_END: wire.CARRIES_OVERLOAD_END}


class North:
    """The north side of one hub.

    Args:
        courier: a `Courier`.
        clock: a `Clock`, which knows the times on the wire.
        south: a `South`, which knows which alerts were taken.

    `held` keeps suppressed messages of overloaded keys, for the sake of their next counts.
    """

    def __init__(self, courier, clock, south):
        self._courier = courier
        self._clock = clock
        self._south = south
        self.held = HeldMessages()
        self._fields = bytearray(struct.calcsize(wire.WAN_ALERT_FORMAT))

    @micropython.native
    def pass_on(self, at: int, message, start: int, end: int) -> None:
        """Send `message[start:end]`, which carries nothing; `at` is on the wire's scale."""
        is_signed = start < end and message[start] == GENERAL_SIGNING
        weight = SIGNED_CLASS if is_signed else PASS_CLASS
        taken = self._south.words[SEQ]
        self._courier.take_pass(weight, at, taken, message, start, end)

    @micropython.native
    def forward(self, at: int, carries: int, numbers, message, start: int, end: int) -> None:
        """Send `message[start:end]`, with the numbers of a key beside it, see `Memory.numbers`."""
        overload_id, seq, count, total = numbers
        struct.pack_into(
            wire.WAN_ALERT_FORMAT,
            self._fields,
            0,
            at & 0xFFFFFFFF,
            at >> 32,
            carries,
            overload_id,
            seq,
            count,
            total,
            self._south.words[SEQ],
        )
        weight = SIGNED_CLASS if message[start] == GENERAL_SIGNING else SAMPLE_CLASS
        report = overload_id, count, carries == wire.CARRIES_OVERLOAD_END
        label = wire.WAN_ALERT, weight, report
        self._courier.take(label, self._fields, message, start, end)

    def tell(self, event, t, subject, level, is_shadow) -> None:
        """Tell an event: on a held message if it has a count and there is one, else bare."""
        if event in _CARRIES:
            held = self.held.take(subject.overload_id)
            if held is not None and subject.throttled_count:
                at = self._clock.on_the_wire(t)
                numbers = (
                    subject.overload_id,
                    subject.throttled_seq,
                    subject.throttled_count,
                    subject.total_suppressed,
                )
                self.forward(at, _CARRIES[event], numbers, self.held.arena, *held)
                return
        is_key = event in (OVERLOAD_START, SUMMARY, OVERLOAD_END)
        at = self._clock.on_the_wire(t)
        payload = struct.pack(
            wire.NOTICE_FORMAT,
            event,
            level,
            is_shadow,
            at & 0xFFFFFFFF,
            at >> 32,
            _NOBODY if event == TABLE_FULL else subject.originator,
            subject.target if is_key else _NOBODY,
            subject.code if is_key else 0,
            subject.overload_id if is_key else 0,
            subject.throttled_seq if is_key else 0,
            subject.throttled_count if is_key else 0,
            subject.total_suppressed if is_key else 0,
            self._south.expected,
        )
        report = None
        if event in _CARRIES and not is_shadow:
            report = subject.overload_id, subject.throttled_count, event == OVERLOAD_END
        self._courier.take((wire.NOTICE, NOTICE_CLASS, report), payload, _NOBODY, 0, 0)
