"""What Users know, and when: a table of the arms' figures about that, means of storms."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from stormbench.report.arms import in_order
from stormbench.study.metrics import BY_PATH
from stormbench.study.numbers import amount

COLUMNS = (
    ("first_alert_delay_ms.p99", "first alert of a kind arrives after (99 in 100)"),
    ("first_alert_delay_ms.lost", "kinds never heard of"),
    ("storm_known_ms.max", "a storm is known after, at most"),
    ("notice_lead_ms.p50", "told before copies are held back (median; minus: after)"),
    ("end_known_ms.max", "its end is known after, at most"),
    ("count_age_ms.max", "oldest count"),
    ("last_state.wrong", "conditions left with the wrong state"),
    ("two_parties.told_to_one", "happenings told to one of two parties"),
    ("anomaly.red_share", "of the time devices are red, the DSP sees it"),
    ("anomaly.red_late_ms", "and first sees it late by"),
)


class Cell(NamedTuple):
    """A figure, and what it is sorted by."""

    text: str
    sort: float | str


def knowledge(whole: Mapping[str, Any] | None) -> list[tuple[str, Sequence[Cell]]]:
    """(arm, a cell for each of `COLUMNS`), from report.json's `overall`."""
    if not whole:
        return []
    return [
        (arm, [_cell(whole["arms"][arm].get(path), path) for path, _ in COLUMNS])
        for arm in in_order(whole["arms"])
    ]


def _cell(found: Mapping[str, Any] | None, path: str) -> Cell:
    if found is None:
        return Cell(amount(None, ""), "")
    return Cell(amount(found["mean"], BY_PATH[path].unit), found["mean"])
