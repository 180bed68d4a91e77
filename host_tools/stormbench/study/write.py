"""Puts a study on the disk: for people, for machines, for a spreadsheet, for a pull request."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stormbench.report.write import ReportNotWritten
from stormbench.study.alerts_csv import alerts_csv
from stormbench.study.page.html import render
from stormbench.study.page.markdown import summary_markdown
from stormbench.study.summary import Run

RUNS = "runs.jsonl"


def write_study(out_dir: Path, report: Mapping[str, Any], runs: Sequence[Run]) -> Path:
    """Write report.html, report.json, alerts.csv and summary.md; returns the first one's path.

    Raises:
        ReportNotWritten: the drive is full, or the folder cannot be written.
    """
    page = out_dir / "report.html"
    texts = {
        "report.json": json.dumps(report, indent=1) + "\n",
        "alerts.csv": alerts_csv(runs),
        "summary.md": summary_markdown(report),
        page.name: render(report, report["provenance"]["command"]),
    }
    try:
        for name, text in texts.items():
            (out_dir / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReportNotWritten(
            f"{error.filename or out_dir}: cannot be written: {error.strerror}; free some space "
            "or name another folder with --out; the runs are kept"
        ) from error
    return page
