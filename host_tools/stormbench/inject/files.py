"""What is kept of an injection: the result, and every alert as JSON lines and as CSV."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stormbench.errors import HostToolError
from stormbench.inject.account import came_north
from stormbench.inject.one_hub import Result

RESULT, LINES, TABLE = "inject.json", "alerts.jsonl", "alerts.csv"

FIELDS = (
    "hub",
    "number",
    "device",
    "originator",
    "target",
    "code",
    "counter",
    "phase",
    "intended_us",
    "sent_us",
    "judged_us",
    "held_up_us",
    "verdict",
    "forwarded",
)


class ResultNotWritten(HostToolError):
    """The storm is over, and what came of it could not be kept."""


def write_files(folder: Path, document: Mapping[str, Any], results: Sequence[Result]) -> None:
    """Write `inject.json`, `alerts.jsonl` and `alerts.csv`.

    Raises:
        ResultNotWritten: the drive is full, or the folder cannot be written.
    """
    try:
        (folder / RESULT).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        with (
            (folder / LINES).open("w", encoding="utf-8") as lines,
            (folder / TABLE).open("w", encoding="utf-8", newline="") as table,
        ):
            writer = csv.DictWriter(table, FIELDS, lineterminator="\n")
            writer.writeheader()
            for result in results:
                for alert in alerts_of(result):
                    lines.write(json.dumps(alert) + "\n")
                    writer.writerow(alert)
    except OSError as error:
        raise ResultNotWritten(f"{folder}: cannot be written: {error.strerror}") from error


def alerts_of(result: Result) -> Iterator[dict[str, Any]]:
    """Each alert of one hub with `FIELDS`; None for what did not come to pass.

    Times are us from the beginning of the storm, by the port's clock; `held_up_us` is the part of
    `sent_us - intended_us` in which the hub or the link took nothing.
    """
    course, came = result.course, came_north(result.course.north)
    for number, shot in enumerate(result.shots):
        sent_us = _at(course.sent_us, number)
        yield {
            "hub": result.facts["hub"],
            "number": number,
            "device": shot.device,
            "originator": shot.originator.hex().upper(),
            "target": shot.target.hex().upper(),
            "code": f"{shot.code:04X}",
            "counter": shot.counter,
            "phase": shot.phase,
            "intended_us": shot.at_us,
            "sent_us": sent_us,
            "judged_us": _at(course.judged_us, number),
            "held_up_us": None if sent_us is None else course.held_up.within(shot.at_us, sent_us),
            "verdict": _at(course.verdicts, number),
            "forwarded": shot.message in came,
        }


def _at(values: Sequence[Any], number: int) -> Any:
    return values[number] if number < len(values) else None
