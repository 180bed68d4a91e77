"""Figures of a study as text, each with its unit and with no more digits than it bears."""

import re

from stormbench.report.units import NOTHING, byte_size, duration

_COMMA = re.compile(r"(?<=\d),(?=\d{3})")
_GROUP = "\u202f"
"""Between thousands: a narrow space that does not break."""
_MINUS = "\u2212"


def number(value: float | None) -> str:
    """Write a number: whole from 100 on, with three digits below; thousands apart."""
    if value is None:
        return NOTHING
    sign = _MINUS if value < 0 else ""
    size = abs(value)
    whole = size >= 100 or float(size).is_integer()
    text = regrouped(f"{size:,.0f}") if whole else f"{size:.3g}"
    return text if text == "0" else sign + text


def amount(value: float | None, unit: str) -> str:
    """Write a figure with its unit.

    Args:
        unit: of `study.metrics.Metric`: `ms` becomes a duration, `bytes` a size, `share` per cent;
            of what is counted (`alerts`, `messages`) the name is left to the heading.
    """
    if value is None:
        return NOTHING
    if unit not in ("ms", "bytes", "share"):
        return number(value)
    if unit == "share":
        return f"{number(_three_digits(100 * value))} %"
    sign = _MINUS if value < 0 else ""
    text = duration(abs(value)) if unit == "ms" else regrouped(byte_size(abs(value)))
    return text if text.startswith("0 ") else sign + text


def signed(value: float | None, unit: str) -> str:
    """Write a difference: more has a plus."""
    text = amount(value, unit)
    return f"+{text}" if value is not None and value > 0 else text


def regrouped(text: str) -> str:
    """A number that has commas between its thousands, in the way of this page."""
    return _COMMA.sub(_GROUP, text)


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")
