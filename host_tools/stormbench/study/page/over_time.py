"""Storms over time: a few scenarios side by side, an arm in each row."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from stormbench.report.plots import STORM_FILL, Trace, step_line
from stormbench.report.timeline import Timeline, timeline_to
from stormbench.study.page.break_even import DELAY
from stormbench.study.page.look import as_listed, dress, plain

MOST_SCENARIOS = 3
_ROW_PX, _TOP_PX, _BOTTOM_PX = 96, 92, 52
_MINUTE_MS = 60_000
TRACES = (
    Trace("raised on the HAN", "raised_ms", {"width": 0}, "rgba(125, 133, 144, 0.42)"),
    Trace("leaving the hub", "hub_out_ms", {"width": 5, "color": "#c0a6ee"}),
    Trace("arriving at the DSP", "dsp_in_ms", {"width": 3, "color": "#7443c4"}),
    Trace("arriving at Users", "user_ms", {"width": 2, "color": "#00b8c4", "dash": "2px,2px"}),
)
"""Of hops, so in no colour that an arm has (see `look.ARMS`). Drawn in this order, each narrower
than the one before and the last in dots, so that lines which coincide all show."""


def shown(scenarios: Mapping[str, Any]) -> list[str]:
    """Names of those that are drawn: storms in which the place matters most, with a timeline."""
    with_timeline = [name for name, one in scenarios.items() if one.get("timeline")]
    storms = [name for name in with_timeline if scenarios[name]["has_storm"]]
    return sorted(storms or with_timeline, key=lambda name: -_matters(scenarios[name]))[
        :MOST_SCENARIOS
    ]


def time_figure(scenarios: Mapping[str, Any]) -> dict[str, Any] | None:
    """Draw alerts a minute at each hop; None where no scenario has a timeline."""
    names = shown(scenarios)
    if not names:
        return None
    arms = as_listed({arm for name in names for arm in scenarios[name]["timeline"]["arms"]})
    figure = make_subplots(
        rows=len(arms),
        cols=len(names),
        shared_xaxes=True,
        horizontal_spacing=0.045,
        vertical_spacing=0.022,
        column_titles=[f"<b>{escape(str(scenarios[name]['title']))}</b>" for name in names],
    )
    for column, name in enumerate(names, 1):
        _column(figure, scenarios[name]["timeline"], arms, column)
    inner = len(arms) * _ROW_PX
    dress(figure, inner + _TOP_PX + _BOTTOM_PX, t=_TOP_PX, b=_BOTTOM_PX, l=112)
    figure.update_layout(
        legend={"orientation": "h", "x": 0, "y": 1 + 30 / inner, "yanchor": "bottom"},
        hovermode="x unified",
    )
    figure.update_xaxes(showline=True)
    figure.update_yaxes(nticks=4, showline=True)
    for row, arm in enumerate(arms, 1):
        figure.update_yaxes(title_text=f"<b>{escape(arm)}</b>", row=row, col=1)
    figure.add_annotation(
        text="alerts a minute",
        textangle=-90,
        xref="paper",
        yref="paper",
        x=0,
        y=0.5,
        xshift=-98,
        showarrow=False,
    )
    return plain(figure, 1.0)


def _column(figure: Any, timeline: Mapping[str, Any], arms: Sequence[str], column: int) -> None:
    time = timeline_to(timeline["end_ms"], [tuple(span) for span in timeline["storm_spans_ms"]])
    highest = 0.0
    for row, arm in enumerate(arms, 1):
        for trace in TRACES:
            counts = timeline["arms"].get(arm, {}).get(trace.field.removesuffix("_ms"))
            if counts:
                rates = [count * _MINUTE_MS / timeline["bin_ms"] for count in counts]
                in_legend = (row, column) == (1, 1)
                line = step_line(trace, rates, timeline["bin_ms"], time, in_legend)
                figure.add_trace(line, row, column)
                highest = max(highest, *rates)
    _shade(figure, time, column)
    figure.update_yaxes(range=[0, 1.08 * highest or 1], col=column)
    figure.update_xaxes(range=[0, time.at(time.end_ms)], col=column)
    figure.update_xaxes(title_text=f"{time.unit} since it began", row=len(arms), col=column)


def _shade(figure: Any, time: Timeline, column: int) -> None:
    for start_ms, end_ms in time.storm_spans_ms:
        figure.add_vrect(
            time.at(start_ms),
            time.at(end_ms),
            row="all",
            col=column,
            fillcolor=STORM_FILL,
            line_width=0,
            layer="below",
            exclude_empty_subplots=False,
        )


def _matters(scenario: Mapping[str, Any]) -> float:
    difference = scenario["differences"].get("hub-dsp", {}).get(DELAY)
    return abs(float(difference["mean"])) if difference else 0.0
