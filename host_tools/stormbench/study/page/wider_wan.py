"""Where the throttle is best placed in each storm, as the WAN gets wider: a table."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from stormbench.study.break_even import clear_place
from stormbench.study.numbers import amount, number

_P99 = "other_alert_delay_ms.p99"


class Cell(NamedTuple):
    """One storm at one rate of the WAN: the best place, and what tells how sure that is."""

    place: str
    agree: str
    waits: tuple[str, str]
    """With the throttle at the hub, and at the DSP."""


class WiderWan(NamedTuple):
    """The table: `rates` of the WAN (bytes/s) head the columns, behind the storm's own rate."""

    rates: list[str]
    rows: list[tuple[str, str, Cell, list[Cell | None]]]
    """Of each storm: its title, its own rate, the cell at that, and a cell for each of `rates`."""


def wider_wan(report: Mapping[str, Any]) -> WiderWan | None:
    """From report.json's `sweeps.wan` and `scenarios`; None where either is missing."""
    sweep = (report.get("sweeps") or {}).get("wan")
    scenarios = report.get("scenarios") or {}
    if not sweep:
        return None
    cells = {
        (point["at"]["scenario"], point["at"]["bytes_per_s"]): _cell(point)
        for point in sweep["points"]
    }
    rates = sorted({rate for _, rate in cells})
    rows = [
        (
            scenarios[name]["title"],
            number(scenarios[name]["wan"]["bytes_per_s"]),
            _own(scenarios[name]),
            [cells.get((name, rate)) for rate in rates],
        )
        for name in sorted({name for name, _ in cells})
        if name in scenarios
    ]
    return WiderWan([number(rate) for rate in rates], rows) if rows else None


def _cell(point: Mapping[str, Any]) -> Cell:
    place = clear_place(point)
    waits = [point["arms"].get(arm, {}).get(_P99) for arm in ("hub", "dsp")]
    return Cell(place, _agree(point, place), _waits(*waits))


def _own(scenario: Mapping[str, Any]) -> Cell:
    place = clear_place(scenario)
    waits = [scenario["arms"][arm].get(_P99, {}).get("mean") for arm in ("hub", "dsp")]
    return Cell(place, _agree(scenario, place), _waits(*waits))


def _agree(of: Mapping[str, Any], place: str) -> str:
    return f"{of['places'].get(place, 0)} of {of['replications']}"


def _waits(hub_ms: float | None, dsp_ms: float | None) -> tuple[str, str]:
    return f"hub {amount(hub_ms, 'ms')}", f"DSP {amount(dsp_ms, 'ms')}"
