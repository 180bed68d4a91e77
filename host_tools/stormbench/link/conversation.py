"""One conversation with one hub, over a link that may lose anything: what is said comes over.

What is lost on the way is sent again. A port that goes away is opened again; a hub that restarted
is met again and goes on where it was. Each wait has an end: it gives up with a reason, and never
hangs. Who speaks on the wire is `Stream`; numbers are kept by `AlertWindow` and `NorthInbox`,
accounts by `Ledger`. What commands mean is not known here.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from hubwire.errors import FieldOutOfRange
from hubwire.frames import BY_NAME, CLOCKS, NO_BOOT
from hubwire.framing import DELIMITER, Frame, encode
from hubwire.generate import definition_hash
from stormbench.errors import ForeignHub, HubTimeout, InvalidInput, LinkLost
from stormbench.link.alert_window import Acknowledged, AlertWindow, Waiting
from stormbench.link.answers import HubRefused, Judged, Question
from stormbench.link.hello import Hello, hello_request, new_session, plain_hello
from stormbench.link.ledger import Ledger
from stormbench.link.north_inbox import NorthInbox
from stormbench.link.northbound import Northbound, WanAlert
from stormbench.link.port import Port
from stormbench.link.stream import ReplAnswers, Stream

TRIES = 4
ANSWER_MS = 1000
"""How long one try may take. An alert takes some 5 ms on the emulated Pico, an erase of its flash
400 ms at the most (W25Q16JV, data sheet); a busy PC may keep a process waiting for as long."""

PATIENCE_MS = 60_000
"""How long a port that went away may stay away. A board boots in a second; a person who has to
find the cable may need the rest."""

_REOPEN_MS = 200


class Conversation:
    """What is said to and by the hub behind `port`.

    `recoveries` has for each time the link came back how long that took, ms of the port's time;
    `backlog` what the hub had kept for whoever would come next. While the hub is on the host's
    clock, `hosts_clock_ms` is what that shows.
    """

    def __init__(self, port: Port) -> None:
        self.port = port
        self.stream = Stream(port)
        self.inbox = NorthInbox()
        self.ledger = Ledger()
        self.recoveries: list[int] = []
        self.backlog: list[Northbound] = []
        self.hosts_clock_ms: int | None = None
        self._session = new_session()
        self._window = AlertWindow()
        self._boot = NO_BOOT
        self._north_made = 0
        self._command_seq = 0
        self._asked = Question("", {}, "", -1)
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
        return self.port.name

    # What the client does with it.

    def submit(self, at_ms: int, message: bytes) -> None:
        """Send an alert, once there is a place among those that are on their way."""
        if self._window.is_full:
            self._until(lambda: not self._window.is_full, self._send_window, self._missing_ack)
        if self.hosts_clock_ms is not None:
            self.hosts_clock_ms = max(self.hosts_clock_ms, at_ms)
        alert = self._window.add(at_ms, message)
        self.ledger.sent += 1
        self._send([self._alert_frame(alert)])

    def ask(self, name: str, values: Mapping[str, Any], answer_name: str) -> Frame:
        """Send a frame until the frame called `answer_name` comes that bears its number."""
        try:
            encode(Frame(name, 0, values))
        except FieldOutOfRange as error:
            raise InvalidInput(f"{error}; nothing was sent to {self.name}") from error
        question = Question(name, values, answer_name, self._next_command())
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

    def _send_question(self, question: Question) -> None:
        frame = Frame(question.name, question.seq, question.values, self._boot)
        self._send([self._north_ack(), frame] if self.inbox.unsaid else [frame])

    def await_verdicts(self) -> None:
        self._until(lambda: not len(self._window), self._send_window, self._missing_ack)

    def await_north(self) -> None:
        """Wait for all that had come about when the hub last said how much that is."""
        self._until(
            lambda: self.inbox.has_all_before(self._north_made),
            lambda: self._send([self._north_ack()]),
            lambda: f"no frame {self.inbox.expected} of what goes north",
        )

    def _missing_ack(self) -> str:
        return f"no HanAck for HanAlert {self._window.first}"

    def _until(
        self, is_done: Callable[[], bool], send: Callable[[], None], missing: Callable[[], str]
    ) -> None:
        """Listen until it is done; where nothing gets on, see who is there and send again."""
        tries, progress, since_ms = 1, self._progress, self.port.now_ms()
        while not is_done():
            if self._must_send_again:
                self._must_send_again = False
                send()
            if self._progress != progress:
                tries, progress, since_ms = 1, self._progress, self.port.now_ms()
            left_ms = since_ms + ANSWER_MS - self.port.now_ms()
            if left_ms > 0:
                self.hear(left_ms)
                continue
            if tries == TRIES:
                raise self.timeout(missing())
            tries += 1
            since_ms = self.port.now_ms()
            self._meet_again(missing)

    def timeout(self, missing: str) -> HubTimeout:
        return HubTimeout(
            f"{missing} within {TRIES} tries of {ANSWER_MS} ms on {self.name}; "
            f"{self.stream.last_words()}; reset the board, or unplug it, and try again"
        )

    # Sending.

    def _send(self, frames: list[Frame]) -> None:
        try:
            self.stream.write(frames)
        except LinkLost as error:
            self.recover(error)

    def _send_window(self) -> None:
        """All alerts that wait, again, with the word that no older one will come."""
        self._send([self._north_ack(), *map(self._alert_frame, self._window)])

    def _alert_frame(self, alert: Waiting) -> Frame:
        self.inbox.said()
        values = {
            "at_ms": alert.at_ms,
            "north_next": self.inbox.expected,
            "message": alert.message,
        }
        return Frame("HanAlert", alert.seq, values, self._boot)

    def _north_ack(self) -> Frame:
        self.inbox.said()
        values = {"north_next": self.inbox.expected, "alert_first": self._window.first}
        return Frame("NorthAck", 0, values, self._boot)

    def say_expected(self) -> None:
        """Acknowledge what has come north, if that was not done yet."""
        if self.inbox.unsaid:
            self._send([self._north_ack()])

    def say_goodbye(self) -> None:
        """Acknowledge it for the last time; where nobody hears that, the hub keeps what it has."""
        if self.inbox.unsaid:
            with suppress(LinkLost):
                self.stream.write([self._north_ack()])

    # Hearing.

    def hear(self, timeout_ms: int) -> None:
        """Take in what comes next."""
        try:
            frames = self.stream.read(timeout_ms)
        except LinkLost as error:
            self.recover(error)
            return
        self._take_in(frames)
        if self.inbox.is_ack_due:
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

    def _on_answer(self, asked: Question, frame: Frame) -> None:
        if frame.name == asked.answer_name:
            asked.answer = frame
            if frame.name == "Result":
                self._north_made = frame["north_made"]
            self._progress += 1
        elif frame.name == "Result" and frame["command"] == BY_NAME[asked.name].kind:
            raise HubRefused(f"{self.name} refused {asked.name}: {_text(frame['reason'])}")

    def _on_ack(self, frame: Frame) -> None:
        self._north_made = frame["north_made"]
        done = self._window.on_ack(frame["alert_seq"], frame["entries"])
        for each in done:
            self._judge(each)
        if not done and len(self._window) and self._went_back_to != self._window.first:
            self._went_back_to = self._window.first  # one is missing there, or its verdict was
            self._send_window()

    def _judge(self, done: Acknowledged) -> None:
        self.ledger.on_verdict(done.verdict)
        self._judged.append(Judged(done.verdict, done.at_ms, self.take_north()))
        self._progress += 1

    def _on_north(self, frame: Frame) -> None:
        found = self.inbox.on_frame(frame)
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
            self.stream.write([request], nudge=True)
            deadline_ms = self.port.now_ms() + ANSWER_MS
            while (left_ms := deadline_ms - self.port.now_ms()) > 0:
                frames = self.stream.read(left_ms)
                for place, frame in enumerate(frames):
                    if frame.name == "Hello" and frame["nonce"] == request["nonce"]:
                        self._on_hello(frame)
                        self._take_in(frames[place + 1 :])
                        return
                    if frame.boot == self._boot and frame.name != "Hello":
                        self._take(frame)
            if encode(request).strip(DELIMITER) in self.stream.last_bytes:
                raise ReplAnswers(self.name)
        raise self.timeout("no Hello for a HelloRequest")

    def _on_hello(self, frame: Frame) -> None:
        if frame["definition_hash"] != definition_hash():
            raise ForeignHub(
                f"{self.name} speaks frames of definition {frame['definition_hash'].hex().upper()}"
                f", this side {definition_hash().hex().upper()}: build and flash the firmware of "
                "this version (`stormbench firmware build`)"
            )
        before, self._hello = self._hello, plain_hello(frame)
        if before is None:
            self.inbox.begin(frame["north_next"], frame["queued"])
            self.ledger.begin(frame["gave_way"])
        elif before.boot_id != self._hello.boot_id:
            self._take_for_judged()
            self.ledger.on_restart(frame["gave_way"])
            self.inbox.begin(frame["north_next"])
            self._has_restarted = True
        self._boot = self._hello.boot_id & 0xFFFF
        self._north_made = (frame["north_next"] + frame["queued"]) & 0xFFFF
        self._must_send_again = True
        self._went_back_to = None

    def _take_for_judged(self) -> None:
        """Of alerts that the boot before has judged without being heard, what became known.

        An item from north says how far it had come; what had been forwarded came before it.
        """
        if self.inbox.taken is None:
            return
        came = {item.message: item for item in self.inbox.latest}
        for alert in self._window.take_judged(self.inbox.taken):
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
            raise self.timeout(f"{missing()}, nor a Hello") from error
        finally:
            self._is_recovering = False
        if lost is not None:
            self.recover(lost)

    def recover(self, lost: LinkLost) -> None:
        """Open the port again and meet the hub, for as long as there is patience.

        Raises:
            LinkLost: it is not back.
        """
        if self._is_recovering:
            raise lost
        self._is_recovering = True
        begun_ms = self.port.now_ms()
        try:
            while not self._is_back():
                if self.port.now_ms() - begun_ms >= PATIENCE_MS:
                    raise LinkLost(
                        f"{lost}; not back within {PATIENCE_MS // 1000} s. Plug {self.name} in "
                        "and start again"
                    ) from lost
                self.port.pass_ms(_REOPEN_MS)
        finally:
            self._is_recovering = False
        self.recoveries.append(self.port.now_ms() - begun_ms)

    def _is_back(self) -> bool:
        try:
            self.port.reopen()
            self.stream.restart()
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
        if self.hosts_clock_ms is not None:
            start_ms = self.hosts_clock_ms
            clock = {"source": _host_clock(), "start_ms": start_ms}
            self.ask("SetClock", clock, "Result")
        pending.seq = self._next_command()  # to the hub the one before is old now
        self._asked = pending
        self._must_send_again = True

    def take_judged(self) -> list[Judged]:
        judged, self._judged = self._judged, []
        return judged

    def take_north(self) -> tuple[Northbound, ...]:
        north = tuple(self._north)
        self._north.clear()
        return north


def _host_clock() -> int:
    return next(number for number, name in CLOCKS.items() if name == "host")


def _text(octets: bytes) -> str:
    return octets.decode(errors="replace")
