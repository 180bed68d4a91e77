"""When an injector could not send because of the hub or the link, and how much of a wait that is.

What of a wait is left was the PC's own. Pure.
"""

from bisect import bisect_right


class HeldUp:
    """Spans of time in which the hub took nothing, in order, none overlapping; us."""

    def __init__(self) -> None:
        self._begins: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []  # how long all the spans before it took
        self._total = 0

    def note(self, begin_us: int, end_us: int) -> None:
        """Take note of a span, which begins after all that were noted."""
        if end_us > begin_us:
            self._begins.append(begin_us)
            self._ends.append(end_us)
            self._before.append(self._total)
            self._total += end_us - begin_us

    def within(self, begin_us: int, end_us: int) -> int:
        """How much of the time between these two it was, us."""
        return self._up_to(end_us) - self._up_to(begin_us)

    def _up_to(self, at_us: int) -> int:
        index = bisect_right(self._begins, at_us) - 1
        if index < 0:
            return 0
        return self._before[index] + min(at_us, self._ends[index]) - self._begins[index]
