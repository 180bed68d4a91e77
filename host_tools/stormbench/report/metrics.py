"""What the verdict was computed from, as lines a reader can check against the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stormbench.report.arms import HOPS
from stormbench.report.units import count, duration

_FIGURES = {
    "delivered": "Alerts delivered to Users",
    "suppressed": "Alerts suppressed",
    "reported": "Alerts reported to Users as a number",
    "silent": "Alerts hidden and told to nobody",
    "dropped": "Alerts dropped",
    "dropped.queue": "Alerts dropped by a full queue",
    "dropped.expired": "Alerts that waited too long for a User",
    "failed_queue.max_depth": "Most documents that waited for a User at once",
    "failed_queue.max_bytes": "Most bytes of documents that waited for a User at once",
    "failed_queue.expired": "Documents that waited too long for a User",
    "failed_queue.waiting": "Documents that waited for a User at the end",
    "failed_queue.wait_ms": "Wait for a User who was away",
    "reported_to_dsp": "Alerts whose number is in the DSP's log alone",
    "dcc_alerts": "DCC Alerts delivered to Users",
    "last_state.pairs": "Paired conditions that alerts told of",
    "last_state.wrong": "Conditions of which Users know the wrong state",
    "last_state.wrong_by_counter": "The same of Users who sort by originator counter",
    "two_parties.happenings": "Happenings that concern two parties",
    "two_parties.told_to_one": "Of these, told to one party and not to the other",
    "anomaly.raised": "Alerts that storming devices raised",
    "anomaly.counted": "Of these, counted by anomaly detection",
    "anomaly.uncounted": "Alerts that came to the DSP and anomaly detection did not count",
    "anomaly.red_devices": "Storming devices that are red by what they raised",
    "anomaly.red_unseen": "Of these, never red at the DSP",
    "anomaly.red_share": "Share of their red time for which the DSP saw them red",
    "anomaly.red_late_ms": "Red seen late at the DSP by, at the most",
    "anomaly.red_beyond_ms": "Red at the DSP for longer than by what was raised",
    "notice_lead_ms": "Users told ahead by",
    "notice_lead_ms.untold": "Overloads of which nobody was told",
    "false_suppressed": "Alerts falsely suppressed",
    "unaccounted": "Alerts unaccounted for",
    "other_alert_delay_ms": "Delay of other alerts",
    "other_alert_delay_ms.lost": "Other alerts that never arrived",
    "first_alert_delay_ms": "Delay of first alerts",
    "first_alert_delay_ms.lost": "Keys of which no alert ever arrived",
    "wan_load": "Share of what the WAN can carry",
}

_SHARES = ("wan_load", "anomaly.red_share")


@dataclass(frozen=True)
class Reason:
    """One figure behind the verdict: the better arm's, and that of each arm it beat."""

    metric: str
    arm: str
    value: str
    others: Sequence[tuple[str, str]]


def reasons(because: Sequence[Mapping[str, Any]]) -> list[Reason]:
    """Word the verdict's `because`, those of the same metric and arm on one line, in order."""
    grouped: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for entry in because:
        grouped.setdefault((entry["metric"], entry["arm"]), []).append(entry)
    return [
        Reason(
            metric_in_words(metric),
            arm,
            value_in_words(metric, entries[0]["value"]),
            [
                (entry["other_arm"], value_in_words(metric, entry["other_value"]))
                for entry in entries
            ],
        )
        for (metric, arm), entries in grouped.items()
    ]


def metric_in_words(metric: str) -> str:
    """Word a path into report.json such as `hops.wan.bytes`; what is unknown stays as it is."""
    if metric in _FIGURES:
        return _FIGURES[metric]
    steps = metric.split(".")
    if steps[0] == "hops" and len(steps) == 3 and steps[1] in HOPS:
        return f"{steps[2].capitalize()} that {HOPS[steps[1]].meaning}"
    return ", ".join(_FIGURES.get(step, step) for step in steps)


def value_in_words(metric: str, value: float | None) -> str:
    """Write the figure of a metric with its unit."""
    if metric in _SHARES and value is not None:
        return f"{100 * value:,.1f} %"
    if "_ms" in metric and not metric.endswith((".lost", ".untold")):
        return duration(value)
    unit = " bytes" if metric.endswith("bytes") and value is not None else ""
    return count(value) + unit
