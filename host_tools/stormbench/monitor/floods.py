"""Alarm floods as ISA-18.2 counts them, for one operator: when there are too many to act upon.

The standard's operator stands for whoever gets the alerts: of all that come in he would see every
one if nothing were throttled; of what goes out he does see each. The standard counts in regular
periods of ten minutes; here the ten minutes always end now, to the second, so that a flood is
known when it begins (chosen). Pure.
"""

from collections import Counter
from typing import Generic, TypeVar

from stormbench.monitor.tally import SPAN_S, Tally

SOURCE = "ANSI/ISA-18.2-2016, clause 16"
"""Monitoring and assessment; its numbers as alarm-management vendors repeat them, for example
prosys.com, "Eliminate alarm floods"."""

FLOOD_ABOVE = 10
"""Alerts in ten minutes: a flood begins with more (ISA-18.2, clause 16)."""

FLOOD_BELOW = 5
"""Alerts in ten minutes: a flood ends with fewer (ISA-18.2, clause 16)."""

MOST_TIME_SHARE = 0.01
"""Of the time that may be in flood (ISA-18.2, clause 16: below 1%)."""

MOST_TOP_SHARE = 0.05
"""Of all alerts that may be of the ten most frequent kinds (ISA-18.2, clause 16: 1% to 5%)."""

TOP = 10
"""Kinds that make up the "top 10"."""

assert SPAN_S == 600

Kind = TypeVar("Kind")


class Floods(Generic[Kind]):
    """Alerts one by one, each of a kind, at times that never run back; watched from 0 ms on.

    `peak` is the largest number in ten minutes, `floods` how many have begun. Kinds are kept
    without a bound, as the DSP's are.
    """

    def __init__(self) -> None:
        self.tally = Tally()
        self.kinds: Counter[Kind] = Counter()
        self.floods = 0
        self.peak = 0
        self._begun_ms: int | None = None
        self._ended_ms = 0  # of the floods that are over: how long they took

    @property
    def is_flood(self) -> bool:
        """Whether one is under way."""
        return self._begun_ms is not None

    def add(self, now_ms: int, kind: Kind) -> None:
        """One more alert, now."""
        self.pass_to(now_ms)
        self.tally.add(now_ms)
        self.kinds[kind] += 1
        self.peak = max(self.peak, self.tally.in_span)
        if self._begun_ms is None and self.tally.in_span > FLOOD_ABOVE:
            self._begun_ms = now_ms
            self.floods += 1

    def pass_to(self, now_ms: int) -> None:
        """It is this late."""
        for then_ms in self.tally.leave(now_ms):
            if self._begun_ms is not None and self.tally.in_span < FLOOD_BELOW:
                self._ended_ms += then_ms - self._begun_ms
                self._begun_ms = None

    def flood_ms(self, now_ms: int) -> int:
        """How long floods took up to now."""
        return self._ended_ms + (0 if self._begun_ms is None else now_ms - self._begun_ms)

    def time_share(self, now_ms: int) -> float:
        """Of the time watched, 0 to 1."""
        return self.flood_ms(now_ms) / now_ms if now_ms else 0.0

    @property
    def top_share(self) -> float:
        """Of all alerts, those of the ten most frequent kinds, 0 to 1."""
        total = self.tally.total
        return sum(count for _, count in self.kinds.most_common(TOP)) / total if total else 0.0
