"""What comes north from one hub: in the order of its numbers, each once.

Keeps what the host has heard of each overload, which a hub that restarts may have forgotten. Pure.
"""

from collections import deque
from dataclasses import dataclass

from hubwire.frames import WINDOW
from hubwire.framing import Frame
from stormbench.link.northbound import Northbound, Notice, Report, WanAlert, northbound

_NUMBERS = 0x10000
_HALF = 0x8000


@dataclass(slots=True)
class Heard:
    """Of an overload: the largest total that was told, what told it, and the total at its end."""

    total_suppressed: int
    item: Northbound
    end_total: int | None = None


_MOST_UNSAID = WINDOW * 3 // 4
"""Of a window; usually alerts say it before, because they go out by the half window."""


class NorthInbox:
    """The north side of a hub, from the host's end.

    `taken` is the hub's own word, with the last item, on which alerts it had judged by then;
    `again` counts items that came more than once.
    """

    def __init__(self) -> None:
        self.expected = 0
        self.taken: int | None = None
        self.again = 0
        self.unsaid = 0
        self.is_ack_due = False
        self.heard: dict[int, Heard] = {}
        self.latest: deque[WanAlert] = deque(maxlen=2 * WINDOW)
        self._backlog_left = 0

    def begin(self, number: int, backlog: int = 0) -> None:
        """The next item is of this number; the first `backlog` ones are of a session before."""
        self.expected = number
        self.taken = None
        self.unsaid = 0
        self.latest.clear()
        self._backlog_left = backlog

    def on_frame(self, frame: Frame) -> tuple[Northbound, bool] | None:
        """The item in a WanAlert or Notice, and whether it is of this session.

        None: it came before, or one before it is missing, which the hub is then to be told.
        """
        behind = (self.expected - frame.seq) % _NUMBERS
        if behind:
            self.again += behind < _HALF
            self.is_ack_due = True
            return None
        item = northbound(frame)
        assert item is not None
        self.expected = (self.expected + 1) % _NUMBERS
        self.unsaid += 1
        self.is_ack_due = self.is_ack_due or self.unsaid >= _MOST_UNSAID
        if self._backlog_left:
            self._backlog_left -= 1
            return item, False
        self.taken = frame["taken"]
        self._hear(item)
        return item, True

    def has_all_before(self, number: int) -> bool:
        """Whether every item before that number has come."""
        return not 0 < (number - self.expected) % _NUMBERS < _HALF

    def said(self) -> None:
        """The hub was told what is expected."""
        self.unsaid = 0
        self.is_ack_due = False

    def _hear(self, item: Northbound) -> None:
        if isinstance(item, WanAlert):
            if not item.is_held:
                self.latest.append(item)
        elif item.shadow or item.event == "OVERLOAD_START":
            return
        if item.report is not None:
            self._keep_report(item, item.report)

    def _keep_report(self, item: Northbound, report: Report) -> None:
        total = report.total_suppressed
        heard = self.heard.setdefault(report.overload_id, Heard(total, item))
        if total > heard.total_suppressed:
            heard.total_suppressed, heard.item = total, item
        if is_end(item):
            heard.end_total = total


def is_end(item: Northbound) -> bool:
    """Whether it is the last report of an overload."""
    kind = item.event if isinstance(item, Notice) else item.carries
    return kind == "OVERLOAD_END"
