"""One direction of a faulty link: units in, and what is left of them out, later or at once.

It is told the time and moves no byte itself. What is late holds up what is behind it, as on a
wire: a serial link keeps its order, and `reorder` is the fault that does not. So each fault is one
thing, and its count says how often that thing happened.
"""

import random
from collections import deque
from typing import NamedTuple

from stormbench.faults.counts import FaultCounts
from stormbench.faults.plan import FaultPlan
from stormbench.faults.units import has_frame

REORDER_WAIT_MS = 50
"""How long a frame waits for another one to overtake it; then it goes on alone."""


class Due(NamedTuple):
    """What is to go now: bytes, and how many frames, or remains of frames, they are."""

    octets: bytes
    frames: int


_NOTHING = Due(b"", 0)


class _Held(NamedTuple):
    at_ms: int
    unit: bytes
    frames: int


class Lane:
    """The faults of frames, in one direction."""

    def __init__(self, side: str, plan: FaultPlan, seed: int | str, counts: FaultCounts) -> None:
        """Nothing is on its way.

        Args:
            side: `to_hub` or `to_host`.
            seed: the same one has the same faults on the same frames, whatever the other
                direction does.
        """
        self._side = side
        self._counts = counts
        self._delay_ms = plan.delay_ms
        self._rates = tuple(plan.rates()) if plan.side in ("both", side) else ()
        self._random = random.Random(f"{seed}:{side}")
        self._going: deque[_Held] = deque()  # in order; the first one holds up all of it
        self._overtaken: _Held | None = None  # what lets the next one go first
        self._strike = {
            "drop": self._drop,
            "corrupt": self._corrupt,
            "duplicate": self._duplicate,
            "reorder": self._reorder,
            "delay": self._delay,
            "cut": self._cut,
        }

    @property
    def next_ms(self) -> int | None:
        """When something is to go that has not gone; None: nothing is held."""
        first = self._going[0] if self._going else None
        return min((held.at_ms for held in (self._overtaken, first) if held), default=None)

    def take(self, unit: bytes, now_ms: int) -> None:
        """Let a unit in, and draw its fault; delimiters alone have none."""
        if not has_frame(unit):
            self._send(unit, now_ms, frames=0)
            return
        self._counts.frames[self._side] += 1
        fault = self._drawn()
        if self._overtaken:  # a frame that overtakes has had its fault
            self._send(unit, now_ms)
            self._let_go(now_ms, "reorder")
        elif fault:
            self._strike[fault](unit, now_ms)
        else:
            self._send(unit, now_ms)

    def due(self, now_ms: int) -> Due:
        """What is to go by now, in order."""
        if not (self._going or self._overtaken):
            return _NOTHING
        if self._overtaken and self._overtaken.at_ms <= now_ms:
            self._let_go(now_ms, "reorder_alone")
        gone = []
        while self._going and self._going[0].at_ms <= now_ms:
            gone.append(self._going.popleft())
        return Due(b"".join(one.unit for one in gone), sum(one.frames for one in gone))

    def discard(self) -> None:
        """The link is lost, and with it what was held."""
        held = [*self._going, *filter(None, [self._overtaken])]
        self._counts.discarded[self._side] += sum(one.frames for one in held)
        self._going.clear()
        self._overtaken = None

    def _drawn(self) -> str | None:
        if not self._rates:
            return None
        left = self._random.random()
        for fault, rate in self._rates:
            if left < rate:
                return fault
            left -= rate
        return None

    def _send(self, unit: bytes, at_ms: int, frames: int = 1) -> None:
        self._going.append(_Held(at_ms, unit, frames))

    def _let_go(self, now_ms: int, how: str) -> None:
        if self._overtaken:
            self._counts.add(how, self._side)
            self._send(self._overtaken.unit, now_ms)
            self._overtaken = None

    def _drop(self, unit: bytes, now_ms: int) -> None:
        self._counts.add("drop", self._side)

    def _corrupt(self, unit: bytes, now_ms: int) -> None:
        self._counts.add("corrupt", self._side)
        octets = bytearray(unit)
        octets[self._random.randrange(len(octets))] ^= self._random.randrange(1, 256)
        self._send(bytes(octets), now_ms)

    def _duplicate(self, unit: bytes, now_ms: int) -> None:
        self._counts.add("duplicate", self._side)
        self._send(unit, now_ms)
        self._send(unit, now_ms)

    def _reorder(self, unit: bytes, now_ms: int) -> None:
        self._overtaken = _Held(now_ms + REORDER_WAIT_MS, unit, 1)

    def _delay(self, unit: bytes, now_ms: int) -> None:
        self._counts.add("delay", self._side)
        self._send(unit, now_ms + self._random.randint(1, self._delay_ms))

    def _cut(self, unit: bytes, now_ms: int) -> None:
        self._counts.add("cut", self._side)
        self._send(first_part(unit, self._random), now_ms)


def first_part(unit: bytes, rng: random.Random) -> bytes:
    """A first part of a unit's frame, at least a byte, without its delimiters."""
    frame = unit.rstrip(b"\x00")
    return frame[: rng.randint(1, len(frame))]
