"""One session as it came about: each thing once, in its order, whatever the link did to it.

What was sent again is told once, an alert together with its verdict. Holds what is not decided
yet, which the link bounds, and no more of the session.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hubwire.frames import STATUSES, VERDICTS, WINDOW
from hubwire.framing import Frame
from stormbench.capture.frames import Said, command_in, said
from stormbench.capture.records import TO_HOST, Record, Stretch
from stormbench.link.north_inbox import NorthInbox
from stormbench.link.northbound import Northbound

COMMANDS = frozenset({"Advance", "SetClock", "SetPolicy", "SetCapacity"})
"""What the hub's verdicts depend on, of what can be said to it again."""

_MOST_OPEN = 4096
"""Steps behind one that is not decided, before it is given up. On a link that works there are at
most a window of alerts, and what goes north with them."""


@dataclass(slots=True)
class Met:
    """The hub said who it is, for the first time in this boot."""

    hello: Frame
    is_restart: bool


@dataclass(slots=True)
class Told:
    """The hub answered a question: a Policy or Counters frame."""

    frame: Frame


@dataclass(slots=True)
class Commanded:
    """The hub did what it was told."""

    name: str
    values: Mapping[str, Any]


@dataclass(slots=True)
class AlertSent:
    """A message went to the hub; verdict and stamp are None where the capture has none.

    `host_us`, `port_us`: when it was sent first. `at_ms`: the arrival that the hub counted with.
    """

    host_us: int
    port_us: int
    message: bytes
    verdict: str | None = None
    at_ms: int | None = None


@dataclass(slots=True)
class WentNorth:
    """A message or notice came from the hub; `is_ours`: of this session."""

    host_us: int
    item: Northbound
    is_ours: bool


Step = Met | Told | Commanded | AlertSent | WentNorth


@dataclass(slots=True)
class _Open:
    """A step in its place, and whether it is decided; it is left out where `is_gone`."""

    step: Step
    boot: int
    is_decided: bool = False
    is_gone: bool = False


class Story:
    """Takes the records of one session in order, and tells its steps."""

    def __init__(self) -> None:
        self._steps: deque[_Open] = deque()
        self._alerts: dict[int, _Open] = {}  # by number; those without a verdict
        self._commands: dict[int, _Open] = {}  # by number; those without a Result
        self._judged: deque[tuple[int, int, bytes]] = deque(maxlen=2 * WINDOW)
        self._inbox = NorthInbox()
        self._boot_id: int | None = None

    @property
    def came_again(self) -> int:
        """Items from north that came more than once, and are told once."""
        return self._inbox.again

    def tell(self, records: Iterable[tuple[int, Record]]) -> Iterator[Step]:
        """All steps of a session's records."""
        for _, record in records:
            yield from self.take(record)
        yield from self.finish()

    def take(self, record: Record) -> Iterator[Step]:
        """The steps that are decided with this record, in their order."""
        yield from self.take_said(record, said(record) if isinstance(record, Stretch) else None)

    def take_said(self, record: Record, found: Said | None) -> Iterator[Step]:
        """The same, where it is known already what the record says."""
        if isinstance(record, Stretch) and found is not None:
            frame = found.frame
            if frame is not None and record.direction == TO_HOST:
                self._on_came(record, frame)
            elif frame is not None:
                self._on_sent(record, frame)
        yield from self._decided()

    def finish(self) -> Iterator[Step]:
        """What was left undecided, at the end: alerts without a verdict."""
        for each in self._alerts.values():
            if each.is_gone:  # sent to a boot that was over before it answered
                each.is_gone = False
                self._steps.append(each)
        for each in self._steps:
            each.is_gone = each.is_gone or not (each.is_decided or _is_alert(each))
            each.is_decided = True
        self._alerts.clear()
        self._commands.clear()
        yield from self._decided()

    def _decided(self) -> Iterator[Step]:
        while self._steps:
            first = self._steps[0]
            if not first.is_decided and not first.is_gone and len(self._steps) <= _MOST_OPEN:
                return
            self._steps.popleft()
            if not first.is_gone and (first.is_decided or _is_alert(first)):
                yield first.step

    # To the hub.

    def _on_sent(self, record: Stretch, frame: Frame) -> None:
        if frame.name == "HanAlert":
            self._on_alert(record, frame)
            return
        name, values = command_in(frame)
        if name in COMMANDS and frame.seq not in self._commands:
            self._commands[frame.seq] = self._open(Commanded(name, values), frame.boot)

    def _on_alert(self, record: Stretch, frame: Frame) -> None:
        before = self._alerts.get(frame.seq)
        message = bytes(frame["message"])
        if before is not None and isinstance(before.step, AlertSent):
            if before.step.message == message and before.boot == frame.boot:
                return
            if before.step.message == message:  # the new boot judges it, after all that was before
                before.is_gone = True
                self._alerts[frame.seq] = self._open(before.step, frame.boot)
                return
            before.is_decided = True
        if (frame.seq, frame.boot, message) in self._judged:
            return  # its verdict is known here; the host has lost the one before it
        sent = AlertSent(record.host_us, record.port_us, message)
        self._alerts[frame.seq] = self._open(sent, frame.boot)

    def _open(self, step: Step, boot: int) -> _Open:
        opened = _Open(step, boot)
        self._steps.append(opened)
        return opened

    # From the hub.

    def _on_came(self, record: Stretch, frame: Frame) -> None:
        if frame.name == "Hello":
            self._on_hello(frame)
        elif self._boot_id is None or frame.boot != self._boot_id & 0xFFFF:
            return
        elif frame.name == "HanAck":
            self._on_ack(frame)
        elif frame.name in ("WanAlert", "Notice"):
            found = self._inbox.on_frame(frame)
            self._inbox.heard.clear()  # else it grows with each overload
            if found is not None:
                self._decide(WentNorth(record.host_us, *found))
        elif frame.name == "Result":
            self._on_result(frame)
        elif frame.name in ("Policy", "Counters"):
            self._decide(Told(frame))

    def _on_hello(self, frame: Frame) -> None:
        if frame["boot_id"] == self._boot_id:
            return
        is_restart = self._boot_id is not None
        self._boot_id = frame["boot_id"]
        if is_restart:
            self._inbox.begin(frame["north_next"])
        else:
            self._inbox.begin(frame["north_next"], frame["queued"])
        for waiting in (*self._alerts.values(), *self._commands.values()):
            waiting.is_gone = True
        self._commands.clear()
        self._decide(Met(frame, is_restart))

    def _on_ack(self, frame: Frame) -> None:
        for behind, entry in enumerate(reversed(frame["entries"])):
            number = (frame["alert_seq"] - behind) & 0xFFFF
            opened = self._alerts.pop(number, None)
            if opened is None:
                continue
            if opened.is_gone:  # the new boot knew of it, from the save of the one before
                opened = self._open(opened.step, frame.boot)
            assert isinstance(opened.step, AlertSent)
            opened.step.verdict = VERDICTS[entry["verdict"]]
            opened.step.at_ms = entry["at_ms"]
            opened.is_decided = True
            self._judged.append((number, frame.boot, opened.step.message))

    def _on_result(self, frame: Frame) -> None:
        opened = self._commands.pop(frame["command_seq"], None)
        if opened is not None:
            opened.is_decided = STATUSES[frame["status"]] == "done"
            opened.is_gone = not opened.is_decided

    def _decide(self, step: Step) -> None:
        self._open(step, 0).is_decided = True


def _is_alert(opened: _Open) -> bool:
    return isinstance(opened.step, AlertSent)
