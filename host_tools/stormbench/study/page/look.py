"""What charts have in common: the look of each arm, and a figure with nothing on it yet.

An arm has one colour, one mark and one dash on every chart. The colours are those of Okabe and Ito
(Color Universal Design, 2008), of which people who cannot tell red from green tell each from each;
hub and DSP have the tints that the charts over time have for them.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import plotly.graph_objects as go  # type: ignore[import-untyped]

from stormbench.report.arms import in_order


class Look(NamedTuple):
    """One arm's; `mark` and `dash` as plotly names them."""

    colour: str
    mark: str
    dash: str


ARMS = {
    "none": Look("#7d8590", "circle-open", "dot"),
    "mask": Look("#cc79a7", "diamond", "dashdot"),
    "device": Look("#009e73", "triangle-up", "dash"),
    "hub": Look("#e0992b", "circle", "solid"),
    "dsp": Look("#2f7fc1", "square", "solid"),
    "layered": Look("#d55e00", "x", "longdash"),
}
_OTHER = Look("#7d8590", "cross", "dot")

MARK_COLOUR = "#d55e00"
"""Of what a chart points out."""


def look(arm: str) -> Look:
    """An arm's, whether or not it is in the table."""
    return ARMS.get(arm, _OTHER)


def as_listed(arms: Iterable[str]) -> list[str]:
    """Arms in the order of the table, which every chart keeps."""
    return in_order(arms)


def dress(figure: go.Figure, height: int, **margins: int) -> go.Figure:
    """Take plotly's own colours off: the page's style sheet has them, light, dark and on paper.

    Args:
        margins: `l`, `r`, `t`, `b` in pixels, where they are not the usual.
    """
    figure.update_layout(
        template=None,
        height=height,
        margin={"l": 64, "r": 16, "t": 44, "b": 52, **margins},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 12},
        separators=".\u202f",
        hoverlabel={"align": "left"},
    )
    figure.update_xaxes(zeroline=False, title_font_size=12, title_standoff=8)
    figure.update_yaxes(zeroline=False, title_font_size=12, title_standoff=8)
    figure.update_xaxes(exponentformat="none", separatethousands=True)
    figure.update_yaxes(exponentformat="none", separatethousands=True)
    figure.update_annotations(font={"size": 13})
    return figure


def plain(figure: go.Figure, print_share: float = 0.72) -> dict[str, Any]:
    """As plotly.js takes it.

    Args:
        print_share: the height on paper, of that on a screen (see draw.js).
    """
    figure.update_layout(meta={"printShare": print_share})
    made: dict[str, Any] = figure.to_plotly_json()
    return made
