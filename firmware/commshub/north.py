"""What goes north: messages, with the throttle's numbers beside them, and notices of events.

A count that is due when no alert comes travels on the newest message that was suppressed of its
key, if one is held.
"""

import struct

from commshub import wire
from commshub.compat import micropython, ptr8
from commshub.gbcs import is_signed
from commshub.held import HeldMessages
from commshub.north_queue import NOTICE_CLASS, PASS_CLASS, SAMPLE_CLASS, SIGNED_CLASS
from commshub.throttle import OVERLOAD_END, OVERLOAD_START, SUMMARY, TABLE_FULL

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
        self.held = HeldMessages(wire.MAX_MESSAGE_BYTES)
        # Fields of a WanAlert: of one that passes, which carries nothing, and of any other.
        self._without_numbers = bytearray(wire.WAN_ALERT_BYTES)
        self._with_numbers = bytearray(wire.WAN_ALERT_BYTES)

    @micropython.native
    def forward(self, t, carries, key, message, start, end) -> None:
        """Send `message[start:end]`, with the numbers of `key` if there is one."""
        at = self._clock.on_the_wire(t)
        weight = PASS_CLASS if carries == wire.CARRIES_PASS else SAMPLE_CLASS
        if is_signed(message, start, end):
            weight = SIGNED_CLASS
        if key is None:
            payload = self._without_numbers
            _put_times(payload, at, at >> 32, self._south.expected)
            report = None
        else:
            payload = self._with_numbers
            struct.pack_into(
                wire.WAN_ALERT_FORMAT,
                payload,
                0,
                at & 0xFFFFFFFF,
                at >> 32,
                carries,
                key.overload_id,
                key.throttled_seq,
                key.throttled_count,
                key.total_suppressed,
                self._south.expected,
            )
            is_last = carries == wire.CARRIES_OVERLOAD_END
            report = key.overload_id, key.throttled_count, is_last
        self._courier.take((wire.WAN_ALERT, weight, report), payload, message, start, end)

    def tell(self, event, t, subject, level, is_shadow) -> None:
        """Tell an event: on a held message if it has a count and there is one, else bare."""
        if event in _CARRIES:
            held = self.held.take(subject.overload_id)
            if held is not None and subject.throttled_count:
                self.forward(t, _CARRIES[event], subject, held.message, 0, held.length)
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


@micropython.viper
def _put_times(payload, low: int, high: int, taken: int):
    """The u48 at the front of a WanAlert, of whose `low` 32 bits count, and the u16 at its end."""
    write = ptr8(payload)
    write[0] = low & 0xFF
    write[1] = low >> 8 & 0xFF
    write[2] = low >> 16 & 0xFF
    write[3] = low >> 24 & 0xFF
    write[4] = high & 0xFF
    write[5] = high >> 8
    write[23] = taken & 0xFF
    write[24] = taken >> 8
