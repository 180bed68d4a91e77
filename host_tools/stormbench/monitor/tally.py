"""How many there were in the last ten minutes, second by second: sums, rates, and a curve.

Bounded: 600 numbers, whatever the rate. Pure.
"""

from collections import deque
from collections.abc import Iterator

SPAN_S = 600
"""Of what is remembered, s: the ten minutes over which ISA-18.2 counts."""

_MS_PER_S = 1_000


class Tally:
    """Counts by the second of their time, which never runs back.

    `total` is over all time, `in_span` over the last `SPAN_S` seconds, the one under way included.
    """

    def __init__(self) -> None:
        self.total = 0
        self.in_span = 0
        self._seconds: deque[list[int]] = deque()  # second and count, oldest first

    def add(self, now_ms: int) -> None:
        """One more, now; what has left the span must have been taken out first."""
        second = now_ms // _MS_PER_S
        if not self._seconds or self._seconds[-1][0] < second:
            self._seconds.append([second, 0])
        self._seconds[-1][1] += 1
        self.total += 1
        self.in_span += 1

    def leave(self, now_ms: int) -> Iterator[int]:
        """Take out what is older than the span; yields when each second left it, ms."""
        while self._seconds and (self._seconds[0][0] + SPAN_S) * _MS_PER_S <= now_ms:
            second, count = self._seconds.popleft()
            self.in_span -= count
            yield (second + SPAN_S) * _MS_PER_S

    def within(self, now_ms: int, span_s: int) -> int:
        """How many in the last so many seconds, at most `SPAN_S`, the one under way included."""
        after = now_ms // _MS_PER_S - span_s
        found = 0
        for second, count in reversed(self._seconds):
            if second <= after:
                break
            found += count
        return found

    def curve(self, now_ms: int, span_s: int, points: int) -> list[int]:
        """The same, parted into so many points of equal length, oldest first.

        Args:
            span_s: at most `SPAN_S`; a multiple of nothing: a second goes to one point.
        """
        found = [0] * points
        first = now_ms // _MS_PER_S - span_s + 1
        for second, count in self._seconds:
            if second >= first:
                found[(second - first) * points // span_s] += count
        return found
