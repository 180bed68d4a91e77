"""The hub without its link: frames come in, frames go out, the throttle decides in between.

Knows no port and no ticks. What the host asks for is in `commands.py`; an alert takes the shortest
way through `_on_han_alert`.
"""

import struct

from commshub import wire
from commshub.authorised import Authorised
from commshub.authority import Authority
from commshub.commands import Commands
from commshub.compat import micropython
from commshub.courier import Courier
from commshub.due import earlier
from commshub.gbcs import ALERT, NOT_AN_ALERT, AlertReader
from commshub.held import HELD_MESSAGES
from commshub.identity import VERSION
from commshub.leaving import STAYS
from commshub.north import North
from commshub.saved import Saved
from commshub.south import EARLY, NEW, South
from commshub.throttle import PASS, SAMPLE, SUPPRESS
from commshub.timeline import Timeline

_HAN_ALERT = wire.HAN_ALERT
_LEAST_ALERT = wire.HAN_ALERT_BYTES
_LONGEST_MESSAGE = wire.MAX_MESSAGE_BYTES
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
        self._south = South()
        self._courier = Courier(outbox, clock.retry())
        self._north = North(self._courier, clock, self._south)
        self._held = self._north.held
        self._saved = Saved(store, board.boot_id, self._south)
        self._timeline = Timeline(clock, self._saved, self._on_event, outbox.log)
        self.refused = self._duplicates = self._stale = 0
        self._commands = Commands(self, outbox, self._timeline, self._south, self._courier)
        self._authority = Authority(keys, self._boot_id, board.unique_id())
        self._authorised = Authorised(self, self._commands, self._authority, outbox)
        self.leaves_for = STAYS
        self._serve = {  # by kind, see `Commands.by_kind`
            wire.HELLO_REQUEST: (self._on_hello_request, wire.HELLO_REQUEST_BYTES),
            wire.HAN_ALERT: (self._on_han_alert, wire.HAN_ALERT_BYTES),
            wire.NORTH_ACK: (self._on_north_ack, wire.NORTH_ACK_BYTES),
        }
        self._serve.update(self._commands.by_kind)
        self._serve.update(self._authorised.by_kind)

    # What the shell calls.

    def boot(self) -> None:
        """Say who is there, and begin."""
        self.say_hello(0)
        if self._saved.fault:
            self._outbox.log(self._saved.fault)
        if not self._timeline.awaits_clock:
            self._timeline.begin()

    @micropython.native
    def on_frame(self, kind: int, seq: int, boot: int, buffer, start: int, end: int) -> None:
        """One good frame, its payload in `buffer[start:end]`."""
        if boot == self._outbox.boot and kind == _HAN_ALERT and end - start >= _LEAST_ALERT:
            self._on_han_alert(seq, buffer, start, end)  # the most frequent by far
        elif boot != self._outbox.boot and kind != wire.HELLO_REQUEST:
            self._stale += 1
            self.say_hello(0)
        elif self._authorised.takes(kind, seq):
            self.serve(kind, seq, buffer, start, end)

    def serve(self, kind: int, seq: int, buffer, start: int, end: int) -> None:
        """A frame that need not, or does not any more, show its authority."""
        if kind not in self._serve:
            self._commands.refuse(kind, seq, "no frame of this kind is taken")
            return
        serve, least_bytes = self._serve[kind]
        if end - start < least_bytes:
            reason = "%d bytes, at least %d" % (end - start, least_bytes)
            self._commands.refuse(kind, seq, reason)
        else:
            serve(seq, buffer, start, end)

    @micropython.native
    def settle(self) -> None:
        """No more frames are there at the moment: acknowledge those that were."""
        if self._south.is_ack_due:
            self._south.acknowledge(self._outbox, self._courier.made())

    @micropython.native
    def on_time(self) -> None:
        """Do what has become due."""
        self._timeline.on_time()
        self._courier.on_time()

    def on_stale(self) -> None:
        """A frame that belongs to no conversation of this boot; it gets no answer."""
        self._stale += 1

    def wait_ms(self) -> int:
        """How long nothing needs to be done without a byte coming in, ms; -1: for ever."""
        wait = earlier(self._timeline.wait_ms(), self._courier.wait_ms())
        return -1 if wait is None else wait

    def say_hello(self, nonce: int) -> None:
        """Say who is there; 0 where nobody asked."""
        throttle = self._timeline.settled()
        queue = self._courier.queue
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
        self._courier.begin_again()

    @micropython.native
    def _on_north_ack(self, seq, buffer, start, end):
        north_next, alert_first = struct.unpack_from(wire.NORTH_ACK_FORMAT, buffer, start)
        self._south.skip_to(alert_first)
        if not self._courier.on_ack(north_next) and north_next == self._courier.base:
            self._courier.on_missing()

    # Alerts.

    @micropython.native
    def _on_han_alert(self, seq, buffer, start, end):
        message = start + _LEAST_ALERT
        if end - message > _LONGEST_MESSAGE:
            self._commands.refuse(wire.HAN_ALERT, seq, "a message has at most 1024 bytes")
            return
        north_next = buffer[message - 2] | buffer[message - 1] << 8
        if north_next != self._courier.base:
            self._courier.on_ack(north_next)
        south = self._south
        place = south.look(seq)
        if place == NEW:
            self._judge(self._timeline.arrival(buffer, start), buffer, message, end)
            if south.unsaid >= _ACK_EVERY:
                south.acknowledge(self._outbox, self._courier.made())
        elif place != EARLY:
            self._duplicates += 1
            if south.forwards_again(seq):
                t = self._timeline.settled().now or 0
                self._north.forward(t, wire.CARRIES_PASS, None, buffer, message, end)

    @micropython.native
    def _judge(self, t, buffer, start, end):
        """The verdict on a message, which is forwarded or held accordingly."""
        timeline = self._timeline
        found = self._reader.read(buffer, start, end)
        if found == ALERT:
            verdict = timeline.judge(t, buffer, self._reader.found)
        else:
            verdict = PASS
            if found == NOT_AN_ALERT:
                self._saved.not_alerts += 1
            else:
                self._saved.unreadable += 1
        self._south.note(verdict, self._clock.on_the_wire(t))
        if verdict == SUPPRESS:
            self._held.keep(timeline.silenced.overload_id, buffer, start, end)
        elif verdict == SAMPLE:
            self._north.forward(t, wire.CARRIES_SAMPLE, timeline.sample, buffer, start, end)
        else:
            self._north.forward(t, wire.CARRIES_PASS, None, buffer, start, end)

    def _on_event(self, event, t, subject, level):
        shadow = self._timeline.settled().policy.shadow
        self._north.tell(event, t, subject, level, shadow)
