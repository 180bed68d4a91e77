"""A UF2 file onto the drive of a board: in pieces, each of them on the board before the next.

The boot ROM restarts the board as soon as it has every block, so the drive may go away with the
last piece, and that is no error. Before that it is.
"""

import errno
import os
import shutil
from io import FileIO
from pathlib import Path

from stormbench.attached.drives import BootDrive
from stormbench.errors import HostToolError, LinkLost
from stormbench.image.running import OnStep

PIECE_BYTES = 64 * 1024

AGAIN = (
    "The board is not lost: its boot ROM cannot be overwritten. Unplug it, hold BOOTSEL while you "
    "plug it in, and flash it again"
)
_AS_IT_WAS = (
    "Nothing was written, so the board is as it was. Unplug it, hold BOOTSEL while you plug it "
    "in, which gives it a new drive, and flash it again"
)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_GONE = (errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOENT)
"""What Linux and macOS say of a device that went, while its folder may still seem to be there."""


class DriveFull(HostToolError):
    """The image does not fit on the drive; a board's own has room for any image."""


class DriveGone(LinkLost):
    """The drive went away before all was written."""


def copy_image(content: bytes, name: str, drive: BootDrive, on_step: OnStep) -> None:
    """Write an image onto a drive.

    Args:
        content: a whole UF2 file.
        name: what the file is called there, which means nothing to the board.
        on_step: told the share that is written.

    Raises:
        DriveFull: it does not fit. DriveGone: the drive went away. HostToolError: it cannot be
            written to.
    """
    _require_room(content, drive)
    target, written = drive.path / name, 0
    title = f"writing {name} to {drive.path}"
    on_step(title, 0.0)
    file = _created(target, drive, len(content))
    try:
        with file:
            while written < len(content):
                piece = content[written : written + PIECE_BYTES]
                _write_piece(file.fileno(), piece)
                written += len(piece)
                on_step(title, written / len(content))
    except OSError as error:
        _judge(error, written, content, drive)


def _created(target: Path, drive: BootDrive, whole: int) -> FileIO:
    """The file on the drive, which has nothing in it yet."""
    try:
        return target.open("wb", buffering=0)
    except OSError as error:
        if not drive.is_there or error.errno in _GONE:
            raise _gone(drive, 0, whole, error) from error
        raise HostToolError(
            f"{target} cannot be written to: {error.strerror}. {_AS_IT_WAS}"
        ) from error


def _require_room(content: bytes, drive: BootDrive) -> None:
    try:
        free = shutil.disk_usage(drive.path).free
    except OSError as error:
        raise _gone(drive, 0, len(content), error) from error
    if free < len(content):
        raise DriveFull(
            f"{drive.path} has room for {free} bytes, the image has {len(content)}: a board at "
            "BOOTSEL has room for any image, so something else is in its place; unplug the board, "
            "and hold BOOTSEL while you plug it in"
        )


def _write_piece(file: int, piece: bytes) -> None:
    while piece:
        piece = piece[os.write(file, piece) :]
    os.fsync(file)


def _judge(error: OSError, written: int, content: bytes, drive: BootDrive) -> None:
    """What a failed write means."""
    if error.errno in _FULL:
        raise DriveFull(
            f"{drive.path} was full after {written} of {len(content)} bytes. {AGAIN}"
        ) from error
    if drive.is_there and error.errno not in _GONE:
        raise HostToolError(
            f"{drive.path} cannot be written to: {error.strerror} after {written} of "
            f"{len(content)} bytes. {AGAIN}"
        ) from error
    is_last = len(content) - written <= PIECE_BYTES
    if not is_last:
        raise _gone(drive, written, len(content), error) from error


def _gone(drive: BootDrive, written: int, whole: int, error: OSError) -> DriveGone:
    return DriveGone(
        f"{drive.path} went away after {written} of {whole} bytes ({error.strerror}): was the "
        f"cable pulled? {AGAIN if written else _AS_IT_WAS}"
    )


def file_name(path: Path) -> str:
    """What an image is called on the drive: FAT takes 8.3 letters everywhere."""
    return f"{path.stem[:8].upper()}.UF2"
