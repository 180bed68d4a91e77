"""What a policy trades: alerts that reach Users against how old their count can be."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go  # type: ignore[import-untyped]

from stormbench.study.break_even import is_default
from stormbench.study.numbers import amount, number
from stormbench.study.page.axis_units import axis_unit
from stormbench.study.page.look import MARK_COLOUR, dress, plain

_ARM = "hub"
_ALERTS, _AGE = "hops.user.alerts", "count_age_ms.max"
_FALSE = "false_suppressed"
_GROUP_BY = "sample_period_ms"
_HEIGHT_PX = 400
_GROUPS = (
    {"symbol": "circle", "color": "#2f7fc1"},
    {"symbol": "diamond", "color": "#e0992b"},
    {"symbol": "triangle-up", "color": "#009e73"},
    {"symbol": "square", "color": "#cc79a7"},
    {"symbol": "x", "color": "#7d8590"},
)

Point = Mapping[str, Any]


def trade_off_figure(sweep: Mapping[str, Any], default: Mapping[str, Any]) -> dict[str, Any]:
    """Draw a mark for each policy, and a ring round the default.

    A mark is hollow where the policy suppresses alerts that are of no storm.

    Args:
        default: fields of the policy that the scenarios were run with.
    """
    points = [point for point in sweep["points"] if _drawn(point)]
    age = axis_unit("ms", max((point["arms"][_ARM][_AGE] for point in points), default=0))
    groups = sorted({point["at"].get(_GROUP_BY) for point in points}, key=lambda at: at or 0)
    figure = go.Figure()
    for group, marker in zip(groups, _GROUPS * len(groups), strict=False):
        of_group = [point for point in points if point["at"].get(_GROUP_BY) == group]
        figure.add_trace(
            go.Scatter(
                x=[point["arms"][_ARM][_ALERTS] for point in of_group],
                y=[age.of(point["arms"][_ARM][_AGE]) for point in of_group],
                mode="markers",
                name=f"N = {amount(group, 'ms')}",
                marker={
                    **marker,
                    "symbol": [_symbol(marker["symbol"], point) for point in of_group],
                    "size": 9,
                    "opacity": 0.8,
                },
                customdata=[_words(sweep, point) for point in of_group],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    for point in points:
        if is_default(point, default):
            _ring(figure, point["arms"][_ARM][_ALERTS], age.of(point["arms"][_ARM][_AGE]))
    dress(figure, _HEIGHT_PX, t=48, l=70)
    figure.update_xaxes(title_text="alerts that reach Users", rangemode="tozero")
    figure.update_yaxes(title_text=f"oldest count, {age.name}", rangemode="tozero")
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    return plain(figure, 0.8)


class PolicyRow(NamedTuple):
    """A policy and what it comes to at the hub: each cell with what it is sorted by."""

    cells: Sequence[tuple[str, float]]
    is_default: bool


RESULTS = ("alerts at Users", "oldest count", "legitimate alerts suppressed")


def policy_rows(sweep: Mapping[str, Any], default: Mapping[str, Any]) -> list[PolicyRow]:
    """The marks as a table: a cell for each axis, then one for each of `RESULTS`."""
    return [
        PolicyRow(
            [
                *(
                    (amount(point["at"][axis["name"]], axis["unit"]), point["at"][axis["name"]])
                    for axis in sweep["axes"]
                ),
                *(
                    (amount(point["arms"][_ARM].get(path), unit), point["arms"][_ARM].get(path, 0))
                    for path, unit in ((_ALERTS, "alerts"), (_AGE, "ms"), (_FALSE, "alerts"))
                ),
            ],
            is_default(point, default),
        )
        for point in sweep["points"]
        if _drawn(point)
    ]


def _symbol(symbol: str, point: Point) -> str:
    return f"{symbol}-open" if point["arms"][_ARM].get(_FALSE) else symbol


def _drawn(point: Point) -> bool:
    figures = point["arms"].get(_ARM, {})
    return _ALERTS in figures and _AGE in figures


def _words(sweep: Mapping[str, Any], point: Point) -> str:
    return "<br>".join(
        [
            *(
                f"{axis['title']}: {amount(point['at'][axis['name']], axis['unit'])}"
                for axis in sweep["axes"]
            ),
            f"alerts at Users: {number(point['arms'][_ARM][_ALERTS])}",
            f"oldest count: {amount(point['arms'][_ARM][_AGE], 'ms')}",
            f"legitimate alerts suppressed: {number(point['arms'][_ARM].get(_FALSE))}",
        ]
    )


def _ring(figure: go.Figure, x: float, y: float | None) -> None:
    figure.add_trace(
        go.Scatter(
            x=[x],
            y=[y],
            mode="markers+text",
            name="the default",
            text=["the default"],
            textposition="top right",
            marker={
                "symbol": "circle-open",
                "size": 20,
                "line": {"width": 3},
                "color": MARK_COLOUR,
            },
            hoverinfo="skip",
        )
    )
