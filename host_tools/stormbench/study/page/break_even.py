"""Where the best place changes: a map over the rate of the WAN and the rate of the storm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import plotly.graph_objects as go  # type: ignore[import-untyped]

from stormbench.study.numbers import amount, number, signed
from stormbench.study.page.look import dress, look, plain

DELAY = "other_alert_delay_ms.p99"
NO_DIFFERENCE = "no difference"
_HEIGHT_PX = 430
_INK = "#17212b"
"""Of text on a tint, whatever the page's own ink is."""
_TINT = 0.5
"""Of an arm's colour; the rest is white, so that text on it is legible."""


class Kind(NamedTuple):
    """What a cell says; `word` fits into it."""

    place: str
    word: str
    meaning: str


KINDS = (
    Kind("none", "none", "none: no throttle is needed"),
    Kind(NO_DIFFERENCE, "same", "same: hub and DSP do as well"),
    Kind("hub", "hub", "hub: best at the hub"),
    Kind("dsp", "DSP", "DSP: best at the DSP"),
    Kind("layered", "both", "both: best at hub and DSP"),
    Kind("device", "meter", "meter: best in the meter"),
    Kind("mask", "mask", "mask: best masked at the meter"),
)


@dataclass(frozen=True)
class Cell:
    """One point of the sweep.

    Attributes:
        agree: of how many runs the place is the verdict, such as `2 of 3`.
    """

    kind: Kind
    agree: str
    hub_ms: float | None
    dsp_ms: float | None

    @property
    def saved_ms(self) -> float | None:
        """By how much other alerts are later with the throttle at the DSP."""
        if self.hub_ms is None or self.dsp_ms is None:
            return None
        return self.dsp_ms - self.hub_ms

    @property
    def saved(self) -> str:
        """The same in its one unit."""
        return "" if self.saved_ms is None else _one_unit(self.saved_ms)

    @property
    def words(self) -> str:
        """On hovering, and in the table."""
        return f"hub {amount(self.hub_ms, 'ms')}, DSP {amount(self.dsp_ms, 'ms')}"


@dataclass(frozen=True)
class Surface:
    """The sweep as a table: a row for each rate of the storm, fastest first."""

    wan: Sequence[float]
    storm: Sequence[float]
    cells: Mapping[tuple[float, float], Cell]

    @property
    def rows(self) -> Sequence[tuple[float, Sequence[Cell | None]]]:
        """(rate of the storm, a cell for each rate of the WAN)."""
        return [
            (storm, [self.cells.get((wan, storm)) for wan in self.wan])
            for storm in reversed(self.storm)
        ]


def surface(sweep: Mapping[str, Any]) -> Surface:
    """From report.json's `sweeps.break_even`."""
    wan, storm = (axis["name"] for axis in sweep["axes"])
    cells = {(point["at"][wan], point["at"][storm]): _cell(point) for point in sweep["points"]}
    return Surface(sorted({at[0] for at in cells}), sorted({at[1] for at in cells}), cells)


def break_even_figure(found: Surface) -> dict[str, Any]:
    """Draw it: colour and word are the best place, the number what it is worth."""
    x, y = [number(value) for value in found.wan], [number(value) for value in found.storm]
    grid = [[found.cells.get((wan, storm)) for wan in found.wan] for storm in found.storm]
    figure = go.Figure(
        go.Heatmap(
            x=x,
            y=y,
            z=[[None if cell is None else _number(cell.kind) for cell in row] for row in grid],
            zmin=-0.5,
            zmax=len(KINDS) + 0.5,
            colorscale=_steps(),
            showscale=False,
            xgap=3,
            ygap=3,
            text=[[_label(cell) for cell in row] for row in grid],
            texttemplate="%{text}",
            textfont={"size": 12, "color": _INK},
            customdata=[[cell.words if cell else "" for cell in row] for row in grid],
            hovertemplate="WAN %{x} bytes/s, storm %{y} alerts/h<br>%{customdata}<extra></extra>",
        )
    )
    there = {cell.kind for cell in found.cells.values()}
    for kind in sorted(there, key=_number):
        square = {"symbol": "square", "size": 14, "color": tint(kind.place)}
        figure.add_trace(
            go.Scatter(x=[None], y=[None], mode="markers", name=kind.meaning, marker=square)
        )
    dress(figure, _HEIGHT_PX, t=64, l=70)
    figure.update_xaxes(title_text="rate of the WAN, bytes a second", type="category")
    figure.update_yaxes(title_text="rate of the storm, alerts an hour", type="category")
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
    )
    return plain(figure, 0.8)


def tint(place: str) -> str:
    """The colour of a place as a background; what is no arm is nearly white."""
    colour = "#e9edf1" if place == NO_DIFFERENCE else look(place).colour
    share = 1.0 if place == NO_DIFFERENCE else _TINT
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    mixed = (round(share * part + (1 - share) * 255) for part in (red, green, blue))
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def _cell(point: Mapping[str, Any]) -> Cell:
    place, votes = max(point["places"].items(), key=lambda item: item[1])
    kind = next((kind for kind in KINDS if kind.place == place), None)
    return Cell(
        kind or Kind(place, place, place),
        f"{votes} of {point['replications']}",
        point["arms"].get("hub", {}).get(DELAY),
        point["arms"].get("dsp", {}).get(DELAY),
    )


def _label(cell: Cell | None) -> str:
    return "" if cell is None else f"<b>{cell.kind.word}</b><br>{cell.saved}"


def _number(kind: Kind) -> int:
    """A place that is not in the table has the number after the last."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def _steps() -> list[tuple[float, str]]:
    """A colour for each kind, with no shades between."""
    places = [*(kind.place for kind in KINDS), ""]
    return [
        (edge / len(places), tint(place))
        for at, place in enumerate(places)
        for edge in (at, at + 1)
    ]


def _one_unit(ms: float) -> str:
    """Short enough for a cell: two digits of the largest unit."""
    for unit, size in (("h", 3_600_000), ("min", 60_000), ("s", 1000)):
        if abs(ms) >= size:
            return f"{signed(float(f'{ms / size:.2g}'), '')} {unit}"
    return "0 s" if abs(ms) < 50 else f"{signed(float(f'{ms / 1000:.1g}'), '')} s"
