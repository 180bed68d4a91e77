"""With no image of a hub anywhere, `--hub emulated` becomes stock MicroPython, fetched and filled.

The download is played by a local file. What the deploy makes of it is taken from the cache of this
computer, where `test_deploy_on_pico` has it too.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stock_micropython import stock_micropython
from stormbench.hub.stock import STOCK, deployed_image
from stormbench.image import firmware_sha256
from stormbench.tree import firmware_sources

A_MINUTE = """
name = "a minute"
seed = 1
duration_ms = 60_000

[wan]
bytes_per_s = 1_000

[[devices]]
name = "meter"
kind = "ESME"
originator = "00DB1234567890A0"

[[phases]]
name = "voltage"
device = "meter"
code = "8002"
target = "90B3D51F30020000"
duration_ms = 60_000
shape = "poisson"
per_hour = 120
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A cache with nothing in it but what a deploy makes of the stock image."""
    stock = stock_micropython()
    made = deployed_image(stock)
    there = tmp_path / "cache" / "images" / made.parent.name
    there.mkdir(parents=True)
    shutil.copy(made, there)
    return tmp_path / "cache"


def stormbench(*arguments: object, cache: Path) -> "subprocess.CompletedProcess[str]":
    """The real command, as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "stormbench", *map(str, arguments)],
        env={**os.environ, "STORMBENCH_CACHE": str(cache)},
        capture_output=True,
        text=True,
        timeout=600,
    )


def test_comparison_without_an_image_runs_the_firmware_on_stock_micropython_and_says_so(
    elsewhere: Path, tmp_path: Path
) -> None:
    got = stormbench("firmware", "get", "--url", stock_micropython().as_uri(), cache=elsewhere)
    assert got.returncode == 0, got.stderr
    (tmp_path / "minute.toml").write_text(A_MINUTE)
    options = ("--hub", "emulated", "--out", tmp_path / "out")
    ran = stormbench("compare", tmp_path / "minute.toml", *options, cache=elsewhere)
    assert ran.returncode == 0, ran.stderr
    assert f"no image of the hub is in the cache, so the hub is {STOCK}" in ran.stderr
    hub = json.loads((tmp_path / "out" / "report.json").read_text())["hub"]
    assert hub["kind"] == STOCK
    assert hub["source_sha256"].lower() == firmware_sha256(firmware_sources())
