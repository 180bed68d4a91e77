"""Which of the serial ports of this computer are of one board, and which of a board's is its own.

A hub on USB has two: MicroPython's, and one of the firmware's own, which carries far more. Both
bear the board's serial number. The firmware's has a name in its descriptors, but only Linux tells
it; elsewhere it is the one with the higher number of its interface. Opens nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from serial.tools import list_ports

OWN_PORT = "stormbench hub"
"""Must match NAME in firmware/commshub/usb_function.py."""

_PICO_USB = (0x2E8A, 0x0005)
"""Vendor and product of MicroPython's USB serial port on the RP2040 (its own USB ids)."""


@dataclass(frozen=True)
class BoardPort:
    """What a port stays when it goes away and comes back under another name.

    Attributes:
        serial_number: Of the board.
        interface: Of its USB interfaces; -1: not known; None: the best that the board has.
        name: What it was called, which decides where several are known by the same.
    """

    serial_number: str
    interface: int | None = None
    name: str | None = None

    def device(self) -> str | None:
        """What the port is called now; None: it is not there."""
        ports = [p for p in list_ports.comports() if p.serial_number == self.serial_number]
        if self.interface is not None:
            ports = [port for port in ports if _interface(port) == self.interface]
        if self.name in [port.device for port in ports]:
            return self.name
        return _best(ports) if ports else None


def named(device: str) -> BoardPort | None:
    """The port of a board that has this name now; None: it is no board's."""
    for port in list_ports.comports():
        if port.device == device and port.serial_number is not None:
            return BoardPort(port.serial_number, _interface(port), device)
    return None


def numbered(serial_number: str) -> BoardPort | None:
    """The best port of the board with this serial number, in whatever case; None: not there."""
    for port in list_ports.comports():
        if port.serial_number is not None and port.serial_number.upper() == serial_number.upper():
            return BoardPort(port.serial_number)
    return None


def best_ports() -> list[str]:
    """The best port of each board with MicroPython."""
    boards: dict[str, list[Any]] = {}
    for port in list_ports.comports():
        if (port.vid, port.pid) == _PICO_USB:
            boards.setdefault(port.serial_number or port.device, []).append(port)
    return [_best(ports) for ports in boards.values()]


def repl_beside(device: str) -> str | None:
    """Where the REPL is of the board whose own port this is; None: the board has no other."""
    board = named(device)
    ports = list_ports.comports() if board else []
    others = [p for p in ports if board and p.serial_number == board.serial_number]
    repl = str(min(others, key=_rank).device) if others else device
    return repl if repl != device else None


def _best(ports: Iterable[Any]) -> str:
    return str(max(ports, key=_rank).device)


def _rank(port: Any) -> tuple[bool, int, list[tuple[int, str]]]:
    name = re.findall(r"\d+|\D+", port.device)
    in_order = [(int(part), "") if part.isdigit() else (-1, part) for part in name]
    return getattr(port, "interface", None) == OWN_PORT, _interface(port), in_order


def _interface(port: Any) -> int:
    """As pyserial has it behind a colon and a dot: `1-1.4:1.2`, `1-1:x.2`; -1: it does not."""
    found = re.search(r":\w+\.(\d+)$", getattr(port, "location", None) or "")
    return int(found[1]) if found else -1
