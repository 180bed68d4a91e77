"""A real port through pyserial: a board on USB, a pseudo-terminal, a socket, RFC 2217."""

from time import monotonic_ns

import serial
from serial.tools import list_ports

from stormbench.errors import InvalidInput, LinkLost, NoHub
from stormbench.link.baud import split_baud

_PICO_USB = (0x2E8A, 0x0005)
"""Vendor and product of MicroPython's USB serial port on the RP2040 (its own USB ids)."""


class SerialPort:
    """A port that pyserial opened."""

    def __init__(self, name: str, port: serial.Serial) -> None:
        self.name = name
        self._port = port

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
            port = serial.serial_for_url(device, baudrate=baud, timeout=0)
            return cls(device, port)
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
        return monotonic_ns() // 1_000_000

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()

    def _lost(self, error: Exception) -> LinkLost:
        return LinkLost(f"the link on {self.name} is lost: {error}; plug it in and try again")


_CHOICES = (
    "sim, unix, emulated, emulated:uart, auto, id:SERIAL, a port such as /dev/ttyACM0, COM3 or "
    "/dev/ttyUSB0?baud=921600, or a URL"
)


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
