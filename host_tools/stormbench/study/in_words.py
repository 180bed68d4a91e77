"""Figures of a study for people: with their unit, and whether there is a difference at all."""

from collections.abc import Mapping
from typing import Any

from stormbench.report.units import byte_size, duration

_DAY_MS = 86_400_000


def amount(value: float, unit: str) -> str:
    """A value with its unit, as the rest of the page writes it."""
    if unit == "ms":
        return duration(round(value))
    if unit == "bytes":
        return byte_size(round(value))
    if unit == "share":
        return f"{100 * value:.0f} %"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 10 else f"{value:,.1f}"


def with_interval(found: Mapping[str, Any], unit: str) -> str:
    """A mean with its 95 % interval."""
    mean = amount(found["mean"], unit)
    if found["low"] == found["high"]:
        return mean
    return f"{mean} (95 %: {amount(found['low'], unit)} to {amount(found['high'], unit)})"


def difference_in_words(found: Mapping[str, Any], unit: str) -> str:
    """A difference, or that there is none."""
    if found["spans_zero"]:
        return "no difference"
    sign = "less" if found["mean"] < 0 else "more"
    low, high = sorted((abs(found["low"]), abs(found["high"])))
    if low == high:
        return f"{amount(low, unit)} {sign}"
    mean = amount(abs(found["mean"]), unit)
    return f"{mean} {sign} (95 %: {amount(low, unit)} to {amount(high, unit)})"


def share_saved(of: float, less: float) -> str:
    """By how much `of` is below `less`, as a share of it."""
    if not less:
        return "nothing"
    return f"{100 * (1 - of / less):.0f} %"
