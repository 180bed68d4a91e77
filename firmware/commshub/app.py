"""The hub without its link: frames come in, frames go out, the throttle decides in between.

Knows no port and no ticks. What the host asks for is in `commands.py`; an alert takes the shortest
way, through `on_alert`.
"""

import struct

from commshub import wire
from commshub.authorised import Authorised
from commshub.authority import Authority
from commshub.clock import EPOCH_SPAN_MS
from commshub.commands import Commands
from commshub.compat import const, micropython
from commshub.courier import Courier
from commshub.express import ALERT, BEGUN, END, OTHER, PASSED, SAMPLED, SILENCED, START, Express
from commshub.gbcs import ALERT as ALERT_MESSAGE
from commshub.gbcs import NOT_AN_ALERT, AlertReader
from commshub.held import HELD_MESSAGES
from commshub.identity import VERSION
from commshub.leaving import STAYS
from commshub.north import North
from commshub.saved import Saved
from commshub.south import EARLY, IS_ACK_DUE, NEW, UNSAID, South
from commshub.timeline import Timeline

_HAN_ALERT = wire.HAN_ALERT
_LEAST_ALERT = wire.HAN_ALERT_BYTES
_LONGEST_MESSAGE = wire.MAX_MESSAGE_BYTES
_PASS = const(0)  # verdicts, as in `memory`
_SUPPRESS = const(2)
_ACK_EVERY = wire.WINDOW // 2  # alerts: an acknowledgement is worth its time, and none is late


