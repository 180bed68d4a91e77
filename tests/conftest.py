"""What holds for every tier: which reference messages there are, and how still the unit tier is.

A folder is a tier; what a tier may need is in tests/README.md.
"""

import os
import socket
import subprocess
import time
from pathlib import Path
from typing import NoReturn

import pytest

from printed_at_the_end import SHOWN

_UNIT = Path(__file__).parent / "unit"
_MOVES = [(time, "sleep"), (socket, "socket"), (subprocess, "Popen")]


def pytest_report_header() -> str:
    """Say where the published reference messages come from."""
    return f"STORMBENCH_REFERENCE: {os.environ.get('STORMBENCH_REFERENCE', 'not set')}"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print what tests have to show even if they pass."""
    for title, lines in config.stash.get(SHOWN, []):
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def _stillness(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the unit tier to its rule: no sleep, no socket, no process."""
    if _UNIT not in request.path.parents:
        return

    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail("a unit test sleeps, opens a socket or starts a process; see tests/README.md")

    for module, name in _MOVES:
        monkeypatch.setattr(module, name, refuse)
