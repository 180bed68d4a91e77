"""V.csv, a verdict for each row of the trace, and E.csv, the events in order of emission."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from stormbench.errors import HostToolError, InvalidInput
from stormbench.link.northbound import Report
from stormbench.replay.run import Event, Replayed
from stormbench.replay.trace_file import HEADER, Row

_NUMBERS = ("overload_id", "throttled_seq", "throttled_count", "total_suppressed")
VERDICT_HEADER = (*HEADER, "verdict", *_NUMBERS)
EVENT_HEADER = (
    "t_ms",
    "event",
    "originator",
    "target",
    "code",
    "level",
    *_NUMBERS,
    "shadow",
)

_Cells = Sequence[str | int]


class ResultNotWritten(HostToolError):
    """The replay was done, and what came of it could not be kept."""


def require_folder_of(path: Path) -> None:
    """Go on only if a result can be put there: known before the run, not after it.

    Raises:
        InvalidInput: the folder that it is to be in is not there.
    """
    if not path.parent.is_dir():
        raise InvalidInput(f"{path}: cannot be written: there is no folder {path.parent}")


def write_verdicts(path: Path, rows: Sequence[Row], replayed: Replayed) -> None:
    """Write V.csv.

    Raises:
        ResultNotWritten: the drive is full, or the folder cannot be written.
    """
    pairs = zip(rows, replayed.verdicts, strict=True)
    lines = ((*_row(row), verdict, *_report(report)) for row, (verdict, report) in pairs)
    _write(path, VERDICT_HEADER, lines)


def write_events(path: Path, events: Iterable[Event]) -> None:
    """Write E.csv.

    Raises:
        ResultNotWritten: as with `write_verdicts`.
    """
    _write(path, EVENT_HEADER, (_event(event) for event in events))


def _write(path: Path, header: Sequence[str], lines: Iterable[_Cells]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(lines)
    except OSError as error:
        raise ResultNotWritten(f"{path}: cannot be written: {error.strerror}") from error


def _row(row: Row) -> _Cells:
    return row.t_ms, _eui(row.originator), _eui(row.target), f"{row.code:04X}"


def _event(event: Event) -> _Cells:
    return (
        event.t_ms,
        event.event,
        _eui(event.originator),
        _eui(event.target),
        "" if event.code is None else f"{event.code:04X}",
        event.level,
        *_numbers(event),
        "true" if event.shadow else "false",
    )


def _numbers(event: Event) -> _Cells:
    """Of an overload that begins its id; there is nothing to report yet."""
    if event.event == "OVERLOAD_START" and event.report is not None:
        return event.report.overload_id, "", "", ""
    return _report(event.report)


def _report(report: Report | None) -> _Cells:
    if report is None:
        return ("",) * len(_NUMBERS)
    return (
        report.overload_id,
        report.throttled_seq,
        report.throttled_count,
        report.total_suppressed,
    )


def _eui(eui64: bytes | None) -> str:
    return "" if eui64 is None else eui64.hex().upper()
