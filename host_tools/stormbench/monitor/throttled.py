"""What a throttle has open: incidents by device, and overloaded keys with what they suppressed.

Told by verdicts at once, and by the hub's notices and reports for certain. Pure.
"""

from dataclasses import dataclass
from typing import NamedTuple

from stormbench.link.northbound import Notice, Report


class Key(NamedTuple):
    """What an alert is counted under; EUI-64s and an alert code."""

    originator: bytes
    target: bytes
    code: int


@dataclass(slots=True)
class Incident:
    """A device over `amber` or `red`, since when."""

    level: str
    since_ms: int
    shadow: bool


@dataclass(slots=True)
class Overload:
    """A key of which samples pass; `suppressed` so far, of which `reported` have been told."""

    since_ms: int
    shadow: bool = False
    overload_id: int | None = None
    suppressed: int = 0
    reported: int = 0


class Throttled:
    """What is open. `table_full` counts how often a table had no place, by its name."""

    def __init__(self) -> None:
        self.incidents: dict[bytes, Incident] = {}
        self.overloads: dict[Key, Overload] = {}
        self.table_full = {"device": 0, "key": 0}

    def forget(self) -> None:
        """The hub began anew."""
        self.incidents.clear()
        self.overloads.clear()

    def on_suppressed(self, now_ms: int, key: Key) -> None:
        """An alert of this key was suppressed."""
        self.overloads.setdefault(key, Overload(now_ms)).suppressed += 1

    def on_report(self, now_ms: int, key: Key, report: Report, *, is_end: bool) -> None:
        """A message that goes north bears these numbers."""
        if is_end:
            self._end(key, report)
        elif report.total_suppressed:  # else it may never suppress, and then it has no end either
            self._note(self.overloads.setdefault(key, Overload(now_ms)), report)

    def on_notice(self, now_ms: int, notice: Notice) -> None:
        """The hub tells of something that it carries in no message."""
        if notice.event == "TABLE_FULL":
            self.table_full[notice.level] = self.table_full.get(notice.level, 0) + 1
        elif notice.report is not None:
            self._on_key(now_ms, notice, notice.report)
        elif notice.originator is None:
            return
        elif notice.event == "INCIDENT_CLOSE":
            self.incidents.pop(notice.originator, None)
        else:
            since_ms = now_ms
            if notice.originator in self.incidents:
                since_ms = self.incidents[notice.originator].since_ms
            incident = Incident(notice.level, since_ms, notice.shadow)
            self.incidents[notice.originator] = incident

    def _on_key(self, now_ms: int, notice: Notice, report: Report) -> None:
        key = key_of(notice)
        if notice.event == "OVERLOAD_END":
            self._end(key, report)
            return
        overload = self.overloads.setdefault(key, Overload(now_ms))
        overload.shadow = notice.shadow
        self._note(overload, report)

    def _note(self, overload: Overload, report: Report) -> None:
        overload.overload_id = report.overload_id
        overload.suppressed = max(overload.suppressed, report.total_suppressed)
        overload.reported = max(overload.reported, report.total_suppressed)

    def _end(self, key: Key, report: Report) -> None:
        overload = self.overloads.get(key)
        if overload is not None and overload.overload_id in (None, report.overload_id):
            del self.overloads[key]


def key_of(notice: Notice) -> Key:
    """The key that a notice about a key is about."""
    return Key(notice.originator or b"", notice.target or b"", notice.code or 0)
