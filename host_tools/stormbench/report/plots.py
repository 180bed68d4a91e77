"""The two plots, as figures for plotly.js; one row for each arm, all on the same axes.

Colours of text, grid and background are left to the page's style sheet, which knows whether the
page is light, dark or on paper.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import plotly.graph_objects as go  # type: ignore[import-untyped]
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from stormbench.report.arms import describe, in_order
from stormbench.report.bins import bin_width_ms, rates_per_minute
from stormbench.report.delay_axis import DelayAxis, delay_axis
from stormbench.report.series import ArmSeries
from stormbench.report.timeline import Timeline
from stormbench.report.units import duration

_ROW_PX, _TITLE_PX, _TOP_PX, _BOTTOM_PX = 128, 38, 74, 52
STORM_FILL = "rgba(213, 94, 0, 0.13)"


class Trace(NamedTuple):
    name: str
    field: str
    line: dict[str, Any]
    fill: str | None = None


# Drawn in this order, each narrower than the one before, so that lines which coincide all show.
TRACES = (
    Trace("raised on the HAN", "raised_ms", {"width": 0}, "rgba(125, 133, 144, 0.42)"),
    Trace("leaving the hub", "hub_out_ms", {"width": 6, "color": "#e0992b"}),
    Trace("arriving at the DSP", "dsp_in_ms", {"width": 4, "color": "#2f7fc1"}),
    Trace("arriving at Users", "user_ms", {"width": 2, "color": "#e0479a"}),
)


def rate_figure(series: Mapping[str, ArmSeries], time: Timeline) -> dict[str, Any]:
    """Draw alerts a minute at each hop over time, a row for each arm."""
    figure = _rows(series, time, "alerts a minute")
    width_ms = bin_width_ms(time.end_ms)
    highest = 1.0
    for row, arm in enumerate(in_order(series), 1):
        for trace in TRACES:
            rates = rates_per_minute(getattr(series[arm], trace.field), width_ms, time.end_ms)
            figure.add_trace(step_line(trace, rates, width_ms, time, row == 1), row, 1)
            highest = max(highest, *rates)
    figure.update_yaxes(range=[0, 1.06 * highest], nticks=5)
    figure.update_layout(hovermode="x unified")
    return _plain(figure)


def delay_figure(series: Mapping[str, ArmSeries], time: Timeline) -> dict[str, Any]:
    """Draw the delay of each alert of no storm over when it was raised, a row for each arm."""
    figure = _rows(series, time, "delay until the User")
    axis = delay_axis([delay for arm in series.values() for _, delay in arm.other_delays])
    for row, arm in enumerate(in_order(series), 1):
        for trace in _delay_traces(series[arm].other_delays, axis, time, row == 1):
            figure.add_trace(trace, row, 1)
        if axis.has_lost:
            figure.add_hline(
                axis.lost_above, row, 1, line={"width": 2, "dash": "dot", "color": "#d6453b"}
            )
    figure.update_yaxes(
        type=axis.kind,
        range=axis.range,
        tickvals=axis.tick_values,
        ticktext=axis.tick_texts,
    )
    return _plain(figure)


def _rows(series: Mapping[str, ArmSeries], time: Timeline, y_title: str) -> go.Figure:
    arms = in_order(series)
    inner_px = len(arms) * _ROW_PX + (len(arms) - 1) * _TITLE_PX
    figure = make_subplots(
        rows=len(arms),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=_TITLE_PX / inner_px,
        subplot_titles=[f"<b>{escape(arm)}</b>: {describe(arm).title}" for arm in arms],
    )
    figure.update_annotations(x=0, xanchor="left", font={"size": 13})
    figure.update_layout(
        template=None,
        height=inner_px + _TOP_PX + _BOTTOM_PX,
        margin={"l": 76, "r": 14, "t": _TOP_PX, "b": _BOTTOM_PX},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 12},
        legend={"orientation": "h", "x": 0, "y": 1 + 32 / inner_px, "yanchor": "bottom"},
    )
    figure.update_xaxes(range=[0, time.at(time.end_ms)], zeroline=False, showline=True)
    figure.update_xaxes(
        title_text=f"{time.unit} since the scenario began",
        title_font_size=12,
        title_standoff=8,
        row=len(arms),
    )
    figure.update_yaxes(zeroline=False, showline=True, automargin=False)
    _name_y_axes(figure, y_title)
    _shade_storm(figure, time)
    return figure


def _name_y_axes(figure: go.Figure, title: str) -> None:
    """Once for all rows, along the left edge."""
    figure.add_annotation(
        text=title,
        textangle=-90,
        xref="paper",
        yref="paper",
        x=0,
        y=0.5,
        xshift=-64,
        showarrow=False,
    )


def _shade_storm(figure: go.Figure, time: Timeline) -> None:
    for start_ms, end_ms in time.storm_spans_ms:
        figure.add_vrect(
            time.at(start_ms),
            time.at(end_ms),
            row="all",
            col=1,
            fillcolor=STORM_FILL,
            line_width=0,
            layer="below",
            exclude_empty_subplots=False,
        )
    if time.storm_spans_ms:
        square = {"symbol": "square", "size": 14, "color": STORM_FILL.replace("0.13", "0.35")}
        legend_only = go.Scatter(
            x=[None], y=[None], mode="markers", name="storm phase", marker=square
        )
        figure.add_trace(legend_only, 1, 1)


def step_line(
    trace: Trace, rates: Sequence[float], width_ms: int, time: Timeline, in_legend: bool
) -> go.Scatter:
    """A line that holds each bin's rate over the bin's whole width."""
    starts = [time.at(number * width_ms) for number in range(len(rates) + 1)]
    return go.Scatter(
        x=starts,
        y=[*rates, rates[-1]],
        name=trace.name,
        legendgroup=trace.name,
        showlegend=in_legend,
        mode="lines",
        line={**trace.line, "shape": "hv"},
        fill="tozeroy" if trace.fill else "none",
        fillcolor=trace.fill,
        hovertemplate="%{y:.4~g} a minute",
    )


def _delay_traces(
    delays: Sequence[tuple[int, int | None]], axis: DelayAxis, time: Timeline, in_legend: bool
) -> list[go.Scatter]:
    arrived = [(raised, delay) for raised, delay in delays if delay is not None]
    lost = [raised for raised, delay in delays if delay is None]
    return [
        go.Scatter(
            x=[time.at(raised) for raised, _ in arrived],
            y=[axis.place(delay) for _, delay in arrived],
            text=[duration(delay) for _, delay in arrived],
            name="other alert, arrived",
            legendgroup="arrived",
            showlegend=in_legend,
            mode="markers",
            marker={"size": 6, "color": "#3b8bd0", "opacity": 0.85},
            hovertemplate=f"raised at %{{x:.2f}} {time.unit}<br>%{{text}}<extra></extra>",
        ),
        go.Scatter(
            x=[time.at(raised) for raised in lost],
            y=[axis.lost_at] * len(lost),
            name="other alert, never arrived",
            legendgroup="lost",
            showlegend=in_legend and axis.has_lost,
            mode="markers",
            marker={"size": 8, "symbol": "x-thin", "line": {"width": 2, "color": "#d6453b"}},
            hovertemplate=f"raised at %{{x:.2f}} {time.unit}<br>never arrived<extra></extra>",
        ),
    ]


def _plain(figure: go.Figure) -> dict[str, Any]:
    plain: dict[str, Any] = figure.to_plotly_json()
    return plain
