"""Puts a report on the disk: report.json for machines, report.html for people."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stormbench.errors import HostToolError
from stormbench.report.html import render
from stormbench.report.series import ArmSeries


class ReportNotWritten(HostToolError):
    """The comparison was done, and its report could not be kept."""


def write_report(
    out_dir: Path,
    report: Mapping[str, Any],
    series: Mapping[str, ArmSeries],
    command_line: str,
) -> Path:
    """Write DIR/report.json and DIR/report.html; returns the latter's path.

    Raises:
        ReportNotWritten: the drive is full, or the folder cannot be written.
    """
    page = out_dir / "report.html"
    try:
        text = json.dumps(report, indent=2) + "\n"
        (out_dir / "report.json").write_text(text, encoding="utf-8")
        page.write_text(render(report, series, command_line), encoding="utf-8")
    except OSError as error:
        raise ReportNotWritten(
            f"{error.filename or out_dir}: cannot be written: {error.strerror}; free some space "
            "or name another folder with --out"
        ) from error
    return page
