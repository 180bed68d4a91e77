"""What the pytest plugin keeps of each test: a capture of the link, and a log, in two files.

Both are named after the test and lie in one folder. Knows pytest's node ids, and no hook of it.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from stormbench.capture.parts import PartedRecording
from stormbench.capture.writing import CaptureFile, CaptureIncomplete
from stormbench.errors import HostToolError, InvalidInput
from stormbench.link.client import HubClient
from stormbench.printable import printable

_MOST_NAME = 120
"""Characters of a file's name: systems take 255 bytes, and some take 260 for the whole path."""


class Records:
    """Of all tests of a session, one after the other, on one link.

    Args:
        folder: for the files; made if it is not there.

    Attributes:
        recording: for whoever opens the hub.
        kept: the captures of tests that were kept, in order.
        complaints: a sentence for each file that is not whole.

    Raises:
        InvalidInput: the folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidInput(f"{folder}: cannot be made: {error.strerror}") from error
        self.folder = folder.absolute()  # a test may go elsewhere
        self.recording = PartedRecording()
        self.kept: list[Path] = []
        self.complaints: list[str] = []

    def begin(self, node_id: str, client: HubClient | None = None) -> "TestRecord":
        """Begin the record of a test; what is there of an earlier run of it goes.

        Args:
            client: of a hub that is open already; it has to say who it is again, without which a
                capture cannot be judged again.
        """
        record = TestRecord(self, node_id)
        self.recording.begin(record.write)
        if client is not None:
            with suppress(HostToolError):  # the test is to fail of that, and not its record
                client.introduce()
        return record


class TestRecord:
    """Of one test; `capture` and `log` are its files, the first there once a hub is."""

    __test__ = False  # pytest: it is none

    def __init__(self, records: Records, node_id: str) -> None:
        self._records = records
        name = _file_name(node_id)
        self.capture = records.folder / f"{name}.capture"
        self.log = records.folder / f"{name}.log"
        for path in (self.capture, self.log):
            with suppress(OSError):  # writing it says so
                path.unlink(missing_ok=True)
        self._file = CaptureFile(self.capture, records.complaints.append)
        self.write: Callable[[bytes], None] = self._file.write

    def end(self, log: Iterable[tuple[str, str]], *, is_kept: bool) -> None:
        """End both files.

        Args:
            log: (title, text) of what belongs into the log.
            is_kept: whether the files stay.
        """
        self._records.recording.end()
        with suppress(CaptureIncomplete):  # it is among the complaints
            self._file.__exit__(None, None, None)
        if not is_kept:
            with suppress(OSError):
                self.capture.unlink(missing_ok=True)
        elif self.capture.exists():
            self._records.kept.append(self.capture)
            self._write_log("".join(f"== {title}\n{text}\n" for title, text in log))

    def _write_log(self, text: str) -> None:
        try:
            self.log.write_text(text, encoding="utf-8")
        except OSError as error:
            self._records.complaints.append(
                printable(f"{self.log}: cannot be written: {error.strerror}")
            )


def _file_name(node_id: str) -> str:
    """A name for a test's files: readable, and by the digits no other test's."""
    plain = re.sub(r"[^\w.=-]+", "_", node_id, flags=re.ASCII).strip("_.")
    return f"{plain[-_MOST_NAME:]}-{hashlib.sha256(node_id.encode()).hexdigest()[:8]}"
