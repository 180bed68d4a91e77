"""Figures that are kept in the tree, a line each, and today's beside them.

    # comment
    firmware_sha256 = 64 hex digits: the sources that were measured
    name = value unit

Sorted by name, so that a change of one is a change of one line.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from stormbench.errors import InvalidInput

_LINE = re.compile(r"([a-z0-9_.]+) = (-?[0-9]+(?:\.[0-9]+)?) (\S+)")
_FIRMWARE = re.compile(r"firmware_sha256 = ([0-9a-f]{64})")


class Figure(NamedTuple):
    """A number and its unit."""

    value: float
    unit: str


def read_figures(path: Path) -> dict[str, Figure]:
    """The figures of a file, by name.

    Raises:
        InvalidInput: it cannot be read, a line is none, or a name is there twice or out of order.
    """
    found: dict[str, Figure] = {}
    for number, line in enumerate(_lines(path), 1):
        if not line or line.startswith("#") or _FIRMWARE.fullmatch(line):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise InvalidInput(f"{path}:{number}: expected `name = value unit`, got {line!r:.80}")
        name, value, unit = match.groups()
        if found and name <= list(found)[-1]:
            raise InvalidInput(f"{path}:{number}: {name} is not behind {list(found)[-1]}")
        found[name] = Figure(float(value), unit)
    return found


def firmware_of(path: Path) -> str:
    """SHA-256 of the firmware's sources that a file's figures are of, as 64 hex digits.

    Raises:
        InvalidInput: the file cannot be read, or does not say it.
    """
    for line in _lines(path):
        if match := _FIRMWARE.fullmatch(line):
            return match[1]
    raise InvalidInput(
        f"{path}: expected a line `firmware_sha256 = 64 hex digits`, got none; "
        "`python tests/short_figures.py --write` writes it"
    )


def figures_text(head: str, firmware_sha256: str, figures: Mapping[str, Figure]) -> str:
    """The text of a file of figures.

    Args:
        head: says where they come from.
        firmware_sha256: of the sources that were measured, 64 hex digits.
    """
    comments = [f"# {line}".rstrip() for line in head.splitlines()]
    lines = [f"{name} = {each.value:g} {each.unit}" for name, each in sorted(figures.items())]
    return "\n".join([*comments, "", f"firmware_sha256 = {firmware_sha256}", *lines, ""])


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"expected a file of figures at {path}, got: {error}") from error


def missing(kept: Mapping[str, Figure], now: Mapping[str, Figure]) -> list[str]:
    """Names of today's figures that are not kept, or not in the same unit."""
    return [
        name
        for name, each in sorted(now.items())
        if kept.get(name, each).unit != each.unit or name not in kept
    ]


def beside(kept: Mapping[str, Figure], now: Mapping[str, Figure]) -> list[str]:
    """A table: each figure kept, today, and today's as a multiple of what is kept."""
    lines = [f"{'figure':40}{'kept':>12}{'now':>12}{'now/kept':>10}  unit"]
    for name, each in sorted(now.items()):
        old = kept.get(name)
        was = f"{old.value:12,.10g}" if old else f"{'-':>12}"
        ratio = f"{each.value / old.value:10.2f}" if old and old.value else f"{'-':>10}"
        lines.append(f"{name:40}{was}{each.value:12,.10g}{ratio}  {each.unit}")
    return lines
