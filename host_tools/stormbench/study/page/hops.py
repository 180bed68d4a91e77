"""Alerts and bytes at each hop in each arm: the mean of all, or one scenario at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go  # type: ignore[import-untyped]
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from stormbench.report.arms import HOPS
from stormbench.study.numbers import amount, number
from stormbench.study.page.axis_units import AxisUnit, axis_unit
from stormbench.study.page.look import as_listed, dress, look, plain

_HEIGHT_PX = 540
_ROOM_FOR_TEXT = 1.42
"""Of an axis, of the longest bar: its number stands to the right of it."""
_ROWS = ("alerts", "bytes")
_BYTES = {
    "han": "bytes of alerts",
    "wan": "bytes of alerts",
    "dsp": "bytes of alerts",
    "user": "bytes of DUIS",
}


@dataclass(frozen=True)
class Bar:
    """A mean and its interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Choice:
    """What the chart can show: the bars by metric path, then by arm."""

    title: str
    bars: Mapping[str, Mapping[str, Bar]]

    def most(self, what: str) -> float:
        """The longest of `alerts` or `bytes`, with its interval; of bytes, of GBCS messages."""
        return max(
            (
                bar.high
                for hop in HOPS
                if (what, hop) != ("bytes", "user")
                for bar in self.bars.get(f"hops.{hop}.{what}", {}).values()
            ),
            default=0,
        )


def choices(scenarios: Mapping[str, Any], whole: Mapping[str, Any] | None) -> list[Choice]:
    """The mean of all storms, if there are several, and each scenario by itself.

    Args:
        scenarios, whole: `scenarios` and `overall` of report.json.
    """
    each = [Choice(str(one["title"]), _bars(one["arms"])) for one in scenarios.values()]
    if whole is None or len(each) < 2:
        return each
    return [Choice(f"mean of {whole['scenarios']} storms", _bars(whole["arms"])), *each]


def hop_figure(found: Sequence[Choice]) -> dict[str, Any]:
    """Draw all choices; the first is seen, and choose.js shows another."""
    figure = make_subplots(
        rows=len(_ROWS),
        cols=len(HOPS),
        shared_yaxes=True,
        horizontal_spacing=0.02,
        vertical_spacing=0.24,
        subplot_titles=[
            _title(hop.title, hop.meaning if what == "alerts" else _BYTES.get(name, ""))
            for what in _ROWS
            for name, hop in HOPS.items()
        ],
    )
    owners: list[int] = []
    for at, choice in enumerate(found):
        for row, what in enumerate(_ROWS, 1):
            for column, hop in enumerate(HOPS, 1):
                for trace in _traces(choice, f"hops.{hop}.{what}", what):
                    trace.visible = at == 0
                    figure.add_trace(trace, row, column)
                    owners.append(at)
    dress(figure, _HEIGHT_PX, t=50, l=66, b=44)
    figure.update_annotations(font={"size": 12})
    figure.update_yaxes(autorange="reversed", ticks="", ticklabelstandoff=5, showgrid=False)
    figure.update_xaxes(nticks=4, showgrid=True, rangemode="tozero")
    first = _ranges(found[0]) if found else {}
    for name, value in first.items():
        figure.layout[name] = value
    figure.update_layout(bargap=0.3, showlegend=False)
    made = plain(figure, 0.8)
    made["layout"]["meta"]["choices"] = [
        {"visible": [owner == at for owner in owners], "layout": _ranges(choice)}
        for at, choice in enumerate(found)
    ]
    return made


def _traces(choice: Choice, path: str, what: str) -> list[Any]:
    bars = choice.bars.get(path)
    if not bars:
        return []
    arms, unit = as_listed(bars), _unit(choice, what, path)
    each = [bars[arm] for arm in arms]
    mean, high, low = (
        [unit.of(getattr(bar, end)) or 0 for bar in each] for end in ("mean", "high", "low")
    )
    texts = [amount(bar.mean, what) for bar in each]
    hover = [
        f"{arm}: {text}, 95 % interval {amount(bar.low, what)} to {amount(bar.high, what)}"
        for arm, text, bar in zip(arms, texts, each, strict=True)
    ]
    return [
        go.Bar(
            x=mean,
            y=arms,
            orientation="h",
            marker={"color": [look(arm).colour for arm in arms]},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [top - at for top, at in zip(high, mean, strict=True)],
                "arrayminus": [at - bottom for at, bottom in zip(mean, low, strict=True)],
                "thickness": 1.5,
                "width": 4,
                "color": "#56636f",
            },
            hovertext=hover,
            hovertemplate="%{hovertext}<extra></extra>",
        ),
        go.Scatter(
            x=high,
            y=arms,
            text=[f" {number(unit.of(bar.mean))}" for bar in each],
            mode="text",
            textposition="middle right",
            textfont={"size": 11},
            cliponaxis=False,
            hoverinfo="skip",
        ),
    ]


def _unit(choice: Choice, what: str, path: str) -> AxisUnit:
    if path == "hops.user.bytes":
        return axis_unit(what, _most_of_users(choice))
    return axis_unit(what, choice.most(what))


def _ranges(choice: Choice) -> dict[str, Any]:
    """One range along a row, so that bars compare; but DUIS documents are larger than alerts."""
    ranges: dict[str, Any] = {}
    for row, what in enumerate(_ROWS):
        for column, hop in enumerate(HOPS):
            axis = row * len(HOPS) + column + 1
            path = f"hops.{hop}.{what}"
            most = _most_of_users(choice) if path == "hops.user.bytes" else choice.most(what)
            unit = _unit(choice, what, path)
            name = "xaxis" if axis == 1 else f"xaxis{axis}"
            ranges[f"{name}.range"] = [0, _ROOM_FOR_TEXT * (unit.of(most) or 1)]
            ranges[f"{name}.title.text"] = unit.name
    return ranges


def _most_of_users(choice: Choice) -> float:
    return max((bar.high for bar in choice.bars.get("hops.user.bytes", {}).values()), default=0)


def _title(hop: str, what: str) -> str:
    return f"<b>{hop}</b><br>{what}" if what else f"<b>{hop}</b>"


def _bars(arms: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Bar]]:
    found: dict[str, dict[str, Bar]] = {}
    for path in (f"hops.{hop}.{what}" for what in _ROWS for hop in HOPS):
        for arm in as_listed(arms):
            if path in arms[arm]:
                one = arms[arm][path]
                bar = Bar(one["mean"], max(0.0, one["low"]), one["high"])
                found.setdefault(path, {})[arm] = bar
    return found
