"""Means and differences of a study as clauses: with their interval, or that there is none."""

from collections.abc import Mapping, Sequence
from typing import Any

from stormbench.study.numbers import amount


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
    return amount(round(1 - of / less, 2), "share") if less else "nothing"


def listed(names: Sequence[str]) -> str:
    """Names as one says them."""
    *all_but_last, last = names
    return f"{', '.join(all_but_last)} and {last}" if all_but_last else last


_PLACES = {
    "none": "no throttle needed",
    "dsp": "DSP",
    "layered": "hub and DSP",
    "device": "meter",
    "unclear": "runs disagree",
}


def place_in_words(place: str) -> str:
    """A verdict's place, short enough for a table."""
    return _PLACES.get(place, place)
