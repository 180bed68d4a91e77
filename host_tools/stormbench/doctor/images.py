"""Images in the cache: whether one is of this tree, and whether mpy-cross fits a stock one."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from stormbench.doctor.finding import OK, WARN, Finding
from stormbench.image import find_image, firmware_sha256, inspect
from stormbench.image.cache import builds_dir, cache_root, stored_images
from stormbench.image.get import OFFICIAL_BOARD
from stormbench.tree import firmware_sources

_BUILD = "stormbench firmware build"
_MPY_SINCE = (
    ((1, 23), "6.3"),
    ((1, 22), "6.2"),
    ((1, 20), "6.1"),
    ((1, 19), "6.0"),
)
"""Which .mpy a release of MicroPython runs: its reference, "Versioning and compatibility of .mpy
files"; the second number counts because the firmware has machine code in it."""
_NEWEST_KNOWN = (1, 29)
_MPY_VERSION = re.compile(r"mpy v(\d+(?:\.\d+)?)")


def image_findings() -> Iterator[Finding]:
    """Of the cache, then of the stock image in it if there is one."""
    yield _cache()
    stock = next(iter(stored_images(OFFICIAL_BOARD)), None)
    if stock is not None:
        yield mpy_finding("stock image", inspect(stock).micropython_version)


def _cache() -> Finding:
    path = find_image()
    if path is None:
        return Finding("image cache", WARN, f"no image of the hub in {cache_root()}", _BUILD)
    if inspect(path).source_sha256 != firmware_sha256(firmware_sources()):
        return Finding("image cache", WARN, f"{path} is of other sources than this tree's", _BUILD)
    return Finding("image cache", OK, f"{path} is this tree's")


def mpy_finding(name: str, micropython_version: str | None) -> Finding:
    """Whether what mpy-cross compiles here runs on this MicroPython, where both are known."""
    runs, makes = _mpy_of(micropython_version), _mpy_of_compiler()
    shown = f"MicroPython {micropython_version or 'of unknown version'}"
    if runs is None or makes is None:
        unknown = "which .mpy it runs" if runs is None else "no mpy-cross is here"
        return Finding(name, OK, f"{shown}; not compared: {unknown}")
    if runs != makes:
        return Finding(
            name,
            WARN,
            f"{shown} runs .mpy {runs}, mpy-cross here makes {makes}",
            f"{_BUILD} && stormbench firmware flash",
        )
    return Finding(name, OK, f"{shown} runs .mpy {runs}, as mpy-cross here makes")


def _mpy_of(micropython_version: str | None) -> str | None:
    numbers = re.match(r"(\d+)\.(\d+)", micropython_version or "")
    if numbers is None:
        return None
    release = int(numbers[1]), int(numbers[2])
    if release > _NEWEST_KNOWN:
        return None
    return next((mpy for since, mpy in _MPY_SINCE if release >= since), None)


def _mpy_of_compiler() -> str | None:
    """Of the mpy-cross of the last build, else of the first on the path."""
    built = sorted(builds_dir().glob("*/mpy-cross/mpy-cross"), key=_age)
    program = str(built[-1]) if built else shutil.which("mpy-cross")
    if program is None:
        return None
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _MPY_VERSION.search(said.stdout)
    return found[1] if found else None


def _age(path: Path) -> float:
    return path.stat().st_mtime
