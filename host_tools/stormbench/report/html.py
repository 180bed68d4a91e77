"""report.json and the series behind it, as one HTML page that loads nothing from anywhere."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment

from stormbench.report import account, page, units
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
    return (
        _environment()
        .get_template("template.html.j2")
        .render(
            **_texts(report, series),
            **_figures(report, series),
            **page.frame(),
            report=report,
            command_line=command_line,
        )
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


def _never_arrived(arm: Mapping[str, Any], series: ArmSeries | None) -> int | None:
    lost: int | None = arm["other_alert_delay_ms"].get("lost")
    return lost if lost is not None or series is None else series.never_arrived()


@cache
def _environment() -> Environment:
    environment = page.environment()
    environment.filters["describe"] = describe
    environment.filters["share_of"] = _share_of
    return environment
