"""The file that a recording goes into: begun, or continued; and what happens when it is full.

The run is worth more than its recording, so a drive that is full ends the recording and not the
run. It is told at once, and again by the exit code.
"""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from types import TracebackType

from hubwire.framing import DELIMITER
from stormbench.capture.reading import require_capture
from stormbench.capture.records import HEAD
from stormbench.errors import HostToolError, InvalidInput
from stormbench.printable import printable


class CaptureIncomplete(HostToolError):
    """The run was done, and its capture is not all of it."""


class CaptureFile:
    """A capture to write into; nothing is on the drive before the first record.

    A capture that is there already is continued, as another session of it. Records are written
    whole and at once, so that what a killed process leaves is readable.

    Args:
        tell: is given a sentence when the recording ends before the run does.

    Raises:
        InvalidInput: the folder is not there, or the file is something else than a capture.
    """

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self._path = path
        self._tell = tell
        self._file: int | None = None
        self._written_bytes = 0
        self._failure: str | None = None
        self._lock = Lock()  # hubs that are flooded at once have a thread each
        if not path.parent.is_dir():
            raise InvalidInput(
                f"--capture {_shown(path)}: there is no folder {_shown(path.parent)}"
            )
        if path.exists() and (not path.is_file() or path.stat().st_size):
            try:
                require_capture(path)
            except InvalidInput as error:
                raise InvalidInput(f"--capture {error}; name another file") from error

    def write(self, octets: bytes) -> None:
        """Append whole records; nothing more after the first that did not fit."""
        with self._lock:
            if self._failure is not None:
                return
            try:
                self._append(octets)
            except OSError as error:
                self._failure = (
                    f"--capture {_shown(self._path)}: cannot be written: {error.strerror}; it "
                    f"ends after {self._written_bytes} bytes, and the rest of this run is not in "
                    "it"
                )
                self._tell(f"{self._failure}; the run goes on")

    def __enter__(self) -> "CaptureFile":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it.

        Raises:
            CaptureIncomplete: something of a run that went well is not in it.
        """
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._failure is not None and (error is None or not isinstance(error, HostToolError)):
            raise CaptureIncomplete(self._failure)

    def _append(self, octets: bytes) -> None:
        if self._file is None:
            # Each write goes to the end, whoever else writes into the file.
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
            self._file = os.open(self._path, flags, 0o644)
            is_new = os.fstat(self._file).st_size == 0
            # The delimiter ends whatever a run before this one left unfinished.
            octets = (HEAD if is_new else b"") + DELIMITER + octets
        left = memoryview(octets)
        while left:
            count = os.write(self._file, left)
            self._written_bytes += count
            left = left[count:]


def _shown(path: Path) -> str:
    return printable(str(path))
