"""The boards of this computer: each with its ports, or with its drive where it is at BOOTSEL."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from stormbench.attached.drives import BootDrive, find_drives
from stormbench.link.board_ports import FoundPort, found_ports


@dataclass(frozen=True)
class Board:
    """One board, or another thing with a serial port on USB.

    Attributes:
        serial_number: a board's unique id; None: it tells none, as at BOOTSEL.
        ports: best first, as `--hub auto` takes them.
        drive: at BOOTSEL; such a board has no ports.
    """

    serial_number: str | None
    ports: tuple[FoundPort, ...] = ()
    drive: BootDrive | None = None

    @property
    def is_adapter(self) -> bool:
        """Whether its USB ids are not those of a board, but of a serial adapter or the like."""
        return bool(self.ports) and self.ports[0].role == "adapter"

    @property
    def name(self) -> str:
        """What `--hub` takes for it."""
        number = self.serial_number
        return f"id:{number}" if number else self.ports[0].device if self.ports else "BOOTSEL"


def boards_attached(drive_roots: Iterable[Path]) -> list[Board]:
    """All there are: boards, then boards at BOOTSEL, then adapters.

    Args:
        drive_roots: where to look for drives, see `find_drives`.
    """
    ports: dict[str, list[FoundPort]] = {}
    for port in found_ports():
        ports.setdefault(port.serial_number or port.device, []).append(port)
    found = [Board(each[0].serial_number, tuple(each)) for each in ports.values()]
    at_bootsel = [Board(None, drive=drive) for drive in find_drives(drive_roots)]
    boards = [board for board in found if not board.is_adapter]
    return [*boards, *at_bootsel, *(board for board in found if board.is_adapter)]
