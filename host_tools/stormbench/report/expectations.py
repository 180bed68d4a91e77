"""A scenario's bounds in words: each with what was found, for a terminal and for the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stormbench.report.metrics import metric_in_words, value_in_words
from stormbench.report.units import count


@dataclass(frozen=True)
class Held:
    """One bound, for a row of the page."""

    arm: str
    figure: str
    bound: str
    value: str
    met: bool
    why: str


def in_words(expectations: Sequence[Mapping[str, Any]]) -> list[Held]:
    """Word report.json's `expectations`, in their order."""
    return [
        Held(
            each["arm"],
            metric_in_words(each["metric"]),
            _bound(each, lambda value, metric=each["metric"]: value_in_words(metric, value)),
            value_in_words(each["metric"], each["value"]),
            each["met"],
            each["why"],
        )
        for each in expectations
    ]


def expectation_lines(expectations: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each, as precise as report.json; where one is not met, with what it is for."""
    rows = [
        (
            "met" if each["met"] else "NOT MET",
            each["arm"],
            each["metric"],
            f"{_exact(each['value'])},",
            f"expected {_bound(each, _exact)}",
            "" if each["met"] or not each["why"] else f": {each['why']}",
        )
        for each in expectations
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=False))
        + f"  {row[4]}{row[5]}"
        for row in rows
    ]


def bound_in_words(each: Mapping[str, Any]) -> str:
    """What a figure must be, as precise as report.json: `at least 1 and at most 3`."""
    return _bound(each, _exact)


def sentence(each: Mapping[str, Any]) -> str:
    """What was found, and what was expected; and what for."""
    why = f": {each['why']}" if each["why"] else ""
    found = f"{each['arm']} {each['metric']} is {_exact(each['value'])}"
    return f"{found}, expected {bound_in_words(each)}{why}"


def time_scale_sentence(scale: float) -> str:
    """Say that times are divided; nothing where they are not."""
    if scale == 1:
        return ""
    return (
        f"Time scale {count(scale)}: every time here, those of the policy and the WAN too, is the "
        f"scenario's divided by {count(scale)}, and every rate is as many times higher."
    )


def _exact(value: float | None) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _bound(each: Mapping[str, Any], text: Any) -> str:
    if each["equals"] is not None:
        return str(text(each["equals"]))
    words = (("at least", each["min"]), ("at most", each["max"]))
    return " and ".join(f"{word} {text(value)}" for word, value in words if value is not None)