class App:
    """One hub.

    Args:
        outbox: an `Outbox`; what the hub says goes there.
        framer: the `Framer`, or the `Lanes`, whose count of damaged frames is reported.
        clock: a `Clock`.
        board: the module `board`, or what stands in for it.
        store: a `Store`, where what outlives a restart is kept.
        keys: a `KeyStore`, where the hub's key is.

    `last_words` is what the boot before has left to be told, see `crash`, until it is; None.
    `leaves_for` says whether a command has been answered after which the hub must leave.
    """

    def __init__(self, outbox, framer, clock, board, store, keys):
        self._outbox = outbox
        self._framer = framer
        self._clock = clock
        self._board = board
        self._boot_id = board.boot_id()
        outbox.boot = self._boot_id & 0xFFFF
        self._reader = AlertReader()
        self._south = South(outbox.boot)
        framer.expect(self._south.words)
        self._courier = Courier(outbox, clock.retry())
        self._north = North(self._courier, clock, self._south)
        self._held = self._north.held
        self._express = Express(
            self._reader, self._south, self._held, self._courier, outbox, _ACK_EVERY
        )
        self._saved = Saved(store, board.boot_id, self._south)
        self._timeline = Timeline(clock, self._saved, self._on_event, outbox.log)
        self.refused = self._duplicates = self._stale = 0
        self._commands = Commands(self, outbox, self._timeline, self._south, self._courier)
        self._authority = Authority(keys, self._boot_id, board.unique_id())
        self._authorised = Authorised(self, self._commands, self._authority, outbox)
        self.leaves_for = STAYS
        self.last_words = None
        self._serve = {  # by kind, see `Commands.by_kind`
            wire.HELLO_REQUEST: (self._on_hello_request, wire.HELLO_REQUEST_BYTES),
            wire.HAN_ALERT: (self._on_han_alert, wire.HAN_ALERT_BYTES),
            wire.NORTH_ACK: (self._on_north_ack, wire.NORTH_ACK_BYTES),
        }
        self._served_elsewhere = self._commands.by_kind, self._authorised.by_kind

    # What the shell calls.

    def boot(self) -> None:
        """Say who is there, and begin."""
        self.say_hello(0)
        if self._saved.fault:
            self._outbox.log(self._saved.fault)
        if not self._timeline.awaits_clock:
            self._timeline.begin()

    @micropython.native
    def take_alerts(self, framer) -> bool:
        """Judge the alerts that `framer` has next, up to one of which something comes.

        Returns: False where something else is next, or nothing that is whole.
        """
        clock, timeline = self._clock, self._timeline
        if clock.is_hosts or timeline.awaits_clock:
            return False  # there each alert has a time of its own
        at = t = clock.own()
        if clock.epoch_ms or t >= EPOCH_SPAN_MS:
            t = timeline.moment(t)
            at = clock.on_the_wire(t)
        run = self._express.run
        next_is = self._express.go(framer, timeline.throttle, t, at)
        if next_is == OTHER:
            return False
        if next_is == PASSED:
            self._north.pass_on(at, framer.buffer, run[START], run[END])
        elif next_is in (SILENCED, BEGUN):
            throttle = timeline.throttle
            if next_is == BEGUN:
                throttle.suppress_first()
                self._south.note(_SUPPRESS, at + throttle.now - t)
            silenced_id = throttle.silenced_id()
            self._held.keep(silenced_id, framer.buffer, run[START], run[END])
        elif next_is == SAMPLED:
            self._forward_sample(at, framer.buffer, run[START], run[END])
        elif next_is == ALERT:
            self.on_alert(framer.buffer, run[START] - _LEAST_ALERT, run[END])
            return True
        self._acknowledge()
        return True

    @micropython.native
    def on_alert(self, buffer, start: int, end: int) -> None:
        """The alert that is due, its payload in `buffer[start:end]`: what has no express way."""
        message = start + _LEAST_ALERT
        if not message <= end <= message + _LONGEST_MESSAGE:
            self.serve(_HAN_ALERT, self._south.expected, buffer, start, end)
            return
        north_next = buffer[message - 2] | buffer[message - 1] << 8
        self._courier.on_ack(north_next)
        clock = self._clock
        t = self._timeline.arrival(buffer, start)
        throttle = self._timeline.throttle
        found = self._reader.read(buffer, message, end)
        if found == ALERT_MESSAGE:
            verdict = throttle.judge(t, buffer, self._reader.found)
        else:
            verdict = _PASS
            if found == NOT_AN_ALERT:
                self._saved.not_alerts += 1
            else:
                self._saved.unreadable += 1
        at = clock.on_the_wire(t) if clock.epoch_ms else t
        self._south.note(verdict, at)
        if verdict == _SUPPRESS:
            self._held.keep(throttle.silenced_id(), buffer, message, end)
        elif verdict == _PASS:
            self._north.pass_on(at, buffer, message, end)
        else:
            self._forward_sample(at, buffer, message, end)
        self._acknowledge()

    def _forward_sample(self, at, buffer, start, end):
        numbers = self._timeline.throttle.numbers()
        self._north.forward(at, wire.CARRIES_SAMPLE, numbers, buffer, start, end)

    @micropython.native
    def _acknowledge(self):
        """So often that it is worth its time, and none is late."""
        if self._south.words[UNSAID] >= _ACK_EVERY:
            self._south.acknowledge(self._outbox, self._courier.made())

    def on_frame(self, kind: int, seq: int, boot: int, buffer, start: int, end: int) -> None:
        """Any good frame, its payload in `buffer[start:end]`."""
        if boot != self._outbox.boot and kind != wire.HELLO_REQUEST:
            self._stale += 1
            self.say_hello(0)
        elif self._authorised.takes(kind, seq):
            self.serve(kind, seq, buffer, start, end)

    def serve(self, kind: int, seq: int, buffer, start: int, end: int) -> None:
        """A frame that need not, or does not any more, show its authority."""
        row = self._serve.get(kind)
        for by_kind in self._served_elsewhere:
            row = row or by_kind.get(kind)
        if row is None:
            self._commands.refuse(kind, seq, "no frame of this kind is taken")
            return
        serve, least_bytes = row
        if end - start < least_bytes:
            reason = "%d bytes, at least %d" % (end - start, least_bytes)
            self._commands.refuse(kind, seq, reason)
        else:
            serve(seq, buffer, start, end)

    @micropython.native
    def settle(self) -> None:
        """No more frames are there at the moment: acknowledge those that were."""
        if self._south.words[IS_ACK_DUE]:
            self._south.acknowledge(self._outbox, self._courier.made())

    @micropython.native
    def on_time(self) -> None:
        """Do what has become due."""
        self._timeline.on_time()
        self._courier.on_time()

    def on_stale(self) -> None:
        """A frame that belongs to no conversation of this boot; it gets no answer."""
        self._stale += 1

    @micropython.native
    def wait_ms(self) -> int:
        """How long nothing needs to be done without a byte coming in, ms; -1: for ever."""
        wait = self._timeline.wait_ms()
        if self._courier.is_waiting():
            left = self._courier.wait_ms()
            if wait < 0 or left < wait:
                return left
        return wait

    def save(self) -> None:
        """Save what is remembered, whether that is due or not: the hub is about to leave."""
        timeline = self._timeline
        if not timeline.awaits_clock:  # until then all is as it was saved
            timeline.on_time()
            timeline.save(timeline.throttle.now)

    def say_hello(self, nonce: int) -> None:
        """Say who is there; 0 where nobody asked."""
        throttle = self._timeline.throttle
        queue = self._courier.queue
        name = self._board.name()
        self._outbox.send_with(
            name,
            0,
            len(name),
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
            throttle.devices.capacity,
            throttle.keys.capacity,
            HELD_MESSAGES,
            wire.MAX_MESSAGE_BYTES,
            self._authority.keyed,
            self._authority.counter,
            wire.CLOCK_HOST if self._clock.is_hosts else wire.CLOCK_OWN,
            self._board.transport(),
            self._saved.start,
            self._courier.base,
            queue.count,
            queue.messages_gave_way(),
        )

    def counters(self, accounts) -> tuple:
        """The fields of a Counters frame behind its number; `accounts` are the throttle's."""
        queue = self._courier.queue
        return (
            (self._boot_id,)
            + tuple(accounts)
            + (
                self._saved.not_alerts,
                self._saved.unreadable,
                self._framer.damaged,
                self.refused,
                self._stale,
                self._outbox.cut,
                self._board.overruns(),
                self._duplicates,
                self._courier.repeats,
                queue.count,
            )
            + tuple(queue.gave_way)
            + (
                sum(queue.owed.values()),
                queue.counts_lost,
                self._saved.saves,
                self._saved.failed,
                self._authority.refused,
            )
        )

    # The link.

    def _on_hello_request(self, seq, buffer, start, end):
        nonce, session, _ = struct.unpack_from(wire.HELLO_REQUEST_FORMAT, buffer, start)
        self._south.greet(session)
        self.say_hello(nonce)
        if self.last_words and self.last_words.tell(self._outbox):
            self.last_words = None
        self._courier.begin_again()

    @micropython.native
    def _on_north_ack(self, seq, buffer, start, end):
        north_next, alert_first = struct.unpack_from(wire.NORTH_ACK_FORMAT, buffer, start)
        self._south.skip_to(alert_first)
        if not self._courier.on_ack(north_next) and north_next == self._courier.base:
            self._courier.on_missing()

    def _on_han_alert(self, seq, buffer, start, end):
        message = start + _LEAST_ALERT
        if end - message > _LONGEST_MESSAGE:
            self._commands.refuse(_HAN_ALERT, seq, "a message has at most 1024 bytes")
            return
        place = self._south.look(seq)
        if place == NEW:
            self.on_alert(buffer, start, end)
            return
        north_next = buffer[message - 2] | buffer[message - 1] << 8
        self._courier.on_ack(north_next)
        if place != EARLY:
            self._duplicates += 1
            if self._south.forwards_again(seq):
                at = self._clock.on_the_wire(self._timeline.throttle.now)
                self._north.pass_on(at, buffer, message, end)

    def _on_event(self, event, t, subject, level):
        shadow = self._timeline.throttle.policy.shadow
        self._north.tell(event, t, subject, level, shadow)
