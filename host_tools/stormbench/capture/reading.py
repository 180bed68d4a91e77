"""Reads a capture file record by record, and says what is wrong with it at the end.

Holds one record at a time, whatever the file's size. Knows no frame's meaning.
"""

from collections.abc import Iterator
from pathlib import Path

from hubwire.frames import PROTOCOL_VERSION
from hubwire.framing import DELIMITER, Stretches
from hubwire.generate import definition_hash
from stormbench.capture.records import (
    FORMAT_VERSION,
    HEAD,
    MOST_RECORD_BYTES,
    TITLE,
    Begun,
    Ended,
    Record,
    RecordDamaged,
    Stretch,
    record_in,
)
from stormbench.errors import InvalidInput
from stormbench.printable import printable

_CHUNK_BYTES = 1 << 16
_MOST_HEAD_BYTES = 64


def require_capture(path: Path) -> None:
    """Go on only with a capture file that this version can read.

    Raises:
        InvalidInput: it cannot be read, is no capture, or is of another format version.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_MOST_HEAD_BYTES)
    except OSError as error:
        raise InvalidInput(f"{_shown(path)}: cannot be read: {error.strerror}") from error
    if head.startswith(HEAD + DELIMITER):
        return
    line, found_end, _ = head.partition(b"\n")
    version = line.removeprefix(TITLE)
    if line.startswith(TITLE) and found_end and version.isdigit() and line + b"\n" != HEAD:
        raise InvalidInput(
            f"{_shown(path)}: a capture of format version {version.decode()}; this stormbench "
            f"reads {FORMAT_VERSION}: take the stormbench that recorded it"
        )
    got = head[:32].hex(" ").upper() or "an empty file"
    expected = HEAD.decode().strip()
    raise InvalidInput(
        f"{_shown(path)}: no capture: expected it to begin with {expected!r}, got {got}"
    )


def require_protocol(record: Record, path: Path) -> None:
    """Go on only with records of frames that this version can read.

    Raises:
        InvalidInput: a session begins in which another protocol is spoken.
    """
    if not isinstance(record, Begun):
        return
    ours = definition_hash().hex().upper()
    if (record.protocol_version, record.definition_hash) != (PROTOCOL_VERSION, ours):
        raise InvalidInput(
            f"{_shown(path)}: frames of protocol version "
            f"0x{record.protocol_version:02X}, definition "
            f"{printable(record.definition_hash)}; this side reads "
            f"0x{PROTOCOL_VERSION:02X}, definition {ours}: take the stormbench that recorded "
            f"it, {printable(record.stormbench)}"
        )


class Records:
    """Turns the bytes of a capture, from its begin on and however they are cut, into records.

    For a file that still grows, too. `damaged` counts stretches that were no records, `unknown`
    records of a kind that this version does not know.
    """

    def __init__(self) -> None:
        self.damaged = 0
        self.unknown = 0
        self._stretches = Stretches(MOST_RECORD_BYTES)

    def feed(self, chunk: bytes) -> Iterator[Record]:
        """Each record that ends in this chunk."""
        for stretch, _ in self._stretches.feed(chunk):
            if stretch == HEAD:
                continue
            try:
                record = record_in(stretch)
            except RecordDamaged:
                self.damaged += 1
                continue
            if record is None:
                self.unknown += 1
            else:
                yield record

    @property
    def is_cut(self) -> bool:
        """Whether it has ended within a record; nothing can be fed after this was asked."""
        return any(True for _ in self._stretches.finish())


class Capture:
    """A capture file. Sessions are numbered from 1, in the order in which they began.

    Raises:
        InvalidInput: see `require_capture`.
    """

    def __init__(self, path: Path) -> None:
        require_capture(path)
        self.path = path
        self.complaints: tuple[str, ...] = ()
        """What was wrong with the file, as the last reading to its end found; a sentence each."""

    def records(self, session: int | None = None) -> Iterator[tuple[int, Record]]:
        """Every record with the number of its session; or those of one session.

        Raises:
            InvalidInput: the file cannot be read, or bears frames of another protocol.
        """
        records, ledger = Records(), _Ledger()
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    for record in records.feed(chunk):
                        number = ledger.take(record)
                        require_protocol(record, self.path)
                        if session in (None, number):
                            yield number, record
        except OSError as error:
            raise InvalidInput(f"{_shown(self.path)}: cannot be read: {error.strerror}") from error
        self.complaints = tuple(self._complaints(records, ledger))

    def sessions(self) -> list[Begun]:
        """How each session began; the first is number 1."""
        return [record for _, record in self.records() if isinstance(record, Begun)]

    def require_session(self, session: int) -> None:
        """Go on only with a session that is there.

        Raises:
            InvalidInput: it is not.
        """
        count = len(self.sessions())
        if not 1 <= session <= count:
            had = f"1 to {count}" if count else "none"
            raise InvalidInput(f"--session {session}: {_shown(self.path)} has sessions {had}")

    def _complaints(self, records: Records, ledger: "_Ledger") -> Iterator[str]:
        name = _shown(self.path)
        if records.is_cut:
            yield f"{name}: cut off in the middle of a record"
        if records.damaged:
            yield f"{name}: {records.damaged} stretches of it are damaged, and left out"
        if records.unknown:
            yield f"{name}: {records.unknown} records are of a kind that is not known here"
        for number, missing in ledger.missing():
            if missing is None:
                yield f"{name}: session {number} has no end: it was cut off, or is still recorded"
            elif missing:
                yield f"{name}: session {number} lacks {missing} of its frames"
        if ledger.strays:
            yield f"{name}: {ledger.strays} records belong to sessions whose begin is lost"


class _Ledger:
    """The sessions of a file: their numbers, and how much came of each."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._count = 0
        self._stretches: dict[int, int] = {}
        self._said: dict[int, int] = {}
        self.strays = 0

    def take(self, record: Record) -> int:
        """The number of its session; 0: none has begun with it."""
        if isinstance(record, Begun):
            self._count += 1
            self._numbers[record.session] = self._count
            self._stretches[self._count] = 0
        number = self._numbers.get(record.session, 0)
        if not number:
            self.strays += 1
        elif isinstance(record, Stretch):
            self._stretches[number] += 1
        elif isinstance(record, Ended):
            self._said[number] = record.stretches
        return number

    def missing(self) -> Iterator[tuple[int, int | None]]:
        """For each session how many stretches are missing; None: it has no end."""
        for number, came in self._stretches.items():
            yield number, self._said[number] - came if number in self._said else None


def _shown(path: Path) -> str:
    return printable(str(path))
