"""Anomaly detection as it was before SECMP0062: it counts, and raises incidents, and no more.

Counts per originator in tumbling windows of `device_window_ms`, and what was suppressed counts
too, wherever it was: "the discarded alerts still count" (SECMP0062 Initial Modification Report).
A count above `amber_threshold` or `red_threshold` opens an incident, which closes after
`red_clear_windows` windows in a row with at most `red_clear_threshold`. Windows are those of
MECHANISM.md section 3, but a suppressed count arrives in one piece and is counted when it arrives,
so an incident opens late by at most the throttle's `flush_ms` and the time on the WAN. Changes
no verdict. Not bounded: it is the DSP's, and holds every originator it has heard of.
"""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from commshub.policy import Policy
from stormbench.link.northbound import Notice


class DeviceLevel(NamedTuple):
    """The numbers of a policy that are about devices, by their names there."""

    device_window_ms: int
    amber_threshold: int
    red_threshold: int
    red_clear_threshold: int
    red_clear_windows: int


class AnomalyDetection:
    """Watches every originator.

    Args:
        policy: its device-level numbers are used, and nothing else of it.
        on_incident: called with INCIDENT_OPEN, INCIDENT_ESCALATE and INCIDENT_CLOSE, in order of
            time.

    Attributes:
        counted: alerts that it has counted in its life, by originator.
    """

    def __init__(self, policy: Policy, on_incident: Callable[[Notice], None]) -> None:
        self._numbers = DeviceLevel(*(getattr(policy, name) for name in DeviceLevel._fields))
        self._on_incident = on_incident
        self.counted: Counter[bytes] = Counter()
        self._watched: dict[bytes, _Watched] = {}
        self._known_of = 0
        self._open: list[_Watched] = []
        self._next_look_ms = 0  # no incident closes before this

    def count(self, t_ms: int, originator: bytes, alerts: int) -> None:
        """`alerts` more of `originator` are known of at `t_ms`, forwarded and suppressed ones."""
        self.advance(t_ms)
        if alerts == 0:
            return
        watched = self._watched.get(originator)
        if watched is None:
            self._known_of += 1
            watched = self._watched[originator] = _Watched(originator, t_ms, self._known_of)
        watched.count_at(t_ms, alerts, self._numbers)
        self.counted[originator] += alerts
        self._raise_what_is_due(t_ms, watched)

    def advance(self, now_ms: int) -> None:
        """Close what closes at or before `now_ms`: earliest first, then first known of."""
        while self._open and now_ms >= self._next_look_ms:
            first = min(self._open, key=lambda each: (self._closes_at(each), each.rank))
            self._next_look_ms = self._closes_at(first)
            if now_ms >= self._next_look_ms:
                self._close(first)

    def _closes_at(self, watched: "_Watched") -> int:
        return watched.closes_at(self._numbers)

    def _raise_what_is_due(self, t_ms: int, watched: "_Watched") -> None:
        if watched.count > self._numbers.red_threshold:
            level = "red"
        elif watched.count > self._numbers.amber_threshold:
            level = "amber"
        else:
            return
        if watched.level in (level, "red"):
            return
        event = "INCIDENT_ESCALATE" if watched.level else "INCIDENT_OPEN"
        if event == "INCIDENT_OPEN":
            self._open.append(watched)
            self._next_look_ms = 0
        watched.level = level
        self._tell(event, t_ms, watched)

    def _close(self, watched: "_Watched") -> None:
        self._open.remove(watched)
        del self._watched[watched.originator]
        self._tell("INCIDENT_CLOSE", self._closes_at(watched), watched)

    def _tell(self, event: str, t_ms: int, watched: "_Watched") -> None:
        originator = watched.originator
        self._on_incident(Notice(t_ms, event, watched.level, False, originator, None, None, None))


class _Watched:
    """One originator: its window, and its incident if it has one (`level` is not empty)."""

    __slots__ = ("count", "level", "originator", "quiet_windows", "rank", "start_ms")

    def __init__(self, originator: bytes, start_ms: int, rank: int) -> None:
        self.originator = originator
        self.rank = rank  # in the order in which originators became known
        self.start_ms = start_ms
        self.count = 0
        self.quiet_windows = 0
        self.level = ""

    def count_at(self, t_ms: int, alerts: int, numbers: DeviceLevel) -> None:
        """Count into the window that is in force at `t_ms`."""
        length_ms = numbers.device_window_ms
        closed = (t_ms - self.start_ms) // length_ms
        if closed and self.level:
            run = self.quiet_windows + 1 if self.count <= numbers.red_clear_threshold else 0
            self.quiet_windows = run + closed - 1  # all but the first had no alert in them
            self.start_ms += closed * length_ms
            self.count = 0
        elif closed:
            self.start_ms = t_ms
            self.count = 0
        self.count += alerts

    def closes_at(self, numbers: DeviceLevel) -> int:
        """When the run of quiet windows is complete, if nothing more is counted."""
        run = self.quiet_windows + 1 if self.count <= numbers.red_clear_threshold else 0
        further_windows = max(0, numbers.red_clear_windows - run)
        return self.start_ms + (1 + further_windows) * numbers.device_window_ms
