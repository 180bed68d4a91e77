"""Where a skip of the plugin's is said to be: at the test, and not in here.

pytest has a way of its own for that, for its own markers only.
"""

import os
from pathlib import Path

import pytest

_HERE = Path(__file__).parents[1]


def point_to_test(item: pytest.Item, report: pytest.TestReport) -> None:
    """Have a skip that came out of this package show the test's file and line."""
    if not report.skipped or not isinstance(report.longrepr, tuple):
        return
    path, _, reason = report.longrepr
    if _HERE in Path(path).parents:
        at, line, _ = item.reportinfo()
        report.longrepr = (os.fspath(at), (line or 0) + 1, reason)
