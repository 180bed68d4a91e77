"""How policies are shown: values as people read them."""

import json
from typing import Any

from stormbench.report.units import duration


def shown_value(name: str, value: Any) -> str:
    """A value of `plain_policy` in a cell; codes are only counted."""
    if isinstance(value, list | dict):
        return f"{len(value)} codes" if value else "none"
    if name.endswith("_ms"):
        return f"{value} ({duration(value)})"
    return json.dumps(value).strip('"')
