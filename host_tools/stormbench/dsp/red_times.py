"""From when to when each originator was red, of what anomaly detection tells.

Listens to its incidents in order of time, and knows nothing of what is counted.
"""

from typing import NamedTuple

from stormbench.link.northbound import Notice


class Span(NamedTuple):
    """A stretch of time, ms; `until_ms` is not in it."""

    from_ms: int
    until_ms: int


class RedTimes:
    """Every red incident of a run, by originator.

    Attributes:
        first_ms: when each originator was first red, ms.
    """

    def __init__(self) -> None:
        self.first_ms: dict[bytes, int] = {}
        self._ended: dict[bytes, list[Span]] = {}
        self._since_ms: dict[bytes, int] = {}

    def on_incident(self, notice: Notice) -> None:
        """Take one; an incident that is amber changes nothing."""
        if notice.level != "red" or notice.originator is None:
            return
        originator = notice.originator
        if notice.event == "INCIDENT_CLOSE":
            span = Span(self._since_ms.pop(originator), notice.at_ms)
            self._ended.setdefault(originator, []).append(span)
            return
        self.first_ms.setdefault(originator, notice.at_ms)
        self._since_ms[originator] = notice.at_ms

    def spans(self, originator: bytes, end_ms: int) -> list[Span]:
        """When an originator was red, in order; nothing at or after `end_ms` counts."""
        spans = [*self._ended.get(originator, [])]
        if originator in self._since_ms:
            spans.append(Span(self._since_ms[originator], end_ms))
        return [
            Span(span.from_ms, min(span.until_ms, end_ms))
            for span in spans
            if span.from_ms < end_ms
        ]
