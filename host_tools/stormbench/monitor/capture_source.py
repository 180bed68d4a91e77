"""Records out of a capture file: a finished one to its end, or one that is still written."""

from collections.abc import Callable, Iterator
from pathlib import Path

from stormbench.capture.reading import Records, require_capture, require_protocol
from stormbench.capture.records import HEAD, Record
from stormbench.errors import HostToolError
from stormbench.printable import printable

_CHUNK_BYTES = 1 << 16


class CaptureReplaced(HostToolError):
    """The file that is followed is no longer the one that it was."""


def follow(path: Path, wait: Callable[[], None]) -> Iterator[Record | None]:
    """The records of a capture that others write, for ever; None each time there is nothing new.

    A file that is not there yet is waited for: a recording begins it with its first record.

    Args:
        wait: lets some time pass; called before each None.

    Raises:
        InvalidInput: it is no capture, or of another format or protocol. CaptureReplaced: it has
            become shorter.
    """
    while not _has_head(path):
        wait()
        yield None
    require_capture(path)
    records, read_bytes = Records(), 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK_BYTES)
            read_bytes += len(chunk)
            for record in records.feed(chunk):
                require_protocol(record, path)
                yield record
            if chunk:
                continue
            _require_whole(path, read_bytes)
            wait()
            yield None


def _has_head(path: Path) -> bool:
    """Whether it is there with as many bytes as tell what it is; a folder is told at once."""
    return path.exists() and (not path.is_file() or path.stat().st_size > len(HEAD))


def _require_whole(path: Path, read_bytes: int) -> None:
    size = path.stat().st_size if path.exists() else 0
    if size < read_bytes:
        raise CaptureReplaced(
            f"{printable(str(path))}: has {size} bytes, and {read_bytes} were read of it: it was "
            "cut or replaced while it was followed; start again"
        )
