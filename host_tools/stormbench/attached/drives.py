"""Drives as which boards show themselves at BOOTSEL, found by the file that their boot ROM writes.

A drive is known by INFO_UF2.TXT; its label, RPI-RP2, is the name of its folder on Linux and macOS
and nowhere to be seen on Windows. Only reads.

Source: RP2040 data sheet, 2.8.4.1 "The RP2040 Drive" (label, INFO_UF2.TXT); pico-bootrom,
usb_virtual_disk.c (its lines).
"""

import getpass
import os
import platform
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

INFO_FILE = "INFO_UF2.TXT"
LABEL = "RPI-RP2"
BOARD_ID = "RPI-RP2"
"""What the boot ROM of an RP2040 says; that of an RP2350 says RP2350."""

UNMOUNTED = Path("/dev/disk/by-label") / LABEL
"""Where Linux shows a drive that may not be mounted."""

_LONGEST_INFO_BYTES = 4096


@dataclass(frozen=True)
class BootDrive:
    """A drive with INFO_UF2.TXT in it."""

    path: Path
    board_id: str
    bootloader: str
    """The first line of the file: `UF2 Bootloader v3.0`."""

    @property
    def is_rp2040(self) -> bool:
        """Whether the chip behind it is the one that images are built for."""
        return self.board_id == BOARD_ID

    @property
    def is_there(self) -> bool:
        """Whether it still is: a board that restarts takes its drive away."""
        return (self.path / INFO_FILE).is_file()


def default_roots() -> list[Path]:
    """Where this operating system puts drives that are plugged in."""
    system = platform.system()
    if system == "Windows":
        return [Path(f"{letter}:\\") for letter in string.ascii_uppercase[3:]]
    if system == "Darwin":
        return [Path("/Volumes")]
    return [Path("/media") / getpass.getuser(), Path("/run/media") / getpass.getuser()]


def find_drives(roots: Iterable[Path]) -> list[BootDrive]:
    """Find the drives of boards at BOOTSEL.

    Args:
        roots: Folders that are such drives, or hold them.

    Returns:
        Those there are, of whatever chip, in the order of their paths.
    """
    found = {}
    for root in roots:
        for path in _folders(root):
            drive = _read_drive(path)
            if drive:
                found[path] = drive
    return [found[path] for path in sorted(found)]


def labelled(roots: Iterable[Path]) -> list[Path]:
    """Folders that bear the label and are no such drive: mounted amiss, or left behind."""
    return [
        path
        for root in roots
        for path in _folders(root)
        if path.name.startswith(LABEL) and not _read_drive(path)
    ]


def _folders(root: Path) -> Iterator[Path]:
    try:
        yield root
        yield from (Path(entry.path) for entry in os.scandir(root) if entry.is_dir())
    except OSError:  # Not there, not ours to read, or gone while we looked.
        return


def _read_drive(path: Path) -> BootDrive | None:
    try:
        with (path / INFO_FILE).open("rb") as file:
            lines = file.read(_LONGEST_INFO_BYTES).decode("ascii", "replace").splitlines()
    except OSError:
        return None
    said = dict(line.split(":", 1) for line in lines if ":" in line)
    return BootDrive(path, said.get("Board-ID", "").strip(), lines[0].strip() if lines else "")
