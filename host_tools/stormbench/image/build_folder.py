"""A build folder that is used again where that is safe, and emptied where it is not.

It is emptied when anything but the firmware changed, because MicroPython's makefiles do not see a
changed board header or compiler, and after a build that was killed, which may have left half an
object file.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MARK = "surroundings.txt"


@contextmanager
def build_folder(folder: Path, surroundings: str) -> Iterator[None]:
    """Make a folder fit to build in; while the block runs, the mark in it is away.

    Args:
        folder: The folder, which only the caller uses.
        surroundings: A hash of all that must be the same for what is there to be of use.
    """
    mark = folder / _MARK
    if not mark.is_file() or mark.read_text(encoding="ascii") != surroundings:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    mark.unlink(missing_ok=True)
    try:
        yield
    finally:
        mark.write_text(surroundings, encoding="ascii")
