"""The tables of drawbacks: a place each, and beside each drawback the figures that bear on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stormbench.study.drawback_figures import Found, found
from stormbench.study.page.evidence import Badge, badge
from stormbench.study.page.places import PLACES


@dataclass(frozen=True)
class Shown:
    """A figure: `values` are (arm, value with its unit); where there is none, a `reason`."""

    values: Sequence[tuple[str, str]]
    what: str
    badge: Badge
    reason: str


@dataclass(frozen=True)
class Row:
    """A drawback."""

    drawback: str
    figures: Sequence[Shown]
    badge: Badge
    source: str


def by_place(report: Mapping[str, Any]) -> list[tuple[str, Sequence[Row]]]:
    """(title, drawbacks) of each place that has any.

    Raises:
        ValueError: a drawback leans on a figure that no study has, or is of an unknown place.
    """
    rows: dict[str, list[Row]] = {place.name: [] for place in PLACES}
    for one in report.get("drawbacks") or ():
        if one["place"] not in rows:
            raise ValueError(f"expected a place ({', '.join(rows)}), got {one['place']!r}")
        rows[one["place"]].append(_row(one, report))
    return [(place.title, rows[place.name]) for place in PLACES if rows[place.name]]


def _row(one: Mapping[str, Any], report: Mapping[str, Any]) -> Row:
    figures = [_shown(found(figure, report)) for figure in one["figures"]]
    return Row(one["drawback"], figures, badge(one["evidence"]), one["source"])


def _shown(figure: Found) -> Shown:
    return Shown(figure.values, figure.what, badge(figure.mark), figure.reason)
