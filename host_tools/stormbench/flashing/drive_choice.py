"""The one drive that an image goes onto, or why there is none to choose."""

from collections.abc import Sequence
from pathlib import Path

from stormbench.attached.drives import INFO_FILE, UNMOUNTED, BootDrive, find_drives, labelled
from stormbench.errors import InvalidInput, NoHub
from stormbench.link.board_ports import found_ports


def choose_drive(roots: Sequence[Path]) -> BootDrive:
    """The drive of the only board at BOOTSEL.

    Raises:
        NoHub: there is none. InvalidInput: there are several, or the only one is of another chip.
    """
    found = find_drives(roots)
    fitting = [drive for drive in found if drive.is_rp2040]
    if len(fitting) > 1:
        paths = [str(drive.path) for drive in fitting]
        raise InvalidInput(
            f"several boards are at BOOTSEL: {', '.join(paths)}; name one: `--drive-root "
            f"{paths[0]}`"
        )
    if fitting:
        return fitting[0]
    if found and not found[0].board_id:
        raise InvalidInput(
            f"{found[0].path / INFO_FILE} is not what a boot ROM has there: expected a line "
            "Board-ID: RPI-RP2, got none; unplug the board, and hold BOOTSEL while you plug it in"
        )
    if found:
        raise InvalidInput(
            f"{found[0].path} is the drive of a board with another chip: expected Board-ID "
            f"RPI-RP2 in its INFO_UF2.TXT, got {found[0].board_id}"
        )
    raise NoHub(no_drive(roots))


def no_drive(roots: Sequence[Path]) -> str:
    """That there is no board at BOOTSEL, and every way there that can be seen from here."""
    places = ", ".join(map(str, roots))
    ways = ["hold BOOTSEL while you plug the board in"]
    numbers = {port.serial_number for port in found_ports() if port.role != "adapter"}
    known = sorted(filter(None, numbers))
    ways += [f"`--port id:{number}` sends that board there" for number in known]
    if UNMOUNTED.exists():
        ways.append(f"{UNMOUNTED} is not mounted: `udisksctl mount -b {UNMOUNTED}`")
    ways += [f"{path} has no INFO_UF2.TXT: plug it in anew" for path in labelled(roots)]
    ways.append("`--drive-root DIR` names another place to look")
    return (
        f"no board is at BOOTSEL: expected a drive with INFO_UF2.TXT (label RPI-RP2) under "
        f"{places}; {'; '.join(ways)}"
    )
