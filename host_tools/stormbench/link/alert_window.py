"""The alerts that are on their way to the hub: numbered, in order, at most so many.

Pure: frames are built and sent elsewhere.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hubwire.frames import VERDICTS, WINDOW

_NUMBERS = 0x10000
_HALF = 0x8000


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert that is not acknowledged."""

    seq: int
    at_ms: int
    message: bytes


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An alert, its verdict, and the arrival that the hub counted it with."""

    alert: Waiting
    verdict: str
    at_ms: int


class AlertWindow:
    """What waits for an acknowledgement, oldest first."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()
        self._next = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._waiting)

    @property
    def is_full(self) -> bool:
        """Whether the next one has to wait."""
        return len(self._waiting) >= WINDOW

    @property
    def is_half_free(self) -> bool:
        """Whether as many have room as a hub acknowledges at once."""
        return len(self._waiting) <= WINDOW // 2

    def takes_burst_of(self, alerts: int) -> bool:
        """Whether so many that are ready are to go now: all of them, or as many as have room.

        Where not all have room, they wait for half of it: a hub on USB takes a few bursts far
        faster than as many alerts one by one.
        """
        return self.is_half_free or len(self._waiting) + alerts <= WINDOW

    @property
    def first(self) -> int:
        """The number of the oldest that is not acknowledged, or of the next one."""
        return self._waiting[0].seq if self._waiting else self._next

    def add(self, at_ms: int, message: bytes) -> Waiting:
        """The next alert, with its number."""
        alert = Waiting(self._next, at_ms, message)
        self._waiting.append(alert)
        self._next = (self._next + 1) % _NUMBERS
        return alert

    def on_ack(self, last: int, entries: Sequence[Mapping[str, Any]]) -> list[Acknowledged]:
        """Those that a HanAck covers, in order.

        Args:
            last: the number of the last alert that was judged.
            entries: verdicts and arrivals up to that one. One that is not among them was said
                before, and lost: it is said again when the alert comes again.
        """
        done = []
        while self._waiting:
            behind = (last - self._waiting[0].seq) % _NUMBERS
            if behind >= min(len(entries), _HALF):
                break
            entry = entries[-1 - behind]
            verdict = VERDICTS[entry["verdict"]]
            done.append(Acknowledged(self._waiting.popleft(), verdict, entry["at_ms"]))
        return done

    def take_judged(self, taken: int) -> list[Waiting]:
        """Those before the number `taken`, as if they were acknowledged."""
        judged = []
        while self._waiting and 0 < (taken - self._waiting[0].seq) % _NUMBERS < _HALF:
            judged.append(self._waiting.popleft())
        return judged
