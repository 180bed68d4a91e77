"""What goes north: messages, with the throttle's numbers beside them, and notices of events.

A count that is due when no alert comes travels on the newest message that was suppressed of its
key, if one is held.
"""

from commshub import wire
from commshub.held import HeldMessages
from commshub.throttle import OVERLOAD_END, OVERLOAD_START, SUMMARY, TABLE_FULL

_NOBODY = bytes(8)
_CARRIES = {SUMMARY: wire.CARRIES_SUMMARY, OVERLOAD_END: wire.CARRIES_OVERLOAD_END}


class North:
    """The north side of one hub.

    Args:
        outbox: an `Outbox`.
        clock: a `Clock`, which knows the times on the wire.
    """

    def __init__(self, outbox, clock):
        self._outbox = outbox
        self._clock = clock
        self._held = HeldMessages(wire.MAX_MESSAGE_BYTES)

    def forward(self, t, carries, key, message, start, end) -> None:
        """Send `message[start:end]`, with the numbers of `key` if there is one."""
        at = self._clock.on_the_wire(t)
        self._outbox.send_with(
            message,
            start,
            end,
            wire.WAN_ALERT,
            wire.WAN_ALERT_FORMAT,
            at & 0xFFFFFFFF,
            at >> 32,
            carries,
            key.overload_id if key else 0,
            key.throttled_seq if key else 0,
            key.throttled_count if key else 0,
            key.total_suppressed if key else 0,
        )

    def hold(self, key, message, start, end) -> None:
        """Keep a suppressed message of an overloaded key, for the sake of its next count."""
        self._held.keep(key.overload_id, message, start, end)

    def tell(self, event, t, subject, level, is_shadow) -> None:
        """Tell an event: on a held message if it has a count and there is one, else bare."""
        if event in _CARRIES:
            held = self._held.take(subject.overload_id)
            if held is not None and subject.throttled_count:
                self.forward(t, _CARRIES[event], subject, held.message, 0, held.length)
                return
        is_key = event in (OVERLOAD_START, SUMMARY, OVERLOAD_END)
        at = self._clock.on_the_wire(t)
        self._outbox.send(
            wire.NOTICE,
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
        )
