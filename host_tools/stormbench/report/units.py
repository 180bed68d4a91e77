"""Numbers as text, each with its unit. Knows nothing of what the numbers are about."""

from collections.abc import Mapping, Sequence
from typing import Any

NOTHING = "–"
"""What stands where there is no number, such as the delay of alerts of which none arrived."""

_DURATIONS = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000))
_SUFFIXES = (("_per_s", "a second"), ("_ms", "ms"), ("_bytes", "bytes"), ("bytes", "bytes"))


def count(number: float | None) -> str:
    """Write a number with thousands separated; a fraction keeps what makes it one."""
    if number is None:
        return NOTHING
    return f"{number:,}" if isinstance(number, int) else f"{number:,.6g}"


def seconds(ms: float | None) -> str:
    """Write milliseconds as seconds with three decimals, for columns that are compared."""
    return NOTHING if ms is None else f"{ms / 1000:,.3f}"


def duration(ms: float | None) -> str:
    """Write a time as a person would say it: its two largest units, at most."""
    if ms is None:
        return NOTHING
    if ms < 1000:
        return f"{ms:.0f} ms"
    if ms < 60_000:
        return f"{ms / 1000:.3g} s"
    return _two_largest(round(ms / 1000) * 1000)


def byte_size(number: float | None) -> str:
    """Write a number of bytes in bytes, kB (1,000 bytes), MB or GB."""
    if number is None:
        return NOTHING
    for unit, size in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)):
        if number >= size:
            return f"{number / size:,.1f} {unit}"
    return f"{number:,.0f} bytes"


def with_unit(name: str, value: Any) -> str:
    """Write a value, with the unit that its name's ending gives: `flush_ms`, `queue_bytes`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return NOTHING
    if isinstance(value, (int, float)):
        return _number_with_unit(name, value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {with_unit('', each)}" for key, each in value.items()) or "none"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(with_unit("", each) for each in value) or "none"
    return str(value)


def _number_with_unit(name: str, value: float) -> str:
    unit = next((unit for suffix, unit in _SUFFIXES if name.endswith(suffix)), "")
    if name.endswith("bytes_per_s"):
        unit = "bytes a second"
    text = f"{count(value)} {unit}".rstrip()
    return f"{text} ({duration(value)})" if unit == "ms" and value >= 1000 else text


def _two_largest(ms: int) -> str:
    parts: list[str] = []
    for unit, size in _DURATIONS:
        whole, ms = divmod(ms, size)
        if whole or parts:
            parts.append(f"{whole} {unit}" if whole else "")
    return " ".join(part for part in parts[:2] if part)
