"""TRACE.csv: one alert a row, in order of time."""

import csv
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from stormbench.errors import InvalidInput

HEADER = ("t_ms", "originator", "target", "code")
LATEST_MS = 2**47
_DIGITS = len(str(LATEST_MS))
_SHOWN = 32

MOST_LINES = 1_000_000
"""Of a file. A row takes some 300 bytes of memory, so this many take 300 MB (chosen)."""

_LONGEST_LINE = 1_000
"""Characters; a row has 56 at the most. A file without any end of a line is not read whole."""


@dataclass(frozen=True, slots=True)
class Row:
    """One alert: when it arrives (ms), and its key."""

    t_ms: int
    originator: bytes
    target: bytes
    code: int


def read_trace(path: Path) -> list[Row]:
    """The rows of a trace.

    Raises:
        InvalidInput: it cannot be read, or a line is not as it should be; with the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _rows(path, csv.reader(_lines(path, file)))
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{path}: not text in columns: {error}") from error


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    """The lines of a file, which may be a pipe or a device and have no end."""
    for number in range(1, MOST_LINES + 2):
        line = file.readline(_LONGEST_LINE + 1)
        if not line:
            return
        if len(line) > _LONGEST_LINE:
            raise InvalidInput(
                f"{path}:{number}: expected a line of at most {_LONGEST_LINE:,} characters"
            )
        if number <= MOST_LINES:
            yield line
    raise InvalidInput(f"{path}: expected at most {MOST_LINES:,} lines")


def _rows(path: Path, lines: Iterable[list[str]]) -> list[Row]:
    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        if number == 1:
            if tuple(line) != HEADER:
                raise InvalidInput(
                    f"{path}:1: expected the header {','.join(HEADER)}, got {','.join(line)!r}"
                )
        elif line:
            rows.append(_row(f"{path}:{number}", line))
            if len(rows) > 1 and rows[-1].t_ms < rows[-2].t_ms:
                raise InvalidInput(
                    f"{path}:{number}: {rows[-1].t_ms} ms is earlier than the row before, "
                    f"{rows[-2].t_ms} ms; sort the trace by t_ms"
                )
    if not rows:
        raise InvalidInput(f"{path}: no alerts in it; expected a row for each under the header")
    return rows


def _row(where: str, line: list[str]) -> Row:
    if len(line) != len(HEADER):
        raise InvalidInput(f"{where}: expected {len(HEADER)} columns, got {len(line)}")
    t_ms, originator, target, code = line
    is_number = t_ms.isascii() and t_ms.isdigit() and len(t_ms) <= _DIGITS
    if not (is_number and int(t_ms) <= LATEST_MS):
        got = repr(t_ms[:_SHOWN])
        raise InvalidInput(f"{where}: t_ms: expected a whole number 0 to 2**47, got {got}")
    return Row(
        int(t_ms),
        bytes.fromhex(_hex(where, "originator", originator, 16)),
        bytes.fromhex(_hex(where, "target", target, 16)),
        int(_hex(where, "code", code, 4), 16),
    )


def _hex(where: str, column: str, text: str, digits: int) -> str:
    if len(text) != digits or not set(text) <= set(string.hexdigits):
        raise InvalidInput(
            f"{where}: {column}: expected {digits} hex digits, got {text[:_SHOWN]!r}"
        )
    return text
