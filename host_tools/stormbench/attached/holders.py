"""Which programs have a serial port open, as Linux tells it in /proc; elsewhere nobody does."""

import os
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")


class Holder(NamedTuple):
    """A program that has a port open."""

    pid: int
    program: str


def holders_of(device: str, proc: Path = PROC) -> list[Holder]:
    """Find who has this device open, apart from this process.

    Those of other users are seen by root alone.
    """
    target = os.path.realpath(device)
    return [
        Holder(int(process.name), program_of(process))
        for process in processes(proc)
        if int(process.name) != os.getpid() and target in _open_files(process)
    ]


def processes(proc: Path = PROC) -> list[Path]:
    """The folders of the processes there are, in the order of their numbers."""
    try:
        found = [path for path in proc.iterdir() if path.name.isdigit()]
    except OSError:  # No such thing here.
        return []
    return sorted(found, key=lambda path: int(path.name))


def program_of(process: Path) -> str:
    """What a process calls itself: at most 15 letters (proc(5), /proc/pid/comm)."""
    try:
        return (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _open_files(process: Path) -> set[str]:
    found = set()
    try:
        for link in (process / "fd").iterdir():
            found.add(os.readlink(link))
    except OSError:  # Another user's, or it has ended.
        pass
    return found
