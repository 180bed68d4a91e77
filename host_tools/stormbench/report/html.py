"""report.json and the series behind it, as one HTML page that loads nothing from anywhere.

The page's policy (Content-Security-Policy) allows the two scripts it was written with, known by
their hashes, and no connection at all: that it works offline is enforced by the browser, and a
name in a scenario that looks like a script stays a name.
"""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

from stormbench.report import account, units
from stormbench.report.arms import HOPS, describe, in_order
from stormbench.report.bins import bin_width_ms
from stormbench.report.expectations import in_words, time_scale_sentence
from stormbench.report.key_numbers import headline_arm, key_numbers
from stormbench.report.metrics import reasons
from stormbench.report.path import path
from stormbench.report.plots import delay_figure, rate_figure
from stormbench.report.provenance import caveat, explanation, key_sentence, micropython
from stormbench.report.series import ArmSeries
from stormbench.report.timeline import timeline
from stormbench.report.words import WORDS

_PACKAGE = "stormbench.report"
_COUNTED = ("alerts", "bytes")


def render(report: Mapping[str, Any], series: Mapping[str, ArmSeries], command_line: str) -> str:
    """Write the page.

    Args:
        report: the content of report.json.
        series: what each arm did over time; an arm without it is in the tables and in no plot.
        command_line: what a reader types to get the same report.

    Returns:
        The whole of report.html, about 5 MB: plotly.js is in it, once.
    """
    page = _environment().get_template("template.html.j2")
    return page.render(
        **_texts(report, series),
        **_figures(report, series),
        **_scripts(),
        report=report,
        command_line=command_line,
        style=Markup(_resource("style.css")),
    )


def _texts(report: Mapping[str, Any], series: Mapping[str, ArmSeries]) -> dict[str, Any]:
    arms, order = report["arms"], in_order(report["arms"])
    headline = headline_arm(report["verdict"]["place"], order)
    return {
        "order": order,
        "headline": headline,
        "key_numbers": key_numbers(arms, order, headline),
        "reasons": reasons(report["verdict"]["because"]),
        "stations": path(order),
        "hops": HOPS,
        "most": _most(arms),
        "nothing": units.NOTHING,
        "scenario": _scenario(report["scenario"]),
        "total": account.lines([account.TOTAL], arms, order)[0],
        "parts": account.lines(account.PARTS, arms, order),
        "rest": account.lines([account.REST], arms, order)[0],
        "unbalanced": account.unbalanced(arms, order),
        "never_arrived": {arm: _never_arrived(arms[arm], series.get(arm)) for arm in order},
        "caveat": caveat(report["hub"]),
        "hub_explanation": explanation(report["hub"]),
        "micropython": micropython(report["hub"]),
        "key_sentence": key_sentence(report["hub"]),
        "words": WORDS,
        "time_scale": time_scale_sentence(report["scenario"]["time_scale"]),
        "users_were_away": any(map(_held_back, arms.values())),
        "expectations": in_words(report["expectations"]),
        "expectations_met": sum(held["met"] for held in report["expectations"]),
    }


def _held_back(arm: Mapping[str, Any]) -> bool:
    """Whether a User was away when something was sent."""
    queue = arm["failed_queue"]
    return bool(queue["max_depth"] or queue["waiting"] or queue["wait_ms"]["max"])


def _most(arms: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The largest number of each column of the hop table: what its bars are a share of."""
    return {
        hop: {what: max(arm["hops"][hop][what] for arm in arms.values()) for what in _COUNTED}
        for hop in HOPS
    }


def _scenario(scenario: Mapping[str, Any]) -> dict[str, Any]:
    """The scenario's own figures, the seed as a name and not as an amount."""
    return {**scenario, "seed": str(scenario["seed"])}


def _share_of(number: int, most: int) -> str:
    return f"{number / most:.4f}" if most else "0"


def _figures(report: Mapping[str, Any], series: Mapping[str, ArmSeries]) -> dict[str, Any]:
    if not series:
        return {"rate_figure": None, "delay_figure": None, "bin_ms": None}
    time = timeline(series.values(), report["scenario"]["duration_ms"])
    return {
        "rate_figure": rate_figure(series, time),
        "delay_figure": delay_figure(series, time),
        "bin_ms": bin_width_ms(time.end_ms),
    }


@cache
def _scripts() -> dict[str, Any]:
    """Both scripts and what the page's policy calls them."""
    # A browser reads CR LF as LF, and would find another hash.
    plotly = get_plotlyjs().replace("\r\n", "\n").replace("\r", "\n")
    draw = _resource("draw.js")
    return {
        "plotly_js": Markup(plotly),
        "draw_js": Markup(draw),
        "script_hashes": [_hash(plotly), _hash(draw)],
    }


def _never_arrived(arm: Mapping[str, Any], series: ArmSeries | None) -> int | None:
    lost: int | None = arm["other_alert_delay_ms"].get("lost")
    return lost if lost is not None or series is None else series.never_arrived()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PACKAGE, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for write in (
        units.count,
        units.seconds,
        units.duration,
        units.byte_size,
        units.with_unit,
        describe,
    ):
        environment.filters[write.__name__] = write
    environment.filters["share_of"] = _share_of
    return environment


def _resource(name: str) -> str:
    return files(_PACKAGE).joinpath(name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    return "sha256-" + b64encode(sha256(script.encode()).digest()).decode()
