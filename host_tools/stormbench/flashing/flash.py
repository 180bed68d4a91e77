"""From an image to a board that runs it: all the steps in order, each of which may say no."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stormbench.attached.asking import Answer
from stormbench.attached.drives import BootDrive, find_drives
from stormbench.errors import NoHub
from stormbench.flashing.bootsel import THE_BUTTON, send_to_bootsel
from stormbench.flashing.clock import Clock, WallClock, await_found
from stormbench.flashing.coming_back import await_board, await_restart, board_numbers
from stormbench.flashing.copying import copy_image, file_name
from stormbench.flashing.drive_choice import choose_drive, no_drive
from stormbench.flashing.image_choice import FitImage
from stormbench.image.running import OnStep
from stormbench.link.board_ports import FoundPort

WAIT_S = 30.0
"""For each wait. A board restarts within a second; a desktop may take several to mount a drive,
and the first boot of a hub makes its file system."""


@dataclass(frozen=True)
class Flashed:
    """Where an image went, and who answered then; None: nobody waited for that."""

    drive: Path
    port: FoundPort | None = None
    answer: Answer | None = None


def flash(
    image: FitImage,
    roots: Sequence[Path],
    port: str | None,
    wait_s: float,
    on_step: OnStep,
    clock: Clock | None = None,
) -> Flashed:
    """Write an image onto the one board at BOOTSEL, and see what runs then.

    Args:
        image: it has been looked at.
        roots: where drives may be.
        port: of a board that is sent to BOOTSEL first; None: one is there already.
        wait_s: the longest for each wait; 0: what runs is not looked at.
        on_step: told what is being done.

    Raises:
        NoHub: no board is at BOOTSEL, or comes there. InvalidInput: several are.
        DriveFull, DriveGone: see `copying`. HubTimeout: the board does not come back.
        ForeignHub: it does, with another firmware. NotAtBootsel: see `bootsel`.
    """
    clock = clock or WallClock()
    drive = choose_drive(roots) if port is None else _sent(port, roots, wait_s, clock, on_step)
    before = board_numbers()
    copy_image(image.content, file_name(image.path), drive, on_step)
    if wait_s == 0:
        return Flashed(drive.path)
    await_restart(drive, before, wait_s, clock, on_step)
    if not image.can_be_asked:
        return Flashed(drive.path)
    return Flashed(drive.path, *await_board(image, before, wait_s, clock, on_step))


def _sent(
    port: str, roots: Sequence[Path], wait_s: float, clock: Clock, on_step: OnStep
) -> BootDrive:
    """The drive that was not there before its board was sent to BOOTSEL."""
    before = find_drives(roots)
    wait_s = wait_s or WAIT_S
    on_step(f"sending the board on {port} to BOOTSEL", None)
    send_to_bootsel(port)
    on_step(f"waiting for its drive, at most {wait_s:g} s", None)

    def look() -> BootDrive | None:
        new = [drive for drive in find_drives(roots) if drive not in before]
        return new[0] if new else None

    drive = await_found(look, wait_s, clock)
    if drive is None:
        raise NoHub(f"the board on {port} was sent to BOOTSEL; {no_drive(roots)}; {THE_BUTTON}")
    return choose_drive([drive.path])
