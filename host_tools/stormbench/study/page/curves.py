"""Charts of a sweep over one axis: what each arm comes to, panel beside panel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go  # type: ignore[import-untyped]
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from stormbench.study.numbers import amount
from stormbench.study.page.axis_units import AxisUnit, axis_unit
from stormbench.study.page.look import as_listed, dress, look, plain

Point = Mapping[str, Any]
"""Of a sweep in report.json."""

_HEIGHT_PX = 330
_NARROWEST, _WIDER = 2.0, 1.5
"""Lines, each narrower than the one before, so that lines which coincide all show."""
_DRAWN = ("dot", "solid", "longdash", "dash", "dashdot")
"""In which order: through the gaps of a line one sees what it lies on, and dots stick out from
below."""


@dataclass(frozen=True)
class Panel:
    """One figure over the axis.

    Attributes:
        title: with no unit.
        unit: of `study.metrics.Metric`.
        figure: of an arm at a point; None where it has none.
    """

    title: str
    unit: str
    figure: Callable[[Point, str], float | None]


def metric(path: str) -> Callable[[Point, str], float | None]:
    """A figure of the arm as it stands in report.json."""
    return lambda point, arm: point["arms"].get(arm, {}).get(path)


def kept_off(path: str, without: str = "none") -> Callable[[Point, str], float | None]:
    """By how much the arm has less than the arm `without` a throttle."""

    def figure(point: Point, arm: str) -> float | None:
        before, after = metric(path)(point, without), metric(path)(point, arm)
        return None if before is None or after is None else before - after

    return figure


def curves(sweep: Mapping[str, Any], panels: Sequence[Panel], arms: Sequence[str] = ()) -> Any:
    """Draw a sweep that has one axis.

    Args:
        arms: those that are drawn; empty: all of the sweep.
    """
    axis, drawn = sweep["axes"][0], as_listed(arms or sweep["arms"])
    points = sorted(sweep["points"], key=lambda point: point["at"][axis["name"]])
    figure = make_subplots(
        rows=1,
        cols=len(panels),
        horizontal_spacing=0.22 / len(panels),
        subplot_titles=[f"<b>{panel.title}</b>" for panel in panels],
    )
    figure.update_annotations(x=0)
    x = [_tick(axis, point["at"][axis["name"]]) for point in points]
    for column, panel in enumerate(panels, 1):
        unit = _unit_of(panel, points, drawn)
        for number, arm in enumerate(_widest_first(drawn)):
            values = [panel.figure(point, arm) for point in points]
            line = _line(arm, x, values, (panel, unit))
            line.line.width = _NARROWEST + (len(drawn) - 1 - number) * _WIDER
            line.showlegend = column == 1
            line.legendrank = drawn.index(arm)
            figure.add_trace(line, 1, column)
        figure.update_yaxes(title_text=unit.name, rangemode="tozero", nticks=6, col=column)
        figure.update_xaxes(title_text=_axis_title(axis), type="category", col=column)
    dress(figure, _HEIGHT_PX, t=72)
    # Three panels have no room for more, on paper.
    figure.update_annotations(font={"size": 13 if len(panels) < 3 else 12})
    figure.update_xaxes(tickangle=0, tickfont={"size": 12 if len(panels) < 3 else 10})
    for annotation, column in zip(figure.layout.annotations, range(1, 9), strict=False):
        domain = figure.layout["xaxis" if column == 1 else f"xaxis{column}"].domain
        annotation.update(x=domain[0], xanchor="left", yshift=2)
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.2, "yanchor": "bottom"},
        hovermode="x unified",
    )
    return plain(figure, 0.8)


def _widest_first(arms: Sequence[str]) -> list[str]:
    return sorted(arms, key=lambda arm: _DRAWN.index(look(arm).dash))


def _line(
    arm: str,
    x: Sequence[str],
    values: Sequence[float | None],
    panel_unit: tuple[Panel, AxisUnit],
) -> go.Scatter:
    panel, unit = panel_unit
    drawn = look(arm)
    return go.Scatter(
        x=x,
        y=[unit.of(value) for value in values],
        text=[amount(value, panel.unit) for value in values],
        name=arm,
        legendgroup=arm,
        mode="lines+markers",
        line={"color": drawn.colour, "dash": drawn.dash},
        marker={"size": 9, "symbol": drawn.mark, "color": drawn.colour},
        hovertemplate=f"{arm} %{{text}}<extra></extra>",
    )


def _unit_of(panel: Panel, points: Sequence[Point], arms: Sequence[str]) -> AxisUnit:
    values = [panel.figure(point, arm) for point in points for arm in arms]
    return axis_unit(panel.unit, max((value for value in values if value is not None), default=0))


def _axis_title(axis: Mapping[str, Any]) -> str:
    unit = {"ms": "", "share": ""}.get(axis["unit"], axis["unit"])
    title = str(axis["title"])
    return f"{title}, {unit}" if unit and unit not in title else title


def _tick(axis: Mapping[str, Any], value: float) -> str:
    return amount(value, axis["unit"])
