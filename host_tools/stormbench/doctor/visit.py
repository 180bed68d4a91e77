"""All that is looked at, in order: this computer first, then what is plugged into it."""

import platform
from collections.abc import Iterator, Sequence
from pathlib import Path

from stormbench.attached.boards import boards_attached
from stormbench.doctor.finding import Finding
from stormbench.doctor.hubs import board_findings, hub_findings
from stormbench.doctor.images import image_findings
from stormbench.doctor.programs import program_findings
from stormbench.doctor.python import python_findings


def visit(hub: str | None, uf2: Path | None, drive_roots: Sequence[Path]) -> Iterator[Finding]:
    """Look at everything.

    Args:
        hub: the only hub that is asked, as `--hub` takes it; None: every board that is there.
        uf2: the image of an emulated one.
        drive_roots: where boards at BOOTSEL show themselves.
    """
    yield from python_findings()
    yield from program_findings()
    yield from image_findings()
    boards = boards_attached(drive_roots)
    if platform.system() == "Linux":
        from stormbench.doctor.access import access_findings  # groups: POSIX alone has them

        yield from access_findings(boards)
    yield from board_findings(boards) if hub is None else hub_findings(hub, uf2)
