"""The stamped trace of a session: its alerts as TRACE.csv, with the arrivals that the hub counted.

The same alerts, though not the same messages: a trace has no more of one than its key.
"""

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stormbench.capture.frames import alert_in
from stormbench.capture.story import AlertSent, Step
from stormbench.errors import HostToolError, InvalidInput
from stormbench.printable import printable
from stormbench.replay.trace_file import HEADER


class TraceNotWritten(HostToolError):
    """The trace was made, and could not be kept."""


@dataclass(slots=True)
class Stamped:
    """How many alerts are in the trace, and how many messages are not, and why."""

    alerts: int = 0
    unjudged: int = 0
    not_alerts: int = 0


def write_trace(path: Path, steps: Iterable[Step]) -> Stamped:
    """Write a session's trace; what was there before is replaced once it is whole.

    Raises:
        InvalidInput: no alerts are in it, or the hub's clock was set back on the way, so that it
            is no one trace.
        TraceNotWritten: the drive is full, or the folder cannot be written.
    """
    counts = Stamped()
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="ascii", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(_rows(steps, counts))
        if not counts.alerts:
            raise InvalidInput(
                f"no alerts for {printable(str(path))}: of what is recorded, {counts.unjudged} "
                f"messages have no verdict and {counts.not_alerts} are no alerts"
            )
        os.replace(part, path)
    except OSError as error:
        raise TraceNotWritten(
            f"{printable(str(path))}: cannot be written: {error.strerror}"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return counts


def _rows(steps: Iterable[Step], counts: Stamped) -> Iterator[tuple[int, str, str, str]]:
    last_ms = 0
    for step in steps:
        if not isinstance(step, AlertSent):
            continue
        alert = alert_in(step.message)
        if step.at_ms is None:
            counts.unjudged += 1
        elif alert is None:
            counts.not_alerts += 1
        else:
            if step.at_ms < last_ms:
                raise InvalidInput(
                    f"alert {counts.alerts + 1} came at {step.at_ms} ms, and the one before at "
                    f"{last_ms} ms: the hub's clock was set back, so this is no one trace; "
                    "`stormbench capture replay` can follow it"
                )
            last_ms = step.at_ms
            counts.alerts += 1
            key = alert.originator.hex().upper(), alert.target.hex().upper()
            yield step.at_ms, *key, f"{alert.alert_code:04X}"
