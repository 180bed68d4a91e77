"""The open loop: sends each alert of one hub when it is due, or as soon after as it can.

The clock is the port's: the device's where the hub is virtual, else the wall clock's. While
nothing is due it listens, so that what the hub has to say never waits for the storm.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from hubwire.frames import WINDOW
from stormbench.link.client import ANSWER_MS, HubClient, Judged
from stormbench.link.held_up import HeldUp
from stormbench.link.northbound import Northbound

_US_PER_MS = 1_000
_BURST = WINDOW // 2
"""Alerts, as many as a hub acknowledges at once. Without it bursts of 12 and acknowledgements of 8
and 4 could go on in turn, in which the hub runs dry: at three times its load 2,924 alerts a second
came through, and 3,788 since (150 alerts, as tests/emulated/test_overload_on_pico.py has them)."""
_LONGEST_WAIT_MS = 200
"""Without a look at whether it is to stop: a person who waits does not notice (chosen)."""


class Timed(Protocol):
    """An alert with a time of its own."""

    @property
    def at_us(self) -> int:
        """When it is meant to go out, us from the beginning."""

    @property
    def message(self) -> bytes:
        """A GBCS message."""


@dataclass
class Course:
    """What became of a storm, alert by alert; times in us from its beginning.

    `sent_us` and `judged_us` have the times of the first so many of the storm; `verdicts` goes
    with the latter. `north` is all that came north meanwhile, in order.
    """

    held_up: HeldUp = field(default_factory=HeldUp)
    sent_us: list[int] = field(default_factory=list)
    judged_us: list[int] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)
    north: list[Northbound] = field(default_factory=list)


class Drive:
    """One storm into one hub.

    Args:
        client: of a hub with nothing under way.
        alerts: in order of time.
        stop: set, it sends no more, and waits for what is on its way.
        on_sent: called with how many more were sent.
        lasts_us: for how long it listens at least, so that what the hub has to say up to then is
            heard; us from the beginning.

    Attributes:
        was_stopped: whether it was, before all was sent and that time was over.
    """

    def __init__(
        self,
        client: HubClient,
        alerts: Sequence[Timed],
        stop: Event,
        on_sent: Callable[[int], None] = lambda count: None,
        lasts_us: int = 0,
    ) -> None:
        self.course = Course()
        self.was_stopped = False
        self._client = client
        self._coming = deque(alerts)
        self._due: deque[Timed] = deque()
        self._stop = stop
        self._on_sent = on_sent
        self._lasts_us = lasts_us
        self._begun_us = 0  # by the client's clock, once it runs
        self._heard_us = 0  # when an alert was sent or judged last

    @property
    def left(self) -> int:
        """Alerts that were not sent."""
        return len(self._coming) + len(self._due)

    def run(self) -> None:
        """Begin, and go through it; `course` is right even where this raises.

        Raises:
            HubTimeout: the hub does not answer. LinkLost: it went away.
        """
        self._begun_us = self._client.now_us()
        while (self.left or self._now_us() < self._lasts_us) and not self.was_stopped:
            self.was_stopped = self._stop.is_set()
            if self.was_stopped:
                break
            self._look_what_is_due()
            if self._due and self._is_time_to_send():
                self._send_due()
            else:
                self._wait()
        self._take(self._client.settle())

    def _now_us(self) -> int:
        return self._client.now_us() - self._begun_us

    def _look_what_is_due(self) -> None:
        now_us = self._now_us()
        while self._coming and self._coming[0].at_us <= now_us:
            self._due.append(self._coming.popleft())

    def _is_time_to_send(self) -> bool:
        return self._client.takes_burst_of(len(self._due)) and not self._client.is_behind

    def _has_place(self) -> bool:
        return self._client.has_place and not self._client.is_behind

    def _send_due(self) -> None:
        """As many as the link takes now, up to a burst."""
        begun_us, mark = self._now_us(), self._mark()
        before = len(self._due)
        judged: list[Judged] = []
        while self._due and before - len(self._due) < _BURST and self._has_place():
            judged += self._client.submit(0, self._due[0].message)
            self._due.popleft()
        handed_us = self._now_us()
        self._client.flush()
        now_us = self._heard_us = self._now_us()
        # Writing takes long where nobody reads; making frames is our own time.
        self.course.held_up.note(begun_us if mark != self._mark() else handed_us, now_us)
        count = before - len(self._due)
        self.course.sent_us += [now_us] * count
        self._take(judged)
        self._on_sent(count)

    def _wait(self) -> None:
        """Listen until something is due, or as long as the hub may take to make a place."""
        begun_us, mark = self._now_us(), self._mark()
        is_held = bool(self._due)
        wait_ms = _LONGEST_WAIT_MS
        if not is_held:
            next_us = self._coming[0].at_us if self._coming else self._lasts_us
            next_ms = -(-(next_us - begun_us) // _US_PER_MS)
            wait_ms = min(max(next_ms, 0), _LONGEST_WAIT_MS)
        if not is_held and wait_ms == _LONGEST_WAIT_MS:
            # No alert will say it soon, and the hub sends again what is not acknowledged.
            self._client.acknowledge()
        judged = self._client.hear(wait_ms)
        end_us = self._now_us()
        if mark != self._mark():
            self.course.held_up.note(begun_us, end_us)
        elif is_held:  # what it took beyond the wait was this PC's
            self.course.held_up.note(begun_us, min(end_us, begun_us + wait_ms * _US_PER_MS))
        self._take(judged)
        if self._is_silent():
            self._ask_again()

    def _is_silent(self) -> bool:
        is_waiting = len(self.course.judged_us) < len(self.course.sent_us)
        silent_us = self._now_us() - self._heard_us
        return (is_waiting or self._client.is_behind) and silent_us >= ANSWER_MS * _US_PER_MS

    def _ask_again(self) -> None:
        """Something was lost: send it again, and wait for all that is under way."""
        begun_us = self._now_us()
        self._take(self._client.settle())
        self.course.north += self._client.await_north()
        self._heard_us = self._now_us()
        self.course.held_up.note(begun_us, self._heard_us)

    def _mark(self) -> tuple[int, int]:
        """Another one than before means that the link was lost, or the hub restarted."""
        return len(self._client.recoveries_ms), self._client.hello.boot_id

    def _take(self, judged: Iterable[Judged]) -> None:
        now_us = self._now_us()
        for each in judged:
            self._heard_us = now_us
            self.course.judged_us.append(now_us)
            self.course.verdicts.append(each.verdict)
            self.course.north += each.north
