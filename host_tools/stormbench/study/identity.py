"""What the figures of a study depend on, so that runs of two are never mixed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hubwire
import stormbench
from stormbench.image.identity import contents_sha256, firmware_sha256
from stormbench.tree import firmware_sources


def identity(policy: Mapping[str, Any] | None) -> dict[str, Any]:
    """Of a study with this policy for every throttle; None: each scenario's own.

    Returns:
        `firmware`, `host tools` (scenarios among them): SHA-256 of their files, hex digits; and
        `policy`.
    """
    return {
        "firmware": firmware_sha256(firmware_sources()),
        "host tools": _files_sha256(),
        "policy": None if policy is None else dict(policy),
    }


def _files_sha256() -> str:
    """Of all that can move a figure: code, tables, scenarios."""
    folders = [Path(next(iter(package.__path__))) for package in (stormbench, hubwire)]
    files = [
        (folder, path)
        for folder in folders
        for pattern in ("*.py", "*.toml", "*.csv")
        for path in sorted(folder.rglob(pattern))
    ]
    return contents_sha256(
        {f"{folder.name}/{path.relative_to(folder)}": path.read_bytes() for folder, path in files}
    )
