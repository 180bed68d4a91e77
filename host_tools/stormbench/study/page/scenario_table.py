"""The table of scenarios: where the throttle is best placed in each, and by how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from stormbench.report.units import NOTHING
from stormbench.study.metrics import BY_PATH
from stormbench.study.numbers import amount, number, signed
from stormbench.study.page.evidence import Badge, badge

PAIR = "hub-dsp"


class Column(NamedTuple):
    """A difference that is shown; `heading` is short, for the table is wide."""

    path: str
    heading: str


COLUMNS = (
    Column("hops.wan.bytes", "bytes onto the WAN"),
    Column("other_alert_delay_ms.p99", "delay of other alerts, p99"),
    Column("dsp_peak.window", "peak at the DSP in a window"),
    Column("hops.user.alerts", "alerts at Users"),
    Column("count_age_ms.max", "oldest count"),
    Column("false_suppressed", "falsely suppressed"),
)


@dataclass(frozen=True)
class Cell:
    """A difference, hub less DSP.

    Attributes:
        text: with its unit; `no difference` where 0 is within the interval.
        interval: both ends, of 95 %; empty where there is none to tell.
        tally: in how many replications it is less, the same, more.
        sort: the mean, by which a column is sorted; empty where there is no figure.
        is_none: whether there is no difference.
    """

    text: str
    interval: Sequence[str]
    tally: str
    sort: str
    is_none: bool


@dataclass(frozen=True)
class Row:
    """A scenario."""

    title: str
    what: str
    setting: str
    """What it is counted as, where that is no storm, and the WAN that it assumes."""
    badge: Badge
    source: str
    alerts: str
    alerts_sort: float
    places: Sequence[tuple[str, str]]
    """(place, `28 of 30`), the most frequent first."""
    place_sort: str
    bounds: str
    """Met with the seed that the scenario comes with."""
    bounds_sort: float
    bounds_worst: str
    """Met in the run that meets fewest; empty where that is no fewer."""
    all_bounds_met: bool
    cells: Sequence[Cell]


def rows(scenarios: Mapping[str, Any]) -> list[Row]:
    """One for each, in the order of report.json."""
    return [_row(scenario) for scenario in scenarios.values()]


def _row(scenario: Mapping[str, Any]) -> Row:
    replications = scenario["replications"]
    places = sorted(scenario["places"].items(), key=lambda item: -item[1])
    of, met = scenario["bounds"]["of"], scenario["bounds"]["met"]
    differences = scenario["differences"].get(PAIR, {})
    return Row(
        title=str(scenario["title"]),
        what=str(scenario["what"]),
        setting=_setting(scenario["role"], scenario["wan"]),
        badge=badge(scenario["evidence"]),
        source=str(scenario["source"]),
        alerts=amount(scenario["alerts"]["mean"], "alerts"),
        alerts_sort=scenario["alerts"]["mean"],
        places=[(place, f"{count} of {replications}") for place, count in places],
        place_sort=" ".join(place for place, _ in places),
        bounds=f"{met[0]} of {of}" if met and of else NOTHING,
        bounds_sort=met[0] / of if met and of else -1,
        bounds_worst=f"{min(met)} of {of}" if met and min(met) < met[0] else "",
        all_bounds_met=not met or met[0] == of,
        cells=[_cell(differences.get(column.path), column) for column in COLUMNS],
    )


def _setting(role: str, wan: Mapping[str, Any]) -> str:
    queue = amount(wan["queue_bytes"], "bytes")
    where = f"WAN of {number(wan['bytes_per_s'])} bytes/s, queue of {queue}"
    return where if role == "storm" else f"{role}, not in the verdict; {where}"


def _cell(difference: Mapping[str, Any] | None, column: Column) -> Cell:
    if difference is None:
        return Cell(NOTHING, (), "", "", True)
    unit = BY_PATH[column.path].unit
    low, high = (signed(difference[end], unit) for end in ("low", "high"))
    interval = (low, high) if difference["low"] != difference["high"] else ()
    tally = (
        f"hub less in {difference['lower']}, the same in {difference['equal']}, "
        f"more in {difference['higher']} of {difference['replications']} replications"
    )
    is_none = bool(difference["spans_zero"])
    text = "no difference" if is_none else signed(difference["mean"], unit)
    return Cell(text, interval, tally, repr(float(difference["mean"])), is_none)
