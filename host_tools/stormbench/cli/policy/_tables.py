"""How policies are shown: fields in columns, values as people read them."""

import json
from collections.abc import Sequence
from typing import Any

from stormbench.report.units import duration


def shown_value(name: str, value: Any) -> str:
    """A value of `plain_policy` in a cell; codes are only counted."""
    if isinstance(value, list | dict):
        return f"{len(value)} codes" if value else "none"
    if name.endswith("_ms"):
        return f"{value} ({duration(value)})"
    return json.dumps(value).strip('"')


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lines whose cells stand in columns."""
    lines = [heads, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
