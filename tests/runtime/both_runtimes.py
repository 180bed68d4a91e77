"""Runs one script under CPython and under MicroPython's Unix port; CPython is the oracle.

A script prints, and what it prints must be the same. It sees the firmware's folder and what it is
given on its command line, nothing else of ours. A script that ends badly, or prints nothing, has
failed: two empty outputs are equal too.
"""

import os
import subprocess
import sys
from pathlib import Path

from stormbench.hub.unix import interpreter

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = ROOT / "firmware"
SCRIPTS = Path(__file__).resolve().parent / "scripts"
VECTORS = ROOT / "protocol" / "hubwire" / "vectors"
_LONGEST_S = 120


def under_cpython(script: Path, *arguments: object) -> list[str]:
    """The lines that a script prints under this very interpreter."""
    environment = {**os.environ, "PYTHONPATH": str(FIRMWARE), "PYTHONDONTWRITEBYTECODE": "1"}
    return _printed([sys.executable, str(script), *map(str, arguments)], environment)


def under_micropython(script: Path, *arguments: object) -> list[str]:
    """The lines that a script prints under MicroPython's Unix port."""
    environment = {**os.environ, "MICROPYPATH": str(FIRMWARE)}
    command = [interpreter(), "-X", "heapsize=8m", str(script)]
    return _printed([*command, *map(str, arguments)], environment)


def under_both(script: str, *arguments: object) -> list[str]:
    """The lines that a script of `scripts/` prints, which both runtimes must agree on."""
    expected = under_cpython(SCRIPTS / script, *arguments)
    got = under_micropython(SCRIPTS / script, *arguments)
    for number, (ours, theirs) in enumerate(zip(expected, got, strict=False), 1):
        assert ours == theirs, f"{script} line {number}: CPython {ours}; MicroPython {theirs}"
    assert len(expected) == len(got), f"{script}: {len(expected)} lines, MicroPython {len(got)}"
    return got


def _printed(command: list[str], environment: dict[str, str]) -> list[str]:
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=_LONGEST_S
    )
    assert ended.returncode == 0, f"{command} exited {ended.returncode}:\n{ended.stderr}"
    lines = ended.stdout.splitlines()
    assert lines, f"{command} printed nothing"
    return lines
