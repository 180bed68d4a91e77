"""Which of the serial ports of this computer are of one board, and which of a board's is its own.

A hub on USB has two: MicroPython's, and one of the firmware's own, which carries far more. Both
bear the board's serial number. The firmware's has a name in its descriptors, but only Linux tells
it; elsewhere it is the one with the higher number of its interface. Opens nothing.
"""

import os
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
    return [_best(ports) for ports in _boards().values()]


def repl_ports() -> dict[str, str]:
    """MicroPython's own port of each board that has it, by the board's serial number."""
    return {board: str(min(ports, key=_rank).device) for board, ports in _boards().items()}


def is_micropythons(device: str) -> bool:
    """Whether this port, by whatever name, has the USB ids of MicroPython on an RP2040."""
    names = (device, os.path.realpath(device))
    return any(port.device in names for ports in _boards().values() for port in ports)


def _boards() -> dict[str, list[Any]]:
    """By serial number; a port without one is a board of its own, by its name."""
    boards: dict[str, list[Any]] = {}
    for port in list_ports.comports():
        if (port.vid, port.pid) == _PICO_USB:
            boards.setdefault(port.serial_number or port.device, []).append(port)
    return boards


@dataclass(frozen=True)
class FoundPort:
    """A serial port on USB, and what it is for.

    Attributes:
        serial_number: of the board; None: it tells none.
        usb: vendor and product, as `2E8A:0005`.
        role: `hub` for the firmware's own; `repl` for MicroPython's; `adapter` for what has not
            the USB ids of a board.
    """

    device: str
    serial_number: str | None
    usb: str
    role: str


def found_ports() -> list[FoundPort]:
    """The serial ports on USB; of each board the best one first."""
    ports = [port for port in list_ports.comports() if port.vid is not None]
    ports.sort(key=_rank, reverse=True)
    return [
        FoundPort(port.device, port.serial_number, f"{port.vid:04X}:{port.pid:04X}", role)
        for port in ports
        for role in [_role(port, [p for p in ports if p.serial_number == port.serial_number])]
    ]


def _role(port: Any, of_board: list[Any]) -> str:
    """`of_board`: all ports with its serial number, best first."""
    if (port.vid, port.pid) != _PICO_USB:
        return "adapter"
    if any(_name(each) for each in of_board):
        return "hub" if _name(port) == OWN_PORT else "repl"
    is_better = port.serial_number is not None and port is of_board[0] and len(of_board) > 1
    return "hub" if is_better else "repl"


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
    return _name(port) == OWN_PORT, _interface(port), in_order


def _name(port: Any) -> str | None:
    """Of its interface, where the system tells it."""
    return getattr(port, "interface", None)


def _interface(port: Any) -> int:
    """As pyserial has it behind a colon and a dot: `1-1.4:1.2`, `1-1:x.2`; -1: it does not."""
    found = re.search(r":\w+\.(\d+)$", getattr(port, "location", None) or "")
    return int(found[1]) if found else -1
