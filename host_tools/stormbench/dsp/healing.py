"""Counts that make good what was lost before them.

A hub's `total_suppressed` is cumulative within an overload, so whoever keeps the largest one seen
per overload is never wrong, whatever was lost or came twice on the way (MECHANISM.md section 1).
"""

from stormbench.link.northbound import Report


class SeenTotals:
    """The largest total that was seen of each overload of each hub."""

    def __init__(self) -> None:
        self._largest: dict[tuple[int, int], int] = {}

    def healed_count(self, hub_id: int, report: Report) -> int:
        """How many suppressed alerts are news with this report; 0 for one that came before."""
        overload = (hub_id, report.overload_id)
        before = self._largest.get(overload, 0)
        self._largest[overload] = max(before, report.total_suppressed)
        return self._largest[overload] - before
