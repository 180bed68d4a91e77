"""A selftest as text: a table for people, Markdown and JSON for files."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stormbench.errors import HostToolError, InvalidInput
from stormbench.printable import printable
from stormbench.selftest.check import Check
from stormbench.selftest.run import Selftest

HEADS = ("check", "", "found", "limit", "unit", "note")


class ReportNotWritten(HostToolError):
    """The test was made, and its report could not be kept."""


def plain(made: Selftest) -> dict[str, Any]:
    """The selftest in plain values, as `--json` prints it."""
    hello = made.hello
    return {
        "hub": made.hub,
        "emulated": made.is_emulated,
        "date": made.made_at.isoformat(),
        "board": hello.board or None,
        "unique_id": hello.unique_id,
        "transport": hello.transport,
        "keyed": hello.keyed,
        "firmware_version": hello.firmware_version,
        "source_sha256": hello.source_sha256.upper(),
        "micropython_version": hello.micropython_version,
        "ok": not made.has_failed,
        "checks": [{**asdict(each), "status": each.status.value} for each in made.checks],
    }


def table(made: Selftest) -> str:
    """For a terminal: a line for each check, in columns."""
    rows = [HEADS, *map(_cells, made.checks)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([_title(made), "", *lines, "", _result(made)])


def markdown(made: Selftest) -> str:
    """For a file that goes with a row of boards/README.md."""
    facts = plain(made)
    shown = ("board", "unique_id", "transport", "keyed", "firmware_version", "source_sha256")
    lines = [f"# {_title(made)}", "", f"- date: {facts['date']}"]
    lines += [f"- {name.replace('_', ' ')}: {facts[name]}" for name in shown]
    lines += [f"- MicroPython: {facts['micropython_version']}", ""]
    lines += [_row(HEADS), _row(["---"] * len(HEADS))]
    lines += [_row([printable(cell) for cell in _cells(each)]) for each in made.checks]
    return "\n".join([*lines, "", _result(made), ""])


def _json(made: Selftest) -> str:
    return json.dumps(plain(made), indent=2) + "\n"


_FORMS: dict[str, Callable[[Selftest], str]] = {".json": _json, ".md": markdown}


def expect_report(path: Path) -> None:
    """See, before anything is run, that a report can be of this name.

    Raises:
        InvalidInput: it has another suffix, or there is no such folder.
    """
    if path.suffix not in _FORMS:
        raise InvalidInput(
            f"--report {path}: expected a name that ends in {' or '.join(_FORMS)}, "
            f"got {path.suffix or 'no suffix'}"
        )
    if not path.absolute().parent.is_dir():
        raise InvalidInput(f"--report {path}: there is no folder {path.absolute().parent}")


def write(made: Selftest, path: Path) -> None:
    """Write a report, in the form of its suffix.

    Raises:
        ReportNotWritten: it cannot be written.
    """
    try:
        path.write_text(_FORMS[path.suffix](made), encoding="utf-8")
    except OSError as error:
        raise ReportNotWritten(
            f"{path}: cannot be written: {error.strerror}; name another file with --report"
        ) from error


def _cells(each: Check) -> tuple[str, ...]:
    return each.name, each.status.value, each.found, each.limit, each.unit, each.note


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _title(made: Selftest) -> str:
    where = "emulated, " if made.is_emulated else ""
    board = made.hello.board or "no board"
    return printable(f"Selftest of {board}, {where}{made.hello.unique_id} on {made.hub}")


def _result(made: Selftest) -> str:
    failed = [each.name for each in made.checks if each.status.value == "fail"]
    return f"failed: {', '.join(failed)}" if failed else "all ok"
