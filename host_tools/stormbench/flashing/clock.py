"""Time that passes while something else does its part: a drive that goes, a port that comes."""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

POLL_S = 0.2

_Found = TypeVar("_Found")


class Clock(Protocol):
    """What waiting needs of the world."""

    def now_s(self) -> float:
        """Only differences mean anything."""

    def pass_s(self, duration_s: float) -> None:
        """Let time pass."""


class WallClock:
    """The world's."""

    def now_s(self) -> float:
        """Seconds."""
        return time.monotonic()

    def pass_s(self, duration_s: float) -> None:
        """Sleep."""
        time.sleep(duration_s)


def await_found(look: Callable[[], _Found | None], wait_s: float, clock: Clock) -> _Found | None:
    """Look again and again until something is found, at least once; None: nothing in time."""
    deadline_s = clock.now_s() + wait_s
    while (found := look()) is None and clock.now_s() < deadline_s:
        clock.pass_s(POLL_S)
    return found
