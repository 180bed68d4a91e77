"""What a host asks of a hub besides alerts: a row for each kind of frame, and what serves it.

Frames that change something have numbers that rise: the last one again is answered again and not
done again, an older one is ignored.
"""

import struct

from commshub import heap, wire
from commshub.policy_frame import policy_codes, policy_values, read_policy

_LARGEST_TABLE = 1024  # entries; a table takes what it needs at once, so RAM is the limit before


class Commands:
    """The commands of one hub.

    Args:
        hub: the `App`, for what it counts.
        outbox: an `Outbox`.
        timeline: a `Timeline`.
        south: a `South`, which knows the numbers of commands.
        courier: a `Courier`, which knows what goes north.

    `by_kind` has what serves a kind of frame, called as serve(seq, buffer, start, end), and its
    least payload in bytes. `last_refusal` is why the last answer was a refusal, None if not.
    """

    def __init__(self, hub, outbox, timeline, south, courier):
        self._hub = hub
        self._outbox = outbox
        self._timeline = timeline
        self._south = south
        self._courier = courier
        self._last_answer = None  # type: tuple
        self.last_refusal = None  # type: str
        self.by_kind = {
            wire.ADVANCE: (self._on_advance, wire.ADVANCE_BYTES),
            wire.SET_CLOCK: (self._on_set_clock, wire.SET_CLOCK_BYTES),
            wire.SET_POLICY: (self._on_set_policy, wire.SET_POLICY_BYTES),
            wire.SET_CAPACITY: (self._on_set_capacity, wire.SET_CAPACITY_BYTES),
            wire.GET_POLICY: (self._on_get_policy, 0),
            wire.GET_COUNTERS: (self._on_get_counters, 0),
            wire.GET_KEY: (self._on_get_key, wire.GET_KEY_BYTES),
            wire.GET_MEMORY: (self._on_get_memory, 0),
        }

    def answer(self, command: int, seq: int, refusal: "str | None") -> None:
        """Say that a command was done, or why not."""
        self._last_answer = (command, seq, refusal)
        self.last_refusal = refusal
        text = (refusal or "").encode()
        status = wire.STATUS_REFUSED if refusal else wire.STATUS_DONE
        fields = command, seq, status, self._courier.made()
        self._outbox.send_with(text, 0, len(text), wire.RESULT, wire.RESULT_FORMAT, *fields)

    def refuse(self, command: int, seq: int, reason: str) -> None:
        """Say why a frame is not taken, and count it."""
        self._hub.refused += 1
        self.answer(command, seq, reason)

    def is_new(self, seq: int) -> "bool | None":
        """Whether the command of this number is to be done; if it was, it is answered again."""
        is_new = self._south.is_new_command(seq)
        last = self._last_answer
        if is_new is False and last is not None and last[1] == seq:
            self.answer(*last)
        return is_new

    # What changes something.

    def _on_advance(self, seq, buffer, start, end):
        if not self.is_new(seq):
            return
        clock = self._timeline.clock
        if not clock.is_hosts:
            self.refuse(wire.ADVANCE, seq, "the hub is on its own clock")
            return
        self._timeline.advance(clock.told(buffer, start))
        self.answer(wire.ADVANCE, seq, None)

    def _on_set_clock(self, seq, buffer, start, end):
        if not self.is_new(seq):
            return
        source, low, high = struct.unpack_from(wire.SET_CLOCK_FORMAT, buffer, start)
        if source not in (wire.CLOCK_OWN, wire.CLOCK_HOST):
            self.refuse(wire.SET_CLOCK, seq, "the clock is 0, own, or 1, host")
            return
        self._timeline.choose_clock(source == wire.CLOCK_HOST, low + (high << 32))
        self.answer(wire.SET_CLOCK, seq, None)

    def _on_set_policy(self, seq, buffer, start, end):
        if not self.is_new(seq):
            return
        policy = read_policy(buffer, start, end)
        refusal = policy.refusal() if policy else ("codes", "are not whole or not as many as said")
        if refusal:
            self.refuse(wire.SET_POLICY, seq, "%s: %s" % refusal)
            return
        now = self._timeline.now()
        self._timeline.throttle.apply(policy, now)
        self.answer(wire.SET_POLICY, seq, None)

    def _on_set_capacity(self, seq, buffer, start, end):
        if not self.is_new(seq):
            return
        devices, keys = struct.unpack_from(wire.SET_CAPACITY_FORMAT, buffer, start)
        if max(devices, keys) > _LARGEST_TABLE:
            reason = "a table has at most %d entries" % _LARGEST_TABLE
            self.refuse(wire.SET_CAPACITY, seq, reason)
            return
        now = self._timeline.now()
        self._timeline.throttle.resize(devices, keys, now)
        self.answer(wire.SET_CAPACITY, seq, None)

    # What only asks.

    def _on_get_policy(self, seq, buffer, start, end):
        policy = self._timeline.throttle.policy
        tail = policy_codes(policy)
        values = policy_values(policy)
        self._outbox.send_with(tail, 0, len(tail), wire.POLICY, wire.POLICY_FORMAT, seq, *values)

    def _on_get_counters(self, seq, buffer, start, end):
        accounts = self._timeline.throttle.accounts()
        self._outbox.send(wire.COUNTERS, wire.COUNTERS_FORMAT, seq, *self._hub.counters(accounts))

    def _on_get_key(self, seq, buffer, start, end):
        timeline = self._timeline
        if timeline.awaits_clock:
            reason = "the hub has restarted and waits for the host's time"
            self.refuse(wire.GET_KEY, seq, reason)
            return
        from commshub.key_state import key_state  # seldom asked for, so it is here only then

        originator, target, code = struct.unpack_from(wire.GET_KEY_FORMAT, buffer, start)
        t = timeline.now()
        timeline.throttle.advance(t)
        at = timeline.clock.on_the_wire(t)
        state = key_state(timeline.throttle, originator, target, code)
        form = wire.KEY_STATE_FORMAT
        self._outbox.send(wire.KEY_STATE, form, seq, at & 0xFFFFFFFF, at >> 32, *state)

    def _on_get_memory(self, seq, buffer, start, end):
        self._outbox.send(wire.MEMORY, wire.MEMORY_FORMAT, seq, *heap.collected())
