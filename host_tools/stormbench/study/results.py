"""The file in which a study keeps what each run came to, so that it can go on where it stopped.

JSON lines: the first says which study it is, each other is a run. A line that was cut off when
the power went is left out, and its run is made again.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from stormbench.errors import HostToolError, InvalidInput


class ResultsNotWritten(HostToolError):
    """The drive is full, or the folder cannot be written."""


class Results:
    """The runs of one study.

    Args:
        path: of the file; made if it is not there.
        identity: what the study depends on; one that is there is gone on with only if its is this.

    Attributes:
        runs: by the keys of their jobs, as `study.job.run_job` returns them.

    Raises:
        InvalidInput: the file is no study's, or another one's.
    """

    def __init__(self, path: Path, identity: Mapping[str, Any]) -> None:
        self._path = path
        self.runs: dict[str, dict[str, Any]] = {}
        has_head = self._read(dict(identity))
        try:
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise self._not_written(error) from error
        if not has_head:
            self._write({"study": dict(identity)})

    def add(self, run: dict[str, Any]) -> None:
        """One more run is done.

        Raises:
            ResultsNotWritten: and the runs before it are safe.
        """
        self._write(run)
        self.runs[run["key"]] = run

    def __enter__(self) -> "Results":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _read(self, identity: dict[str, Any]) -> bool:
        """Take over what is there; whether there is a first line."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return False
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{self._path}: cannot be read as a study: {error}") from error
        whole, _, cut_off = text.rpartition("\n")
        if cut_off:
            self._path.write_text(whole + "\n" if whole else "", encoding="utf-8")
        head, *lines = whole.split("\n") if whole else [""]
        if not head:
            return False
        self._require_same(head, identity)
        for line in lines:
            run = json.loads(line)
            self.runs[run["key"]] = run
        return True

    def _require_same(self, head: str, identity: dict[str, Any]) -> None:
        try:
            there = json.loads(head)["study"]
            differs = [name for name in identity if there.get(name) != identity[name]]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInput(
                f"{self._path}: expected a study's results, got something else; name another --out"
            ) from error
        if differs:
            raise InvalidInput(
                f"{self._path}: is of a study with another {' and '.join(differs)}; name another "
                "--out, or remove the file"
            )

    def _write(self, line: Mapping[str, Any]) -> None:
        try:
            self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
            self._file.flush()
        except OSError as error:
            raise self._not_written(error) from error

    def _not_written(self, error: OSError) -> ResultsNotWritten:
        return ResultsNotWritten(
            f"{self._path}: cannot be written: {error.strerror}; free some space or name another "
            "folder with --out; what is done is kept"
        )
