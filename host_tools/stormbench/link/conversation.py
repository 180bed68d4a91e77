"""One conversation with one hub, over a link that may lose anything: what is said comes over.

What is lost on the way is sent again. A port that goes away is opened again; a hub that restarted
is met again and goes on where it was. Each wait has an end: it gives up with a reason, and never
hangs. Who speaks on the wire is `Stream`; what is under way is in `Traffic`. What commands mean is
not known here.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from hubwire.errors import FieldOutOfRange
from hubwire.frames import BY_NAME, CLOCKS
from hubwire.framing import Frame, encode
from hubwire.generate import definition_hash
from stormbench.errors import ForeignHub, HostToolError, HubTimeout, InvalidInput, LinkLost
from stormbench.keys.authority import Authority, Boot
from stormbench.keys.keyring import Keyring
from stormbench.link.answers import HubRefused, Question
from stormbench.link.hello import Hello, hello_request, new_session, plain_hello
from stormbench.link.port import Port
from stormbench.link.stream import ReplAnswers, Stream
from stormbench.link.traffic import Traffic
from stormbench.link.witness import Witness

TRIES = 4
ANSWER_MS = 1000
"""How long one try may take. An alert takes some 5 ms on the emulated Pico, an erase of its flash
400 ms at the most (W25Q16JV, data sheet); a busy PC may keep a process waiting for as long."""

TRIES_AGAIN = 8
"""With a hub that was met: over a link that loses one frame in ten, four would not do once in
10,000 times."""

PATIENCE_MS = 60_000
"""How long a port that went away may stay away. A board boots in a second; a person who has to
find the cable may need the rest."""

_REOPEN_MS = 200


class Conversation:
    """What is said to and by the hub behind `port`.

    `recoveries` has for each time the link came back how long that took, ms of the port's time.
    While the hub is on the host's clock, `hosts_clock_ms` is what that shows.
    """

    def __init__(self, port: Port, keyring: Keyring, witness: Witness | None = None) -> None:
        self.authority: Authority  # over the boot that was met
        self._keyring = keyring
        self.stream = Stream(port, witness)
        self.traffic = Traffic()
        self.recoveries: list[int] = []
        self.hosts_clock_ms: int | None = None
        self._session = new_session()
        self._command_seq = 0
        self._asked = Question("", {}, "", -1)
        self._answers = 0
        self._unsent: list[Frame] = []  # alerts that go with what is sent next
        self._must_send_again = False
        self._has_restarted = False
        self._is_recovering = False
        self._hello: Hello | None = None
        self._greet()
        self._must_send_again = False

    @property
    def hello(self) -> Hello:
        """What the hub said of itself when it was last met."""
        assert self._hello is not None
        return self._hello

    @property
    def port(self) -> Port:
        """To the hub."""
        return self.stream.port

    @property
    def name(self) -> str:
        """The port's name."""
        return self.port.name

    # What the client does with it.

    def submit(self, at_ms: int, message: bytes) -> None:
        """Send an alert, once there is a place among those that are on their way.

        One that has others before it waits for more of them, up to when there is no place left or
        the client listens; and where there was none, it waits for half of them: they go in one
        burst, which costs a hub on USB far less.

        What goes north must keep up: else the hub's queue would give way while a host is there.
        """
        window = self.traffic.window
        if window.is_full:
            self._until(lambda: window.is_half_free, self._send_everything, self._missing_ack)
        if self.traffic.is_behind():
            self.await_north()
        if self.hosts_clock_ms is not None:
            self.hosts_clock_ms = max(self.hosts_clock_ms, at_ms)
        self._unsent.append(self.traffic.submit(at_ms, message))
        if window.is_full or len(window) == 1:
            self._send([])

    def flush(self) -> None:
        """Send the alerts that wait for more of them."""
        if self._unsent:
            self._send([])

    def ask(
        self, name: str, values: Mapping[str, Any], answer_name: str, key: bytes | None = None
    ) -> Frame:
        """Send a frame until the frame called `answer_name` comes that bears its number.

        Args:
            key: what to sign it with, if it must be; None: the one that is kept for the hub.

        Raises:
            NoAuthority: none is kept. InvalidInput: a value does not fit. HubRefused, HubTimeout.
        """
        try:
            encode(Frame(name, 0, values))
        except FieldOutOfRange as error:
            raise InvalidInput(f"{error}; nothing was sent to {self.name}") from error
        question = Question(name, values, answer_name, self._next_command(), key)
        self._seal(question)
        self._asked = question
        self._must_send_again = False
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

    def _seal(self, question: Question) -> None:
        """What is signed is signed for one boot."""
        question.sealed = self.authority.frame(question.name, question.values, question.key)

    def _send_question(self, question: Question) -> None:
        name, values = question.sealed
        frame = Frame(name, question.seq, values, self.traffic.boot)
        self._send([*self._unsaid(), frame])

    def await_verdicts(self) -> None:
        window = self.traffic.window
        self._until(lambda: not len(window), self._send_everything, self._missing_ack)

    def await_north(self) -> None:
        """Wait for all that had come about when the hub last said how much that is."""
        self._until(
            self.traffic.has_all_north,
            lambda: self._send([self.traffic.acknowledgement()]),
            lambda: f"no frame {self.traffic.inbox.expected} of what goes north",
        )

    def await_restart(self, boot_id: int) -> None:
        """Wait for the hub to be there in another boot than this one."""
        self._until(
            lambda: self.hello.boot_id != boot_id,
            lambda: None,
            lambda: "no Hello of another boot",
        )

    def _missing_ack(self) -> str:
        return f"no HanAck for HanAlert {self.traffic.window.first}"

    def _until(
        self, is_done: Callable[[], bool], send: Callable[[], None], missing: Callable[[], str]
    ) -> None:
        """Listen until it is done; where nothing gets on, see who is there and send again."""
        tries, progress, since_ms = 1, self._progress(), self.port.now_ms()
        while not is_done():
            if self._must_send_again:
                self._must_send_again = False
                send()
            if self._progress() != progress:
                tries, progress, since_ms = 1, self._progress(), self.port.now_ms()
            left_ms = since_ms + ANSWER_MS - self.port.now_ms()
            if left_ms > 0:
                self.hear(left_ms)
                continue
            if tries == TRIES_AGAIN:
                raise self.timeout(missing(), TRIES_AGAIN)
            tries += 1
            self.meet_again(missing)
            since_ms = self.port.now_ms()

    def _progress(self) -> int:
        return self._answers + self.traffic.progress

    def timeout(self, missing: str, tries: int) -> HubTimeout:
        """The hub is there, or was, and did not answer."""
        return HubTimeout(
            f"{missing} within {tries} tries of {ANSWER_MS} ms on {self.name}; "
            f"{self.stream.last_words()}; reset the board, or unplug it, and try again"
        )

    # Sending.

    def _send(self, frames: list[Frame]) -> None:
        burst, self._unsent = [*self._unsent, *frames], []
        try:
            self.stream.write(burst)
        except LinkLost as error:
            self.recover(error)

    def _send_everything(self) -> None:
        self._unsent = []  # which are among all
        self._send(self.traffic.everything_again())

    def _unsaid(self) -> list[Frame]:
        return [self.traffic.acknowledgement()] if self.traffic.inbox.unsaid else []

    def say_expected(self) -> None:
        """Acknowledge what has come north, if that was not done yet."""
        if self.traffic.inbox.unsaid:
            self._send(self._unsaid())

    def say_goodbye(self) -> None:
        """Acknowledge it for the last time; where nobody hears that, the hub keeps what it has."""
        burst = [*self._unsent, *self._unsaid()]
        if burst:
            with suppress(LinkLost):
                self.stream.write(burst)

    # Hearing.

    def hear(self, timeout_ms: int) -> None:
        """Take in what comes next."""
        self.flush()
        try:
            frames = self.stream.read(timeout_ms)
        except LinkLost as error:
            self.recover(error)
            return
        self._take_in(frames)
        if self.traffic.inbox.is_ack_due:
            self._send([self.traffic.acknowledgement()])

    def _take_in(self, frames: list[Frame]) -> None:
        """All of a chunk, before anybody acts on one of its frames."""
        is_restarted = False
        for frame in frames:
            if frame.name == "Hello":
                is_restarted = is_restarted or frame["boot_id"] != self.hello.boot_id
            elif frame.boot == self.traffic.boot:
                self._take(frame)
        if is_restarted:
            self.meet_again(lambda: "the hub has restarted")

    def _take(self, frame: Frame) -> None:
        if frame.name in ("WanAlert", "Notice"):
            self.traffic.on_north(frame)
        elif frame.name == "HanAck":
            if self.traffic.on_ack(frame):
                self._send_everything()
        elif frame.name == "Result" and frame["command"] == BY_NAME["HanAlert"].kind:
            raise HubRefused(f"{self.name} refused HanAlert: {_text(frame['reason'])}")
        elif frame.values.get("command_seq") == self._asked.seq:  # an echo has none
            self._on_answer(self._asked, frame)

    def _on_answer(self, asked: Question, frame: Frame) -> None:
        if frame.name == asked.answer_name:
            asked.answer = frame
            if frame.name == "Result":
                self.traffic.on_result(frame)
            self._answers += 1
        elif frame.name == "Result" and frame["command"] == BY_NAME[asked.name].kind:
            raise HubRefused(f"{self.name} refused {asked.name}: {_text(frame['reason'])}")

    # Meeting, and meeting again.

    def _greet(self) -> None:
        """Ask who is there until a Hello comes.

        Raises:
            HubTimeout: none does. ForeignHub: one of another firmware, or the REPL. LinkLost.
        """
        tries = TRIES if self._hello is None else TRIES_AGAIN
        for _ in range(tries):
            request = hello_request(self._session)
            self.stream.write([request], nudge=True)
            deadline_ms = self.port.now_ms() + ANSWER_MS
            while (left_ms := deadline_ms - self.port.now_ms()) > 0:
                frames = self.stream.read(left_ms)
                for place, frame in enumerate(frames):
                    if frame.name == "Hello" and frame["nonce"] == request["nonce"]:
                        self._on_hello(frame)
                        self.stream.write([self.traffic.acknowledgement()])
                        self._take_in(frames[place + 1 :])
                        return
                    if frame.boot == self.traffic.boot and frame.name != "Hello":
                        self._take(frame)
            if self.stream.echoes(request):
                raise ReplAnswers(self.name)
        raise self.timeout("no Hello for a HelloRequest", tries)

    def _on_hello(self, frame: Frame) -> None:
        if frame["definition_hash"] != definition_hash():
            raise ForeignHub(
                f"{self.name} speaks frames of definition {frame['definition_hash'].hex().upper()}"
                f", this side {definition_hash().hex().upper()}: build and flash the firmware of "
                "this version (`stormbench firmware build`, `stormbench firmware flash`)"
            )
        before, self._hello = self._hello, plain_hello(frame)
        if before is None or before.boot_id == self._hello.boot_id:
            self.traffic.meet(frame)
        else:
            self.traffic.meet_another_boot(frame)
            self._has_restarted = True
        boot = Boot(frame["boot_id"], frame["unique_id"], frame["keyed"], frame["counter"])
        self.authority = Authority(self.name, boot, self._keyring)
        self._unsent = []  # they wait for an acknowledgement, as others do that were lost
        self._must_send_again = True

    def meet_again(self, missing: Callable[[], str]) -> None:
        """See who is there, on a port that is open."""
        lost = None
        was_recovering, self._is_recovering = self._is_recovering, True
        try:
            self._greet()
            self._resume()
        except LinkLost as error:
            lost = error
        except HubTimeout as error:
            raise self.timeout(f"{missing()}, nor a Hello", TRIES_AGAIN) from error
        finally:
            self._is_recovering = was_recovering
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
        try:
            if self.hosts_clock_ms is not None:
                start_ms = self.hosts_clock_ms
                clock = {"source": _host_clock(), "start_ms": start_ms}
                self.ask("SetClock", clock, "Result")
        except HostToolError:
            self._has_restarted = True  # it is still to be told
            raise
        finally:
            self._asked = pending
        pending.seq = self._next_command()  # to the hub the one before is old now
        if pending.name:
            self._seal(pending)
        self._must_send_again = True


def _host_clock() -> int:
    return next(number for number, name in CLOCKS.items() if name == "host")


def _text(octets: bytes) -> str:
    return octets.decode(errors="replace")
