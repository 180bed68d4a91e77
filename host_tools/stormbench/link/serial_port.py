"""A real port through pyserial: a board on USB, a pseudo-terminal, a socket, RFC 2217."""

import os
import time
from time import monotonic_ns

import serial
from serial.tools import list_ports

from stormbench.errors import InvalidInput, LinkLost, NoHub
from stormbench.link.baud import split_baud

_PICO_USB = (0x2E8A, 0x0005)
"""Vendor and product of MicroPython's USB serial port on the RP2040 (its own USB ids)."""

_CAN_BE_EXCLUSIVE = True if os.name == "posix" else None


class SerialPort:
    """A port that pyserial opened."""

    def __init__(self, name: str, port: serial.Serial, baud: int) -> None:
        self.name = name
        self._port = port
        self._baud = baud
        self._identity = _identity(name)

    @classmethod
    def open(cls, name: str) -> "SerialPort":
        """Open `auto`, `id:SERIAL`, a device's name, or a URL that pyserial knows.

        Each may have `?baud=N` behind it.

        Raises:
            NoHub: there is no such port, or it cannot be opened.
            InvalidInput: `auto`, and there are several; or no such baud rate.
        """
        name, baud = split_baud(name)
        device = _device(name)
        try:
            return cls(device, _open(device, baud), baud)
        except (serial.SerialException, ValueError, OSError) as error:
            raise NoHub(f"{device} cannot be opened: {error}; `--hub` takes {_CHOICES}") from error

    def write(self, burst: bytes) -> None:
        """Send all of `burst`."""
        try:
            self._port.write(burst)
        except (serial.SerialException, OSError) as error:
            raise self._lost(error) from error

    def read(self, timeout_ms: int) -> bytes:
        """What has come; b"" if nothing within `timeout_ms`."""
        try:
            self._port.timeout = timeout_ms / 1000
            first = bytes(self._port.read(1))
            return first + bytes(self._port.read(self._port.in_waiting)) if first else b""
        except (serial.SerialException, OSError) as error:
            raise self._lost(error) from error

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
        """Open it again, under whatever name the same board has now."""
        self._port.close()
        try:
            self.name = _name_now(self._identity) or self.name
            self._port = _open(self.name, self._baud)
        except (serial.SerialException, ValueError, OSError) as error:
            raise self._lost(error) from error

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()

    def _lost(self, error: Exception) -> LinkLost:
        return LinkLost(f"the link on {self.name} is lost: {error}; plug it in and try again")


_CHOICES = (
    "sim, unix, emulated, emulated:uart, auto, id:SERIAL, a port such as /dev/ttyACM0, COM3 or "
    "/dev/ttyUSB0?baud=921600, or a URL"
)


def _open(device: str, baud: int) -> serial.Serial:
    """Nobody else can open it meanwhile, where the system knows of such a thing."""
    if "://" in device:
        return serial.serial_for_url(device, baudrate=baud, timeout=0)
    return serial.Serial(device, baudrate=baud, timeout=0, exclusive=_CAN_BE_EXCLUSIVE)


def _identity(device: str) -> str | None:
    """The USB serial number of the board behind a port, which it keeps when the name changes."""
    for port in list_ports.comports():
        if port.device == device:
            return port.serial_number
    return None


def _name_now(identity: str | None) -> str | None:
    for port in list_ports.comports():
        if identity is not None and port.serial_number == identity:
            return str(port.device)
    return None


def _device(name: str) -> str:
    if name == "auto":
        found = [p.device for p in list_ports.comports() if (p.vid, p.pid) == _PICO_USB]
        if len(found) > 1:
            raise InvalidInput(f"several boards: {', '.join(found)}; name one with --hub")
        if not found:
            raise NoHub(f"no board with MicroPython is plugged in; `--hub` takes {_CHOICES}")
        return str(found[0])
    if name.startswith("id:"):
        serial_number = name[3:].upper()
        for port in list_ports.comports():
            if (port.serial_number or "").upper() == serial_number:
                return str(port.device)
        raise NoHub(f"no port whose serial number is {serial_number} is plugged in")
    return name
