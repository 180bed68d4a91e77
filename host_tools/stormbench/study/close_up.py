"""One run alert by alert: what a timeline, a heat map and alerts.csv are drawn from."""

from collections import Counter
from typing import Any

from stormbench.compare.run import Compared
from stormbench.report.bins import bin_width_ms, rates_per_minute
from stormbench.report.series import ArmSeries
from stormbench.scenario.model import Scenario

_LINES = {
    "raised": "raised_ms",
    "hub_out": "hub_out_ms",
    "dsp_in": "dsp_in_ms",
    "user": "user_ms",
}


def close_up(scenario: Scenario, compared: Compared) -> dict[str, Any]:
    """Of one comparison, as JSON has it.

    Returns:
        timeline: `bin_ms`, `end_ms`, `storm_spans_ms`, and for each of `arms` alerts a minute in
            each bin, `raised`, `hub_out`, `dsp_in` and `user`.
        alerts: of each, in order of time, [t_ms, device, kind, originator, target, code, phase,
            is_storm]; EUI-64s and codes in hex.
        outcomes: by arm, for each of those, [outcome, delay until the User in ms or None].
    """
    kinds = {device.originator.upper(): device for device in scenario.devices}
    first = next(iter(compared.outcomes.values()))
    alerts = []
    for alert, _, _ in first:
        originator = alert.originator.hex().upper()
        device = kinds[originator]
        code, target = f"{alert.code:04X}", alert.target.hex().upper()
        alerts.append(
            [
                alert.at_ms,
                device.name,
                device.kind,
                originator,
                target,
                code,
                alert.phase,
                alert.is_storm,
            ]
        )
    return {
        "timeline": _timeline(compared.series, compared.report["scenario"]["duration_ms"]),
        "alerts": alerts,
        "outcomes": {
            arm: [[outcome, delay] for _, outcome, delay in found]
            for arm, found in compared.outcomes.items()
        },
    }


def heat(close: dict[str, Any]) -> list[dict[str, Any]]:
    """Alerts by device and code: how many were raised, and suppressed in each arm."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    suppressed: Counter[tuple[str, str, str]] = Counter()
    for number, (_, device, kind, _, _, code, _, is_storm) in enumerate(close["alerts"]):
        row = rows.setdefault(
            (device, code),
            {"device": device, "kind": kind, "code": code, "raised": 0, "is_storm": False},
        )
        row["raised"] += 1
        row["is_storm"] |= is_storm
        for arm, outcomes in close["outcomes"].items():
            suppressed[device, code, arm] += outcomes[number][0] == "suppressed"
    return [
        {
            **row,
            "suppressed": {arm: suppressed[device, code, arm] for arm in close["outcomes"]},
        }
        for (device, code), row in rows.items()
    ]


def _timeline(series: dict[str, ArmSeries], duration_ms: int) -> dict[str, Any]:
    every = list(series.values())
    end_ms = max(duration_ms, *(max(one.user_ms, default=0) for one in every))
    width_ms = bin_width_ms(end_ms)
    return {
        "bin_ms": width_ms,
        "end_ms": end_ms,
        "storm_spans_ms": every[0].storm_spans_ms,
        "arms": {
            arm: {
                name: list(rates_per_minute(getattr(one, field), width_ms, end_ms))
                for name, field in _LINES.items()
            }
            for arm, one in series.items()
        },
    }
