"""The table of what the firmware costs: each figure in words, and of which firmware it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stormbench.study.numbers import number
from stormbench.study.page.evidence import Badge, badge


@dataclass(frozen=True)
class Row:
    """A figure.

    Attributes:
        sort: the value, by which a column is sorted.
        firmware: whose it is; empty where it was not measured.
    """

    what: str
    value: str
    sort: float
    badge: Badge
    note: str
    firmware: str
    source: str


def rows(report: Mapping[str, Any]) -> list[Row]:
    """Of `firmware_cost` in report.json, in its order; none where it has none."""
    ours = (report.get("provenance") or {}).get("firmware_sha256")
    return [_row(one, ours) for one in report.get("firmware_cost") or ()]


def _row(one: Mapping[str, Any], ours: str | None) -> Row:
    measured = one.get("firmware_sha256")
    return Row(
        what=one["what"],
        value=f"{number(one['value'])} {one['unit']}".rstrip(),
        sort=one["value"],
        badge=badge(one["evidence"]),
        note=one["note"],
        firmware="" if measured is None else _whose(measured, ours),
        source=one["source"],
    )


def _whose(measured: str, ours: str | None) -> str:
    """Told by the hash of the sources, of which the whole is at the foot of the page."""
    if measured == ours:
        return "of the firmware at the foot"
    return f"of another firmware than that at the foot: {measured[:12]}"
