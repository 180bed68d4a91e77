"""report.json of a study, as one HTML page that loads nothing from anywhere.

A part that the study does not have (`--only`, or a run that was stopped) is left out, and its
section says which command makes it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment

from commshub.policy import Policy
from stormbench.policy_file import plain_policy
from stormbench.report import page, units
from stormbench.report.arms import ARMS, describe
from stormbench.study.in_words import place_in_words
from stormbench.study.numbers import amount, number, regrouped, signed
from stormbench.study.page import (
    drawback_table,
    firmware_cost,
    hops,
    over_time,
    provenance,
    scenario_table,
)
from stormbench.study.page.break_even import break_even_figure, surface, tint
from stormbench.study.page.curves import Panel, curves, kept_off, metric
from stormbench.study.page.devices import device_maps
from stormbench.study.page.evidence import KEY, SOURCES, badge
from stormbench.study.page.knowledge import COLUMNS, knowledge
from stormbench.study.page.look import look
from stormbench.study.page.trade_off import RESULTS, policy_rows, trade_off_figure
from stormbench.study.page.wider_wan import wider_wan
from stormbench.study.page.words import WORDS
from stormbench.study.recipes import BUSY_ALERTS

_PACKAGE = "stormbench.study.page"
COMMAND = "stormbench study"


def render(report: Mapping[str, Any], command_line: str) -> str:
    """Write the page.

    Args:
        report: the content of the study's report.json; any part of it may be missing.
        command_line: what a reader types to get the same report.

    Returns:
        The whole of report.html, about 5 MB: plotly.js is in it, once.
    """
    scripts = [page.resource(name, _PACKAGE) for name in ("sort.js", "choose.js")]
    return (
        _environment()
        .get_template("study.html.j2")
        .render(
            **_parts(report),
            **_charts(report),
            **page.frame(page.resource("study.css", _PACKAGE), *scripts),
            command_line=command_line,
            command=COMMAND,
        )
    )


def _parts(report: Mapping[str, Any]) -> dict[str, Any]:
    """What the template lays out as it is; nothing where it is missing."""
    scenarios = report.get("scenarios") or {}
    return {
        "verdict": report.get("verdict"),
        "key_figures": report.get("key_figures") or [],
        "answers": report.get("answers") or [],
        "assumptions": report.get("assumptions") or [],
        "sweeps": report.get("sweeps") or {},
        "rows": scenario_table.rows(scenarios),
        "device_maps": device_maps(scenarios),
        "columns": scenario_table.COLUMNS,
        "replications": sorted({one["replications"] for one in scenarios.values()}),
        "firmware_cost": firmware_cost.rows(report),
        "drawbacks": drawback_table.by_place(report),
        "claims": report.get("claims") or [],
        "wider_wan": wider_wan(report),
        "knowledge": knowledge(report.get("overall")),
        "knowledge_columns": COLUMNS,
        "busy_alerts": BUSY_ALERTS,
        "origin": provenance.facts(report.get("provenance") or {}),
        "inputs": provenance.fields(report.get("provenance") or {}),
        "limits": report.get("limits") or [],
        "arms": ARMS,
        "figure_key": KEY,
        "words": WORDS,
        "source_key": SOURCES,
        "nothing": units.NOTHING,
    }


def _charts(report: Mapping[str, Any]) -> dict[str, Any]:
    """Figures for plotly.js; None where there is nothing to draw."""
    scenarios, sweeps = report.get("scenarios") or {}, report.get("sweeps") or {}
    choices = hops.choices(scenarios, report.get("overall"))
    found = surface(sweeps["break_even"]) if _has(sweeps, "break_even") else None
    return {
        "hop_choices": [choice.title for choice in choices],
        "hop_figure": hops.hop_figure(choices) if choices else None,
        "time_figure": over_time.time_figure(scenarios),
        "time_count": len(over_time.shown(scenarios)),
        "surface": found,
        "break_even_figure": break_even_figure(found) if found else None,
        **_sweep_charts(report, sweeps),
    }


def _sweep_charts(report: Mapping[str, Any], sweeps: Mapping[str, Any]) -> dict[str, Any]:
    panels = {
        "roll_out": (
            Panel("Bytes that left the hubs", "bytes", metric("hops.wan.bytes")),
            Panel("Alerts that reached Users", "alerts", metric("hops.user.alerts")),
            Panel("Delay of other alerts, p99", "ms", metric("other_alert_delay_ms.p99")),
        ),
        "cell": (
            Panel("Delay of other alerts, p99", "ms", metric("other_alert_delay_ms.p99")),
            Panel("Share of the time the WAN sends", "share", metric("wan_busy_share")),
        ),
        "mask_delay": (
            Panel("Alerts kept off the WAN", "alerts", kept_off("hops.wan.alerts")),
            Panel("Alerts hidden, told to nobody", "alerts", metric("silent")),
        ),
    }
    arms = {"mask_delay": ("mask", "hub")}
    made = {
        f"{name}_figure": curves(sweeps[name], of_sweep, arms.get(name, ()))
        if _has(sweeps, name)
        else None
        for name, of_sweep in panels.items()
    }
    made["policy_rows"] = (
        policy_rows(sweeps["policy"], _policy(report)) if _has(sweeps, "policy") else []
    )
    made["policy_results"] = RESULTS
    made["policy_figure"] = (
        trade_off_figure(sweeps["policy"], _policy(report)) if _has(sweeps, "policy") else None
    )
    return made


def _has(sweeps: Mapping[str, Any], name: str) -> bool:
    return bool(sweeps.get(name, {}).get("points"))


def _policy(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one of the study; where each scenario has its own, the default."""
    policy = (report.get("provenance") or {}).get("policy")
    return policy if isinstance(policy, Mapping) else plain_policy(Policy())


@cache
def _environment() -> Environment:
    environment = page.environment(_PACKAGE)
    for write in (amount, badge, describe, look, number, place_in_words, signed, tint):
        environment.filters[write.__name__] = write
    environment.filters["with_unit"] = _with_unit
    return environment


def _with_unit(name: str, value: Any) -> str:
    """As on the page of `compare`, with thousands apart as on this one."""
    text = units.with_unit(name, value)
    return text if isinstance(value, str) else regrouped(text)
