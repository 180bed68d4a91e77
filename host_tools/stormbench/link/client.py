"""The one client for every hub: alerts and commands go out, verdicts, answers and what goes north
come back, whatever the link does meanwhile.

What is lost on the way is sent again. A port that goes away is opened again; a hub that restarted
is met again and goes on where it was. The client gives up with a reason, never by itself hanging:
each wait has an end. Who speaks for it on the wire is `Stream`; numbers are kept by `AlertWindow`
and `NorthInbox`, accounts by `Ledger`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hubwire.errors import FieldOutOfRange
from hubwire.frames import BY_NAME, CLOCKS, MAX_MESSAGE_BYTES, NO_BOOT, STATUSES
from hubwire.framing import DELIMITER, Frame, encode
from hubwire.generate import definition_hash
from stormbench.errors import ForeignHub, HostToolError, HubTimeout, InvalidInput, LinkLost
from stormbench.link.alert_window import Acknowledged, AlertWindow, Waiting
from stormbench.link.hello import Hello, hello_request, new_session, plain_hello
from stormbench.link.key_state import KeyState, key_state
from stormbench.link.ledger import Ledger
from stormbench.link.north_inbox import NorthInbox
from stormbench.link.northbound import Northbound, WanAlert
from stormbench.link.port import Port, PowerSwitch
from stormbench.link.stream import ReplAnswers, Stream

__all__ = ["ANSWER_MS", "TRIES", "Hello", "HubClient", "HubRefused", "Judged"]

TRIES = 4
ANSWER_MS = 1000
"""How long one try may take. An alert takes some 5 ms on the emulated Pico, an erase of its flash
400 ms at the most (W25Q16JV, data sheet); a busy PC may keep a process waiting for as long."""

PATIENCE_MS = 60_000
"""How long a port that went away may stay away. A board boots in a second; a person who has to
find the cable may need the rest."""

_REOPEN_MS = 200


class HubRefused(HostToolError):
    """The hub understood a command, and will not do it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one alert: its verdict, the arrival it was counted with, and what went north
    since the alert before it was known."""

    verdict: str
    at_ms: int
    north: tuple[Northbound, ...]


@dataclass(slots=True)
class _Question:
    """What the hub was asked last, and what came."""

    name: str
    values: Mapping[str, Any]
    answer_name: str
    seq: int
    answer: Frame | None = None


class HubClient:
    """Speaks with the hub behind `port`.

    `hello` is what the hub said of itself when it was last met, `backlog` what it had kept for
    whoever would come next, `ledger` what became of the alerts; `recoveries` has for each time the
    link came back how long that took, ms of the port's time.
    """

    def __init__(self, port: Port) -> None:
        self._port = port
        self._stream = Stream(port)
        self._session = new_session()
        self._window = AlertWindow()
        self._inbox = NorthInbox()
        self.ledger = Ledger()
        self.recoveries: list[int] = []
        self.backlog: list[Northbound] = []
        self._boot = NO_BOOT
        self._command_seq = 0
        self._asked = _Question("", {}, "", -1)
        self._hosts_clock_ms: int | None = None
        self._north: list[Northbound] = []
        self._judged: list[Judged] = []
        self._progress = 0
        self._must_send_again = False
        self._has_restarted = False
        self._is_recovering = False
        self._went_back_to: int | None = None
        self._hello: Hello | None = None
        self._greet()
        self._must_send_again = False

    @property
    def hello(self) -> Hello:
        """What the hub said of itself when it was last met."""
        assert self._hello is not None
        return self._hello

    @property
    def name(self) -> str:
        """The port's name."""
        return self._port.name

    @property
    def log(self) -> tuple[str, ...]:
        """What the firmware said to people, oldest first."""
        return tuple(self._stream.log)

    @property
    def frames_damaged(self) -> int:
        """Stretches between delimiters that were no frames."""
        return self._stream.damaged

    @property
    def repeated_north(self) -> int:
        """Frames from the north side that came more than once, and were recognised."""
        return self._inbox.again

    @property
    def heard_totals(self) -> Mapping[int, int]:
        """By overload: the largest total of suppressed alerts that the hub has told."""
        return {key: heard.total_suppressed for key, heard in self._inbox.heard.items()}

    # Alerts.

    def alert(self, at_ms: int, message: bytes) -> Judged:
        """Send one GBCS message and wait for its verdict.

        Args:
            at_ms: arrival in scenario time; it counts only on the host's clock.
            message: at most 1,024 bytes.

        Raises:
            InvalidInput: the message is too long, or the time does not fit.
            HubTimeout: no acknowledgement, try after try.
            LinkLost: the port went away and did not come back.
        """
        judged = [*self.submit(at_ms, message), *self.settle()]
        north = tuple(item for each in judged for item in each.north)
        return Judged(judged[-1].verdict, judged[-1].at_ms, north)

    def submit(self, at_ms: int, message: bytes) -> list[Judged]:
        """Send one GBCS message, without waiting longer than for a place among those on their way.

        Returns: what became known meanwhile, in the order in which alerts were submitted.
        """
        if len(message) > MAX_MESSAGE_BYTES:
            raise InvalidInput(
                f"a message of {len(message)} bytes; the link carries {MAX_MESSAGE_BYTES} at most"
            )
        if self._window.is_full:
            self._until(lambda: not self._window.is_full, self._send_window, self._missing_ack)
        if self._hosts_clock_ms is not None:
            self._hosts_clock_ms = max(self._hosts_clock_ms, at_ms)
        alert = self._window.add(at_ms, message)
        self.ledger.sent += 1
        self._send([self._alert_frame(alert)])
        return self._take_judged()

    def settle(self) -> list[Judged]:
        """Wait until every alert is acknowledged; what became of those not yet told."""
        self._await_verdicts()
        return self._take_judged()

    # Time.

    def advance(self, at_ms: int) -> tuple[Northbound, ...]:
        """Move the host's clock on; what became due goes north."""
        self._await_verdicts()
        self._hosts_clock_ms = max(self._hosts_clock_ms or 0, at_ms)
        self._command("Advance", {"at_ms": at_ms})
        return self._take_north()

    def use_hosts_clock(self, start_ms: int) -> tuple[Northbound, ...]:
        """Put the hub on the host's clock, which shows `start_ms`."""
        self._command("SetClock", {"source": _number(CLOCKS, "host"), "start_ms": start_ms})
        self._hosts_clock_ms = start_ms
        return self._take_north()

    def use_own_clock(self, start_ms: int) -> tuple[Northbound, ...]:
        """Put the hub on its own clock, which shows `start_ms`."""
        self._hosts_clock_ms = None
        self._command("SetClock", {"source": _number(CLOCKS, "own"), "start_ms": start_ms})
        return self._take_north()

    def listen(self, duration_ms: int) -> tuple[Northbound, ...]:
        """Let the port's time pass, and hear what the hub has to say meanwhile."""
        until_ms = self._port.now_ms() + duration_ms
        while (left_ms := until_ms - self._port.now_ms()) > 0:
            self._hear(left_ms)
        return self._take_north()

    def collect(self) -> tuple[Northbound, ...]:
        """Wait until the hub has nothing more that waits to go north.

        Raises:
            HubTimeout: it has, and does not send it.
        """
        self._await_verdicts()
        progress, idle = self._progress, 0
        while True:
            self._say_expected()
            queued = self.counters()["queued"]
            if not queued:
                return self._take_north()
            idle = idle + 1 if self._progress == progress + 1 else 0  # the answer is one
            if idle == TRIES:
                raise self._timeout(f"{queued} frames that wait to go north did not come")
            progress = self._progress
            self._hear(ANSWER_MS)

    # Commands.

    def set_capacity(self, devices: int, keys: int) -> tuple[Northbound, ...]:
        """Size the hub's tables."""
        self._command("SetCapacity", {"devices": devices, "keys": keys})
        return self._take_north()

    def set_policy(self, values: Mapping[str, Any]) -> tuple[Northbound, ...]:
        """Put a policy in force; `values` are the fields of a SetPolicy frame."""
        self._command("SetPolicy", values)
        return self._take_north()

    def policy(self) -> Mapping[str, Any]:
        """The policy in force, as the fields of a SetPolicy frame."""
        return _without_seq(self._ask("GetPolicy", {}, "Policy"))

    def counters(self) -> Mapping[str, int]:
        """The cumulative counters: of alerts over the hub's life, of frames since its boot."""
        counters = _without_seq(self._ask("GetCounters", {}, "Counters"))
        messages = ("passes", "samples", "signed")
        self.ledger.on_gave_way(sum(counters[f"gave_way_{name}"] for name in messages))
        return counters

    def key_state(self, originator: bytes, target: bytes, code: int) -> KeyState:
        """What the hub's throttle knows of a key, and of its device, as of its latest time."""
        key = {"originator": originator, "target": target, "code": code}
        return key_state(self._ask("GetKey", key, "KeyState"))

    def power_cut(self) -> tuple[Northbound, ...]:
        """Cut the power of a virtual hub at this instant, and meet it again.

        Its `hello` is then the one of the new boot. What the throttle remembers of a time on the
        host's clock goes on with the next `use_hosts_clock`; on its own clock what was overdue
        goes north at once.

        Raises:
            InvalidInput: the hub is a real one.
        """
        if not isinstance(self._port, PowerSwitch):
            raise InvalidInput(
                f"{self.name}: only the power of a virtual hub can be cut from here"
            )
        self._hosts_clock_ms = None
        self._port.power_cut()
        self._recover(LinkLost("its power was cut"))
        return self._take_north()

    def close(self) -> None:
        """Let go of the port, and tell the hub what came so far."""
        try:
            if self._inbox.unsaid:
                self._stream.write([self._north_ack()])
        except LinkLost:
            pass  # then it keeps what it has for whoever comes next
        finally:
            self._port.close()

    # Asking.

    def _command(self, name: str, values: Mapping[str, Any]) -> None:
        self._await_verdicts()
        result = self._ask(name, values, "Result")
        if STATUSES[result["status"]] != "done":
            raise HubRefused(f"{self.name} refused {name}: {_text(result['reason'])}")

    def _ask(self, name: str, values: Mapping[str, Any], answer_name: str) -> Frame:
        """Send a frame until the frame called `answer_name` comes that bears its number."""
        try:
            encode(Frame(name, 0, values))
        except FieldOutOfRange as error:
            raise InvalidInput(f"{error}; nothing was sent to {self.name}") from error
        question = _Question(name, values, answer_name, self._next_command())
        self._asked = question
        self._send_question(question)
        self._until(
            lambda: question.answer is not None,
            lambda: self._send_question(question),
            lambda: f"no {answer_name} for {name} {question.seq}",
        )
        assert question.answer is not None
        return question.answer

    def _next_command(self) -> int:
        self._command_seq = (self._command_seq + 1) & 0xFFFF
        return self._command_seq

    def _send_question(self, question: _Question) -> None:
        frame = Frame(question.name, question.seq, question.values, self._boot)
        self._send([self._north_ack(), frame] if self._inbox.unsaid else [frame])

    def _await_verdicts(self) -> None:
        self._until(lambda: not len(self._window), self._send_window, self._missing_ack)

    def _missing_ack(self) -> str:
        return f"no HanAck for HanAlert {self._window.first}"

    def _until(
        self, is_done: Callable[[], bool], send: Callable[[], None], missing: Callable[[], str]
    ) -> None:
        """Listen until it is done; where nothing gets on, see who is there and send again."""
        tries, progress, since_ms = 1, self._progress, self._port.now_ms()
        while not is_done():
            if self._must_send_again:
                self._must_send_again = False
                send()
            if self._progress != progress:
                tries, progress, since_ms = 1, self._progress, self._port.now_ms()
            left_ms = since_ms + ANSWER_MS - self._port.now_ms()
            if left_ms > 0:
                self._hear(left_ms)
                continue
            if tries == TRIES:
                raise self._timeout(missing())
            tries += 1
            since_ms = self._port.now_ms()
            self._meet_again(missing)

    def _timeout(self, missing: str) -> HubTimeout:
        return HubTimeout(
            f"{missing} within {TRIES} tries of {ANSWER_MS} ms on {self.name}; "
            f"{_shown(self._stream.last_bytes)}{self._last_words()}; reset the board, or unplug "
            "it, and try again"
        )

    def _last_words(self) -> str:
        if not self._stream.log:
            return ""
        return f"; the firmware said: {' | '.join(self._stream.log[-1].strip().splitlines()[-2:])}"

    # Sending.

    def _send(self, frames: list[Frame]) -> None:
        try:
            self._stream.write(frames)
        except LinkLost as error:
            self._recover(error)

    def _send_window(self) -> None:
        """All alerts that wait, again, with the word that no older one will come."""
        self._send([self._north_ack(), *map(self._alert_frame, self._window)])

    def _alert_frame(self, alert: Waiting) -> Frame:
        self._inbox.said()
        values = {
            "at_ms": alert.at_ms,
            "north_next": self._inbox.expected,
            "message": alert.message,
        }
        return Frame("HanAlert", alert.seq, values, self._boot)

    def _north_ack(self) -> Frame:
        self._inbox.said()
        values = {"north_next": self._inbox.expected, "alert_first": self._window.first}
        return Frame("NorthAck", 0, values, self._boot)

    def _say_expected(self) -> None:
        if self._inbox.unsaid:
            self._send([self._north_ack()])

    # Hearing.

    def _hear(self, timeout_ms: int) -> None:
        """Take in what comes next."""
        try:
            frames = self._stream.read(timeout_ms)
        except LinkLost as error:
            self._recover(error)
            return
        self._take_in(frames)
        if self._inbox.is_ack_due:
            self._send([self._north_ack()])

    def _take_in(self, frames: list[Frame]) -> None:
        """All of a chunk, before anybody acts on one of its frames."""
        is_restarted = False
        for frame in frames:
            if frame.name == "Hello":
                is_restarted = is_restarted or frame["boot_id"] != self.hello.boot_id
            elif frame.boot == self._boot:
                self._take(frame)
        if is_restarted:
            self._meet_again(lambda: "the hub has restarted")

    def _take(self, frame: Frame) -> None:
        if frame.name in ("WanAlert", "Notice"):
            self._on_north(frame)
        elif frame.name == "HanAck":
            self._on_ack(frame)
        elif frame.name == "Result" and frame["command"] == BY_NAME["HanAlert"].kind:
            raise HubRefused(f"{self.name} refused HanAlert: {_text(frame['reason'])}")
        elif frame["command_seq"] == self._asked.seq:
            self._on_answer(self._asked, frame)

    def _on_answer(self, asked: _Question, frame: Frame) -> None:
        if frame.name == asked.answer_name:
            asked.answer = frame
            self._progress += 1
        elif frame.name == "Result" and frame["command"] == BY_NAME[asked.name].kind:
            raise HubRefused(f"{self.name} refused {asked.name}: {_text(frame['reason'])}")

    def _on_ack(self, frame: Frame) -> None:
        done = self._window.on_ack(frame["alert_seq"], frame["entries"])
        for each in done:
            self._judge(each)
        if not done and len(self._window) and self._went_back_to != self._window.first:
            self._went_back_to = self._window.first  # one is missing there, or its verdict was
            self._send_window()

    def _judge(self, done: Acknowledged) -> None:
        self.ledger.on_verdict(done.verdict)
        self._judged.append(Judged(done.verdict, done.at_ms, self._take_north()))
        self._progress += 1

    def _on_north(self, frame: Frame) -> None:
        found = self._inbox.on_frame(frame)
        if found is None:
            return
        item, is_ours = found
        self._progress += 1
        if not is_ours:
            self.backlog.append(item)
            return
        self._north.append(item)
        if isinstance(item, WanAlert) and not item.is_held:
            self.ledger.on_forwarded()

    # Meeting, and meeting again.

    def _greet(self) -> None:
        """Ask who is there until a Hello comes.

        Raises:
            HubTimeout: none does. ForeignHub: one of another firmware, or the REPL. LinkLost.
        """
        for _ in range(TRIES):
            request = hello_request(self._session)
            self._stream.write([request], nudge=True)
            deadline_ms = self._port.now_ms() + ANSWER_MS
            while (left_ms := deadline_ms - self._port.now_ms()) > 0:
                frames = self._stream.read(left_ms)
                for place, frame in enumerate(frames):
                    if frame.name == "Hello" and frame["nonce"] == request["nonce"]:
                        self._on_hello(frame)
                        self._take_in(frames[place + 1 :])
                        return
                    if frame.boot == self._boot and frame.name != "Hello":
                        self._take(frame)
            if encode(request).strip(DELIMITER) in self._stream.last_bytes:
                raise ReplAnswers(self.name)
        raise self._timeout("no Hello for a HelloRequest")

    def _on_hello(self, frame: Frame) -> None:
        if frame["definition_hash"] != definition_hash():
            raise ForeignHub(
                f"{self.name} speaks frames of definition {frame['definition_hash'].hex().upper()}"
                f", this side {definition_hash().hex().upper()}: build and flash the firmware of "
                "this version (`stormbench firmware build`)"
            )
        before, self._hello = self._hello, plain_hello(frame)
        if before is None:
            self._inbox.begin(frame["north_next"], frame["queued"])
            self.ledger.begin(frame["gave_way"])
        elif before.boot_id != self._hello.boot_id:
            self._take_for_judged()
            self.ledger.on_restart(frame["gave_way"])
            self._inbox.begin(frame["north_next"])
            self._has_restarted = True
        self._boot = self._hello.boot_id & 0xFFFF
        self._must_send_again = True
        self._went_back_to = None

    def _take_for_judged(self) -> None:
        """Of alerts that the boot before has judged without being heard, what became known.

        An item from north says how far it had come; what had been forwarded came before it.
        """
        if self._inbox.taken is None:
            return
        came = {item.message: item for item in self._inbox.latest}
        for alert in self._window.take_judged(self._inbox.taken):
            item = came.get(alert.message)
            verdict, at_ms = (item.carries, item.at_ms) if item else ("SUPPRESS", alert.at_ms)
            self._judge(Acknowledged(alert, verdict, at_ms))

    def _meet_again(self, missing: Callable[[], str]) -> None:
        """See who is there, on a port that is open."""
        lost = None
        self._is_recovering = True
        try:
            self._greet()
            self._resume()
        except LinkLost as error:
            lost = error
        except HubTimeout as error:
            raise self._timeout(f"{missing()}, nor a Hello") from error
        finally:
            self._is_recovering = False
        if lost is not None:
            self._recover(lost)

    def _recover(self, lost: LinkLost) -> None:
        """Open the port again and meet the hub, for as long as there is patience.

        Raises:
            LinkLost: it is not back.
        """
        if self._is_recovering:
            raise lost
        self._is_recovering = True
        begun_ms = self._port.now_ms()
        try:
            while not self._is_back():
                if self._port.now_ms() - begun_ms >= PATIENCE_MS:
                    raise LinkLost(
                        f"{lost}; not back within {PATIENCE_MS // 1000} s. Plug {self.name} in "
                        "and start again"
                    ) from lost
                self._port.pass_ms(_REOPEN_MS)
        finally:
            self._is_recovering = False
        self.recoveries.append(self._port.now_ms() - begun_ms)

    def _is_back(self) -> bool:
        try:
            self._port.reopen()
            self._stream.restart()
            self._greet()
            self._resume()
        except (LinkLost, HubTimeout):
            return False
        return True

    def _resume(self) -> None:
        """A hub that restarted is told the time, if it was on the host's clock."""
        if not self._has_restarted:
            return
        self._has_restarted = False
        pending = self._asked
        if self._hosts_clock_ms is not None:
            start_ms = self._hosts_clock_ms
            clock = {"source": _number(CLOCKS, "host"), "start_ms": start_ms}
            self._ask("SetClock", clock, "Result")
        pending.seq = self._next_command()  # to the hub the one before is old now
        self._asked = pending
        self._must_send_again = True

    # Handing out.

    def _take_judged(self) -> list[Judged]:
        judged, self._judged = self._judged, []
        return judged

    def _take_north(self) -> tuple[Northbound, ...]:
        north = tuple(self._north)
        self._north.clear()
        return north


def _without_seq(answer: Frame) -> dict[str, Any]:
    return {name: value for name, value in answer.values.items() if name != "command_seq"}


def _number(table: Mapping[int, str], name: str) -> int:
    return next(number for number, known in table.items() if known == name)


def _text(octets: bytes) -> str:
    return octets.decode(errors="replace")


def _shown(pending: bytes) -> str:
    if not pending:
        return "nothing came at all"
    return f"the last {len(pending)} bytes: {pending[:32].hex(' ').upper()}"
