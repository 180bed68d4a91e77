"""How a link does: what was said twice, damaged or lost, how long an answer takes, what waits.

Told each stretch of the link; knows nothing of what alerts mean. Pure.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from hubwire.frames import RESETS
from hubwire.framing import Frame
from stormbench.capture.frames import Said
from stormbench.capture.records import TO_HUB
from stormbench.printable import printable

_NUMBERS = 0x10000
_HALF = 0x8000
_ROUND_TRIPS = 256
"""Latest ones of which the middle is told: seconds of a storm (chosen)."""
_LINES = 20


@dataclass(slots=True)
class LinkHealth:
    """One session's link.

    `sent_again`: alerts that went to the hub once more; `damaged`: stretches that were no frames,
    both ways, as the host has them; `restarts` of the hub and why it last did; `reopened`: times
    that the port was; `queue`: what the hub has made for north that has not come; `counters`: the
    hub's, as it told them last; `log`: what it said to people.
    """

    sent_again: int = 0
    damaged: int = 0
    came_again: int = 0
    restarts: int = 0
    reopened: int = 0
    queue: int = 0
    reset_cause: str = ""
    counters: Mapping[str, int] = field(default_factory=dict)
    log: deque[str] = field(default_factory=lambda: deque(maxlen=_LINES))
    _sent_us: dict[int, int | None] = field(default_factory=dict)  # None: more than once
    _trips_us: deque[int] = field(default_factory=lambda: deque(maxlen=_ROUND_TRIPS))
    _longest_us: int = 0
    _expected: int | None = None  # the next from north

    @property
    def under_way(self) -> int:
        """Alerts that are not acknowledged."""
        return len(self._sent_us)

    @property
    def round_trip_ms(self) -> tuple[float, float] | None:
        """From an alert to its acknowledgement: the middle of the latest, and the longest.

        None: not known. Alerts that were sent more than once tell nothing (RFC 6298, Karn).
        """
        if not self._trips_us:
            return None
        return median(self._trips_us) / 1000, self._longest_us / 1000

    @property
    def gave_way(self) -> dict[str, int]:
        """What gave way in the hub's queue, by class, as its counters told last."""
        prefix = "gave_way_"
        return {
            name.removeprefix(prefix): count
            for name, count in self.counters.items()
            if name.startswith(prefix)
        }

    def on_said(self, found: Said) -> None:
        """A stretch has crossed the link."""
        frame, port_us = found.frame, found.stretch.port_us
        if frame is None:
            self.damaged += not found.stretch.withheld_bytes
        elif found.stretch.direction == TO_HUB:
            self._on_sent(frame, port_us)
        else:
            self._on_came(frame, port_us)

    def on_hello(self, hello: Frame, is_restart: bool) -> None:
        """The hub was met in a boot that is new here."""
        self.restarts += is_restart
        self.reset_cause = RESETS.get(hello["reset_cause"], "unknown")
        self.queue = hello["queued"]

    def _on_sent(self, frame: Frame, port_us: int) -> None:
        if "north_next" in frame.values:
            self._expected = frame["north_next"]
        if frame.name == "HanAlert":
            is_again = frame.seq in self._sent_us
            self.sent_again += is_again
            self._sent_us[frame.seq] = None if is_again else port_us

    def _on_came(self, frame: Frame, port_us: int) -> None:
        if frame.name == "Log":
            self.log.append(printable(frame["text"].decode(errors="replace")))
        elif frame.name == "HanAck":
            self._on_ack(frame, port_us)
        elif frame.name == "Counters":
            self.counters = {k: v for k, v in frame.values.items() if k != "command_seq"}
        elif frame.name in ("WanAlert", "Notice"):
            self._on_north(frame.seq)
        if "north_made" in frame.values and self._expected is not None:
            waits = (frame["north_made"] - self._expected) % _NUMBERS
            self.queue = waits if waits < _HALF else 0

    def _on_north(self, number: int) -> None:
        if self._expected == number:
            self._expected = (number + 1) % _NUMBERS
            self.queue = max(0, self.queue - 1)

    def _on_ack(self, frame: Frame, port_us: int) -> None:
        last = frame["alert_seq"]
        done = [n for n in self._sent_us if (last - n) % _NUMBERS < _HALF]
        for number in done:
            sent_us = self._sent_us.pop(number)
            if number == last and sent_us is not None:
                self._trips_us.append(port_us - sent_us)
                self._longest_us = max(self._longest_us, port_us - sent_us)
