"""The DSP's incident store, its security log, and the counts that no document tells: SQLite.

Rows are written in the order in which things were learnt; `t_ms` is when they happened at their
source, so a hub's notice bears the hub's time. EUI-64s and codes are upper-case hex text. Knows
nothing of throttles: it is told what happened, and asked for sums.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from stormbench.dsp.identity import Key
from stormbench.errors import InvalidInput
from stormbench.link.northbound import Notice, Report

Source = Literal["hub", "dsp", "anomaly"]
"""Who noticed: a hub's throttle, the DSP's own throttle, or its anomaly detection."""

_TABLES = """
CREATE TABLE incident (
    source TEXT NOT NULL,       -- hub, dsp or anomaly
    hub_id INTEGER,             -- null unless the source is a hub
    originator TEXT NOT NULL,
    level TEXT NOT NULL,        -- amber or red: the highest it has reached
    opened_ms INTEGER NOT NULL,
    closed_ms INTEGER           -- null while it is open
);
CREATE TABLE security_log (
    t_ms INTEGER NOT NULL,
    source TEXT NOT NULL,
    hub_id INTEGER,
    event TEXT NOT NULL,
    originator TEXT,
    target TEXT,
    code TEXT,
    level TEXT NOT NULL,        -- amber, red, device, key or empty
    overload_id INTEGER,
    throttled_seq INTEGER,
    throttled_count INTEGER,
    total_suppressed INTEGER,
    shadow INTEGER NOT NULL
);
CREATE TABLE count_at_dsp (     -- suppressed alerts that are in no document to a User
    t_ms INTEGER NOT NULL,
    originator TEXT,
    target TEXT,
    code TEXT,
    count INTEGER NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX open_incident ON incident (source, hub_id, originator) WHERE closed_ms IS NULL;
"""
_THE_OPEN_ONE = "source = ? AND hub_id IS ? AND originator = ? AND closed_ms IS NULL"


@dataclass(frozen=True, slots=True)
class Incident:
    """A row of the incident store; `closed_ms` is None while it is open."""

    source: str
    hub_id: int | None
    originator: str
    level: str
    opened_ms: int
    closed_ms: int | None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A row of the security log."""

    t_ms: int
    source: str
    hub_id: int | None
    event: str
    originator: str | None
    target: str | None
    code: str | None
    level: str
    report: Report | None
    shadow: bool


class Store:
    """One run's store, in a new file or in memory; a context manager that closes it.

    Args:
        path: a file that does not exist or is empty, or ":memory:".

    Raises:
        InvalidInput: the file holds something, or cannot be written.
    """

    def __init__(self, path: Path | str = ":memory:") -> None:
        try:
            if str(path) != ":memory:" and Path(path).exists() and Path(path).stat().st_size:
                raise InvalidInput(f"{path}: holds something already; name a new file")
            self._database = sqlite3.connect(path)
        except (sqlite3.Error, OSError) as error:
            raise InvalidInput(f"{path}: cannot be used as a store: {error}") from error
        self._database.executescript(_TABLES)

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def commit(self) -> None:
        """Make everything written so far last."""
        self._database.commit()

    def close(self) -> None:
        """Commit, and let go of the file; may be called twice."""
        try:
            self._database.commit()
        except sqlite3.ProgrammingError:
            return  # closed before
        self._database.close()

    # Writing.

    def on_notice(self, source: Source, hub_id: int | None, notice: Notice) -> None:
        """Log a notice, and move the incident that it is about, unless it is one in shadow.

        A hub's notice may have been dropped on the WAN: an escalation of an incident that was
        never opened opens it at red, an opening closes the one before, and the close of none is
        only logged.
        """
        self.log(source, hub_id, notice)
        if notice.shadow:
            return
        incident = (source, hub_id, _hex(notice.originator))
        if notice.event == "INCIDENT_OPEN":
            self._close(incident, notice.at_ms)
            self._open(incident, notice.level, notice.at_ms)
        elif notice.event == "INCIDENT_ESCALATE":
            if not self._escalate(incident, notice.level):
                self._open(incident, notice.level, notice.at_ms)
        elif notice.event == "INCIDENT_CLOSE":
            self._close(incident, notice.at_ms)

    def log(self, source: Source, hub_id: int | None, notice: Notice) -> None:
        """Write a notice into the security log."""
        report = notice.report
        self._database.execute(
            "INSERT INTO security_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                notice.at_ms,
                source,
                hub_id,
                notice.event,
                _hex(notice.originator),
                _hex(notice.target),
                _code(notice.code),
                notice.level,
                report.overload_id if report else None,
                report.throttled_seq if report else None,
                report.throttled_count if report else None,
                report.total_suppressed if report else None,
                notice.shadow,
            ),
        )

    def keep_count(self, t_ms: int, key: Key | None, count: int, reason: str) -> None:
        """Write down `count` suppressed alerts that no document tells a User of, and why not."""
        originator, target, code = key or (None, None, None)
        row = (t_ms, _hex(originator), _hex(target), _code(code), count, reason)
        self._database.execute("INSERT INTO count_at_dsp VALUES (?, ?, ?, ?, ?, ?)", row)

    def _open(self, incident: tuple[str, int | None, str | None], level: str, t_ms: int) -> None:
        row = (*incident, level, t_ms)
        self._database.execute("INSERT INTO incident VALUES (?, ?, ?, ?, ?, NULL)", row)

    def _escalate(self, incident: tuple[str, int | None, str | None], level: str) -> bool:
        update = f"UPDATE incident SET level = ? WHERE {_THE_OPEN_ONE}"
        return self._database.execute(update, (level, *incident)).rowcount > 0

    def _close(self, incident: tuple[str, int | None, str | None], t_ms: int) -> None:
        update = f"UPDATE incident SET closed_ms = ? WHERE {_THE_OPEN_ONE}"
        self._database.execute(update, (t_ms, *incident))

    # Asking.

    def reported_to_dsp(self) -> int:
        """Suppressed alerts whose count came to the DSP and went into no document."""
        total = self._database.execute("SELECT COALESCE(SUM(count), 0) FROM count_at_dsp")
        return int(total.fetchone()[0])

    def incidents(self) -> list[Incident]:
        """Every incident, in the order in which they were learnt of."""
        rows = self._database.execute("SELECT * FROM incident ORDER BY rowid")
        return [Incident(*row) for row in rows]

    def security_log(self) -> list[LogEntry]:
        """Every entry, in the order in which they were written."""
        rows = self._database.execute("SELECT * FROM security_log ORDER BY rowid")
        return [_entry(row) for row in rows]


def _entry(row: tuple[Any, ...]) -> LogEntry:
    fields = list(row)
    numbers = fields[8:12]
    fields[8:12] = [None if numbers[0] is None else Report(*numbers)]
    fields[-1] = bool(fields[-1])
    return LogEntry(*fields)


def _hex(eui: bytes | None) -> str | None:
    return None if eui is None else eui.hex().upper()


def _code(code: int | None) -> str | None:
    return None if code is None else f"{code:04X}"
