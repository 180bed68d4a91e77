"""The hub without its link: frames come in, frames go out, the throttle decides in between.

Knows no port and no ticks. What the host asks for is in `_COMMANDS`; an alert takes the shortest
way through `_on_han_alert`.
"""

import struct

from commshub import wire
from commshub.authority import ACCEPTED, REPEATED, Authority
from commshub.clock import EPOCH_SPAN_MS
from commshub.due import earlier
from commshub.gbcs import ALERT, NOT_AN_ALERT, AlertReader
from commshub.held import HELD_MESSAGES
from commshub.identity import VERSION
from commshub.key_state import key_state
from commshub.leaving import FOR_REPL, FOR_RESET, STAYS
from commshub.north import North
from commshub.policy_frame import policy_codes, policy_values, read_policy
from commshub.saved import Saved
from commshub.throttle import PASS, SAMPLE

_ACK_FORMAT = wire.HAN_ACK_FORMAT + wire.HAN_ACK_ENTRY_FORMAT[1:]
_LARGEST_TABLE = 1024  # entries; a table takes what it needs at once, so RAM is the limit before


class App:
    """One hub.

    Args:
        outbox: an `Outbox`; what the hub says goes there.
        framer: the `Framer` whose count of damaged frames is reported.
        clock: a `Clock`.
        board: the module `board`, or what stands in for it.
        store: a `Store`, where what outlives a restart is kept.
        keys: a `KeyStore`, where the hub's key is.

    `leaves_for` says whether a command has been answered after which the hub must leave.
    """

    def __init__(self, outbox, framer, clock, board, store, keys):
        self._outbox = outbox
        self._framer = framer
        self._clock = clock
        self._board = board
        self._boot_id = board.boot_id()
        self._authority = Authority(keys, self._boot_id, board.unique_id())
        self._last_answer = None  # type: tuple
        self.leaves_for = STAYS
        self._reader = AlertReader()
        self._north = North(outbox, clock)
        self._saved = Saved(store, board.boot_id)
        self._throttle = self._saved.resume(self._on_event, self._save)
        # After a restart the host's time is known once the host tells it; until then none passes.
        self._awaits_clock = self._saved.was_on_hosts_clock
        self._refused = self._duplicates = 0
        self._last_ack = None  # type: tuple
        self._commands = {  # by kind: what serves it, and its least payload in bytes
            wire.HELLO_REQUEST: (self._on_hello_request, wire.HELLO_REQUEST_BYTES),
            wire.HAN_ALERT: (self._on_han_alert, wire.HAN_ALERT_BYTES),
            wire.ADVANCE: (self._on_advance, wire.ADVANCE_BYTES),
            wire.SET_CLOCK: (self._on_set_clock, wire.SET_CLOCK_BYTES),
            wire.SET_POLICY: (self._on_set_policy, wire.SET_POLICY_BYTES),
            wire.GET_POLICY: (self._on_get_policy, 0),
            wire.GET_COUNTERS: (self._on_get_counters, 0),
            wire.SET_CAPACITY: (self._on_set_capacity, wire.SET_CAPACITY_BYTES),
            wire.GET_KEY: (self._on_get_key, wire.GET_KEY_BYTES),
            wire.AUTHORISED: (self._on_authorised, wire.AUTHORISED_BYTES),
            wire.SET_KEY: (self._on_set_key, wire.SET_KEY_BYTES),
            wire.RESET: (self._on_reset, 0),
            wire.ENTER_REPL: (self._on_enter_repl, 0),
        }

    # What the shell calls.

    def boot(self) -> None:
        """Say who is there, and begin."""
        self.say_hello(0)
        if self._saved.fault:
            self._outbox.log(self._saved.fault)
        if not self._awaits_clock:
            self._begin()

    def on_frame(self, kind: int, seq: int, buffer, start: int, end: int) -> None:
        """One good frame, its payload in `buffer[start:end]`."""
        if kind not in wire.GUARDED or self._authority.takes_plain():
            self._serve(kind, seq, buffer, start, end)
        else:
            self._refuse_authority(kind, seq)

    def _serve(self, kind, seq, buffer, start, end):
        if kind not in self._commands:
            self._refuse(kind, seq, "no frame of this kind is taken")
            return
        command, least_bytes = self._commands[kind]
        if end - start < least_bytes:
            self._refuse(kind, seq, "%d bytes, at least %d" % (end - start, least_bytes))
        else:
            command(seq, buffer, start, end)

    def on_time(self) -> None:
        """Do what has become due on the hub's own clock."""
        if not self._clock.is_hosts:
            now = self._clock.own()  # looked at in any case, or it would miss a wrap of its ticks
            if not self._awaits_clock:
                self._advance(now)

    def wait_ms(self) -> int:
        """How long nothing needs to be done without a byte coming in, ms; -1: for ever."""
        if self._clock.is_hosts:
            return -1
        due = None
        if not self._awaits_clock:
            due = earlier(self._throttle.next_due, self._throttle.next_save_due)
        if due is None:
            return EPOCH_SPAN_MS  # the clock wants to be looked at
        return max(0, min(due - self._clock.own(), EPOCH_SPAN_MS))

    def say_hello(self, nonce: int) -> None:
        """Say who is there; 0 where nobody asked."""
        self._outbox.send(
            wire.HELLO,
            wire.HELLO_FORMAT,
            nonce,
            self._boot_id,
            self._board.reset_cause(),
            bytes(VERSION),
            self._board.micropython_version(),
            wire.DEFINITION_HASH,
            self._board.source_sha256(),
            self._board.unique_id(),
            self._throttle.device_capacity,
            self._throttle.key_capacity,
            HELD_MESSAGES,
            wire.MAX_MESSAGE_BYTES,
            self._authority.keyed,
            self._authority.counter,
            wire.CLOCK_HOST if self._clock.is_hosts else wire.CLOCK_OWN,
            self._board.transport(),
            self._saved.start,
        )

    # Alerts.

    def _on_han_alert(self, seq, buffer, start, end):
        if self._is_repeated(seq):
            return
        message = start + wire.HAN_ALERT_BYTES
        if end - message > wire.MAX_MESSAGE_BYTES:
            self._refuse(wire.HAN_ALERT, seq, "a message has at most 1024 bytes")
            return
        self._stop_waiting()
        low, high = struct.unpack_from(wire.HAN_ALERT_FORMAT, buffer, start)
        t = self._moment(self._clock.arrival(low, high))
        self._acknowledge(seq, self._judge(t, buffer, message, end), t)

    def _judge(self, t, buffer, start, end):
        """The verdict on a message, which is forwarded or held accordingly."""
        reader = self._reader
        found = reader.read(buffer, start, end)
        if found != ALERT:
            if found == NOT_AN_ALERT:
                self._saved.not_alerts += 1
            else:
                self._saved.unreadable += 1
            self._north.forward(t, wire.CARRIES_PASS, None, buffer, start, end)
            return PASS
        originator = bytes(buffer[reader.originator_at : reader.originator_at + 8])
        target = bytes(buffer[reader.target_at : reader.target_at + 8])
        throttle = self._throttle
        verdict = throttle.on_alert(t, originator, target, reader.code)
        if verdict == PASS:
            self._north.forward(t, wire.CARRIES_PASS, None, buffer, start, end)
        elif verdict == SAMPLE:
            self._north.forward(t, wire.CARRIES_SAMPLE, throttle.sample, buffer, start, end)
        else:
            self._north.hold(throttle.silenced, buffer, start, end)
        return verdict

    def _acknowledge(self, seq, verdict, t):
        at = self._clock.on_the_wire(t)
        self._last_ack = (seq, verdict, at)
        self._send_ack(seq, verdict, at)

    def _is_repeated(self, seq):
        if self._last_ack is None or self._last_ack[0] != seq:
            return False
        self._duplicates += 1
        self._send_ack(*self._last_ack)
        return True

    def _send_ack(self, seq, verdict, at):
        self._outbox.send(wire.HAN_ACK, _ACK_FORMAT, seq, verdict, at & 0xFFFFFFFF, at >> 32)

    def _on_event(self, event, t, subject, level):
        self._north.tell(event, t, subject, level, self._throttle.policy.shadow)

    # Time.

    def _advance(self, t):
        self._throttle.advance(self._moment(t))

    def _moment(self, t):
        """`t`, or the latest time reached if that is later; the epoch moves along if it is far."""
        now = self._throttle.now
        if now is not None and t < now:
            return now
        if t < EPOCH_SPAN_MS:
            return t
        self._throttle.advance(t)
        self._throttle.move_epoch(t)
        self._clock.move_epoch(t)
        return 0

    def _now(self):
        """The latest time there is: of the hub's own clock, or that the host told."""
        self._stop_waiting()
        if self._clock.is_hosts:
            return self._throttle.now or 0
        return self._moment(self._clock.own())

    def _stop_waiting(self):
        """An alert or a command is there before the host's time: the hub goes on by its own."""
        if self._awaits_clock:
            self._clock.choose(False, 0)
            self._begin()

    def _begin(self):
        self._awaits_clock = False
        try:
            self._throttle.boot()
        except Exception as fault:  # ours; but a hub that never starts again is worse
            self._outbox.log("what was saved cannot be resumed: %r; all begins anew" % fault)
            self._throttle = self._saved.begin_anew(self._on_event, self._save)
            self._throttle.boot()

    def _save(self, t):
        is_hosts = self._clock.is_hosts or self._awaits_clock
        fault = self._saved.save(self._throttle, t, is_hosts)
        if fault:
            self._outbox.log(fault)

    # Commands.

    def _on_hello_request(self, seq, buffer, start, end):
        self._last_ack = None
        (nonce,) = struct.unpack_from(wire.HELLO_REQUEST_FORMAT, buffer, start)
        self.say_hello(nonce)

    def _on_advance(self, seq, buffer, start, end):
        if not self._clock.is_hosts:
            self._refuse(wire.ADVANCE, seq, "the hub is on its own clock")
            return
        low, high = struct.unpack_from(wire.ADVANCE_FORMAT, buffer, start)
        self._advance(self._clock.arrival(low, high))
        self._done(wire.ADVANCE, seq)

    def _on_set_clock(self, seq, buffer, start, end):
        source, low, high = struct.unpack_from(wire.SET_CLOCK_FORMAT, buffer, start)
        if source not in (wire.CLOCK_OWN, wire.CLOCK_HOST):
            self._refuse(wire.SET_CLOCK, seq, "the clock is 0, own, or 1, host")
            return
        if not self._awaits_clock:
            self._throttle.forget_time(self._now())
        self._clock.choose(source == wire.CLOCK_HOST, low + (high << 32))
        self._begin()
        self._done(wire.SET_CLOCK, seq)

    def _on_set_policy(self, seq, buffer, start, end):
        policy = read_policy(buffer, start, end)
        refusal = policy.refusal() if policy else ("codes", "are not whole or not as many as said")
        if refusal:
            self._refuse(wire.SET_POLICY, seq, "%s: %s" % refusal)
            return
        self._throttle.apply(policy, self._now())
        self._done(wire.SET_POLICY, seq)

    def _on_get_policy(self, seq, buffer, start, end):
        policy = self._throttle.policy
        tail = policy_codes(policy)
        values = policy_values(policy)
        self._outbox.send_with(tail, 0, len(tail), wire.POLICY, wire.POLICY_FORMAT, seq, *values)

    def _on_get_counters(self, seq, buffer, start, end):
        self._outbox.send(
            wire.COUNTERS,
            wire.COUNTERS_FORMAT,
            seq,
            self._boot_id,
            *self._throttle.accounts(),
            self._saved.not_alerts,
            self._saved.unreadable,
            self._framer.damaged,
            self._refused,
            self._duplicates,
            self._saved.saves,
            self._saved.failed,
            self._authority.refused,
        )

    def _on_get_key(self, seq, buffer, start, end):
        if self._awaits_clock:
            self._refuse(wire.GET_KEY, seq, "the hub has restarted and waits for the host's time")
            return
        originator, target, code = struct.unpack_from(wire.GET_KEY_FORMAT, buffer, start)
        t = self._now()
        self._throttle.advance(t)
        at = self._clock.on_the_wire(t)
        state = key_state(self._throttle, originator, target, code)
        form = wire.KEY_STATE_FORMAT
        self._outbox.send(wire.KEY_STATE, form, seq, at & 0xFFFFFFFF, at >> 32, *state)

    def _on_set_capacity(self, seq, buffer, start, end):
        devices, keys = struct.unpack_from(wire.SET_CAPACITY_FORMAT, buffer, start)
        if max(devices, keys) > _LARGEST_TABLE:
            self._refuse(wire.SET_CAPACITY, seq, "a table has at most %d entries" % _LARGEST_TABLE)
            return
        self._throttle.resize(devices, keys, self._now())
        self._done(wire.SET_CAPACITY, seq)

    # Authority.

    def _on_authorised(self, seq, buffer, start, end):
        counter, kind, mac = struct.unpack_from(wire.AUTHORISED_FORMAT, buffer, start)
        inside = start + wire.AUTHORISED_BYTES
        found = self._authority.examine(counter, kind, mac, memoryview(buffer)[inside:end])
        if found == ACCEPTED:
            self._serve(kind, seq, buffer, inside, end)
            self._authority.answer = self._last_answer
        elif found == REPEATED:
            self._answer(kind, seq, *self._authority.answer)
        else:
            self._refuse_authority(kind, seq)

    def _refuse_authority(self, kind, seq):
        authority = self._authority
        self._answer(kind, seq, wire.STATUS_REFUSED, authority.reason.encode())
        if authority.is_to_be_told():
            told = authority.refused, kind, authority.reason
            self._outbox.log("%d frames refused for want of authority; now 0x%02X: %s" % told)

    def _on_set_key(self, seq, buffer, start, end):
        refusal = self._authority.set_key(memoryview(buffer)[start:end])
        if refusal:
            self._refuse(wire.SET_KEY, seq, refusal)
        else:
            self._done(wire.SET_KEY, seq)

    def _on_reset(self, seq, buffer, start, end):
        self._done(wire.RESET, seq)
        self.leaves_for = FOR_RESET

    def _on_enter_repl(self, seq, buffer, start, end):
        self._done(wire.ENTER_REPL, seq)
        self.leaves_for = FOR_REPL

    # Results.

    def _done(self, command, seq):
        self._answer(command, seq, wire.STATUS_DONE, b"")

    def _refuse(self, command, seq, reason):
        self._refused += 1
        self._answer(command, seq, wire.STATUS_REFUSED, reason.encode())

    def _answer(self, command, seq, status, text):
        self._last_answer = (status, text)
        form = wire.RESULT_FORMAT
        self._outbox.send_with(text, 0, len(text), wire.RESULT, form, command, seq, status)
