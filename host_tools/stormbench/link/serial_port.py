"""A real port through pyserial: a board on USB, a pseudo-terminal, a socket, RFC 2217."""

import os
import time
from time import monotonic_ns

import serial

from stormbench.errors import InvalidInput, LinkLost, NoHub
from stormbench.link.baud import split_baud
from stormbench.link.board_ports import BoardPort, best_ports, named, numbered

_CAN_BE_EXCLUSIVE = True if os.name == "posix" else None

_PIECE_MS = 1
"""How long one read of a URL waits. A read of RFC 2217 cannot be given another time each: pyserial
negotiates all settings anew when the timeout changes, 50 ms and more (serial/rfc2217.py)."""

_PIECE_BYTES = 4096
"""More than a hub sends in a piece; a socket does not say how much has come."""


class SerialPort:
    """A port that pyserial opened."""

    def __init__(
        self, name: str, port: serial.Serial, baud: int, board: BoardPort | None = None
    ) -> None:
        self.name = name
        self._port = port
        self._baud = baud
        self._board = board

    @classmethod
    def open(cls, name: str) -> "SerialPort":
        """Open `auto`, `id:SERIAL`, a device's name, or a URL that pyserial knows.

        The first two take the best port that the board has. Each may have `?baud=N` behind it.

        Raises:
            NoHub: there is no such port, or it cannot be opened.
            InvalidInput: `auto`, and there are several; or no such baud rate.
        """
        name, baud = split_baud(name)
        device, board = _device(name)
        try:
            return cls(device, _open(device, baud), baud, board)
        except (serial.SerialException, ValueError, OSError) as error:
            raise NoHub(f"{device} cannot be opened: {error}; {_CHOICES}") from error

    def write(self, burst: bytes) -> None:
        """Send all of `burst`."""
        try:
            self._port.write(burst)
        except (serial.SerialException, OSError) as error:
            raise self._lost(error) from error

    def read(self, timeout_ms: int) -> bytes:
        """What has come; b"" if nothing within `timeout_ms`."""
        try:
            if _is_url(self.name):
                return self._read_pieces(timeout_ms)
            self._port.timeout = timeout_ms / 1000
            first = bytes(self._port.read(1))
            return first + bytes(self._port.read(self._port.in_waiting)) if first else b""
        except (serial.SerialException, OSError) as error:
            raise self._lost(error) from error

    def _read_pieces(self, timeout_ms: int) -> bytes:
        until_ms = self.now_ms() + timeout_ms
        while not (piece := bytes(self._port.read(_PIECE_BYTES))):
            if self.now_ms() >= until_ms:
                break
        return piece

    def now_ms(self) -> int:
        """The wall clock's."""
        return self.now_us // 1_000

    @property
    def now_us(self) -> int:
        """The wall clock's."""
        return monotonic_ns() // 1_000

    def pass_ms(self, duration_ms: int) -> None:
        """The wall clock's time."""
        time.sleep(duration_ms / 1000)

    def reopen(self) -> None:
        """Open it again, under whatever name the same port has now.

        One that was found as the best of its board is the best that the board has now.
        """
        self._port.close()
        try:
            self.name = (self._board and self._board.device()) or self.name
            self._port = _open(self.name, self._baud)
        except (serial.SerialException, ValueError, OSError) as error:
            raise self._lost(error) from error

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()

    def _lost(self, error: Exception) -> LinkLost:
        return LinkLost(f"the link on {self.name} is lost: {error}; plug it in and try again")


_CHOICES = (
    "expected auto, id:SERIAL, a port such as /dev/ttyACM0, COM3 or /dev/ttyUSB0?baud=921600, or "
    "a URL; `stormbench ports` lists what is plugged in"
)


def _open(device: str, baud: int) -> serial.Serial:
    """Nobody else can open it meanwhile, where the system knows of such a thing."""
    if _is_url(device):
        return serial.serial_for_url(device, baudrate=baud, timeout=_PIECE_MS / 1000)
    return serial.Serial(device, baudrate=baud, timeout=0, exclusive=_CAN_BE_EXCLUSIVE)


def _is_url(device: str) -> bool:
    return "://" in device


def _device(name: str) -> tuple[str, BoardPort | None]:
    """What to open, and what it is of a board."""
    if name == "auto":
        found = best_ports()
        if len(found) > 1:
            raise InvalidInput(f"several boards: {', '.join(found)}; name one of them")
        if not found:
            raise NoHub(f"no board with MicroPython is plugged in; {_CHOICES}")
        port = named(found[0])
        return found[0], port and BoardPort(port.serial_number)
    if name.startswith("id:"):
        board = numbered(name[3:])
        device = board and board.device()
        if not device:
            raise NoHub(f"no port whose serial number is {name[3:].upper()} is plugged in")
        return device, board
    return name, named(name)
