"""The five figures that a study puts first: what the place of the throttle changes."""

from collections.abc import Mapping
from typing import Any

from stormbench.study.in_words import with_interval
from stormbench.study.metrics import BY_PATH
from stormbench.study.numbers import amount

_FIGURES = (
    ("hops.wan.bytes", "Onto the WAN", "Bytes that leave the hubs in a run, mean of storms."),
    (
        "other_alert_delay_ms.p99",
        "Other alerts wait",
        "p99 of the delay of alerts outside the storm, mean of storms.",
    ),
    (
        "other_alert_delay_ms.lost",
        "Other alerts lost",
        "Alerts outside the storm that a full WAN dropped, mean of a run.",
    ),
    (
        "hops.user.alerts",
        "Alerts at Users",
        "What suppliers and network operators get to deal with, mean of a run.",
    ),
    (
        "false_suppressed",
        "Falsely suppressed",
        "Alerts outside the storm that a throttle held back, mean of a run.",
    ),
)


def key_figures(whole: Mapping[str, Any], headline: str) -> list[dict[str, Any]]:
    """Each `title`, `meaning`, `value` and `interval` of the headline's arm, and all `arms`.

    Args:
        whole: as `study.overall` has it.
        headline: an arm.
    """
    return [
        {
            "title": title,
            "meaning": meaning,
            "value": amount(whole["arms"][headline][path]["mean"], BY_PATH[path].unit),
            "interval": with_interval(whole["arms"][headline][path], BY_PATH[path].unit),
            "arms": {
                arm: amount(found[path]["mean"], BY_PATH[path].unit)
                for arm, found in whole["arms"].items()
                if path in found
            },
            "evidence": "simulated",
        }
        for path, title, meaning in _FIGURES
    ]


def because(whole: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the verdict rests on: hub less DSP, over all storms."""
    return [
        {
            "title": title,
            "scenario": "all",
            "of": "hub",
            "less": "dsp",
            "unit": BY_PATH[path].unit,
            **{
                name: whole["differences"]["hub-dsp"][path][name]
                for name in ("mean", "low", "high", "spans_zero")
            },
        }
        for path, title, _ in _FIGURES
        if path in whole["differences"]["hub-dsp"]
    ]
