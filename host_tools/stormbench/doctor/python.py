"""Whether this Python and the packages in it are what stormbench declares that it needs."""

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from stormbench.doctor.finding import FAIL, OK, WARN, Finding
from stormbench.tree import boards_dir

_FIRST, _LAST = (3, 10), (3, 13)
"""CONTRIBUTING.md: which ones it is run with."""


def python_findings() -> Iterator[Finding]:
    """Of the interpreter, then of the packages."""
    yield _interpreter(sys.version_info[:2])
    try:
        needed = requires("stormbench") or []
        own = version("stormbench")
    except PackageNotFoundError:
        mend = install_command("stormbench")
        yield Finding("packages", WARN, "stormbench is not installed, but run from a folder", mend)
        return
    wanted = [each for each in map(Requirement, needed) if _is_for_here(each)]
    missing = [found for each in wanted if (found := _missing(each))]
    yield from missing
    if not missing:
        yield Finding("packages", OK, f"stormbench {own}, and all {len(wanted)} that it needs")


def _interpreter(found: tuple[int, ...]) -> Finding:
    shown = ".".join(map(str, found))
    if found < _FIRST:
        return Finding("Python", FAIL, f"{shown}; it needs 3.10", "make PYTHON=python3.12 venv")
    if found > _LAST:
        said = f"{shown}, which nobody has tried; 3.10 to 3.13 are known to do"
        return Finding("Python", WARN, said, "make PYTHON=python3.13 venv")
    return Finding("Python", OK, shown)


def _is_for_here(needed: Requirement) -> bool:
    """Whether it is needed on this machine, and by what is no extra."""
    return needed.marker is None or needed.marker.evaluate({"extra": ""})


def _missing(needed: Requirement) -> Finding | None:
    wanted = f"{needed.name}{needed.specifier}"
    try:
        found = version(needed.name)
    except PackageNotFoundError:
        return Finding("packages", FAIL, f"expected {wanted}, got none", install_command(wanted))
    if needed.specifier.contains(found, prereleases=True):
        return None
    return Finding("packages", FAIL, f"expected {wanted}, got {found}", install_command(wanted))


def install_command(wanted: str) -> str:
    """The line that brings a package: a checkout has all of them in its lock."""
    if (boards_dir().parent / "Makefile").is_file():
        return "make venv"
    return f"python -m pip install '{wanted}'"
