"""A computer in a test: its serial ports, the drives of boards at BOOTSEL, and its time."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from stormbench.link.board_ports import OWN_PORT

PICO = (0x2E8A, 0x0005)
RP2040_INFO = "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n"
RP2350_INFO = "UF2 Bootloader v1.0\r\nModel: Raspberry Pi RP2350\r\nBoard-ID: RP2350\r\n"


def port(device: str, serial_number: str | None = "E661", **rest: Any) -> SimpleNamespace:
    """A port as pyserial tells of it."""
    vid, pid = rest.pop("usb", PICO)
    said = {"interface": None, "location": None, **rest}
    return SimpleNamespace(device=device, serial_number=serial_number, vid=vid, pid=pid, **said)


REPL_PORT = port("/dev/ttyACM0", interface="Board CDC", location="1-1.4:1.0")
HUB_PORT = port("/dev/ttyACM1", interface=OWN_PORT, location="1-1.4:1.2")
ADAPTER = port("/dev/ttyUSB0", "AX1", usb=(0x0403, 0x6001))
NO_USB = port("/dev/ttyS0", None, usb=(None, None))


def boot_drive(folder: Path, name: str = "RPI-RP2", info: str = RP2040_INFO) -> Path:
    """The folder of a drive, with what a board's boot ROM has in it."""
    drive = folder / name
    drive.mkdir(parents=True)
    (drive / "INFO_UF2.TXT").write_bytes(info.encode())
    return drive


class PassingTime:
    """Time that passes at once; `then` is what the world does meanwhile, once, at its time."""

    def __init__(self) -> None:
        self.at_s = 0.0
        self._to_come: list[tuple[float, Callable[[], object]]] = []

    def then(self, at_s: float, happens: Callable[[], object]) -> None:
        """Let something happen."""
        self._to_come.append((at_s, happens))

    def now_s(self) -> float:
        return self.at_s

    def pass_s(self, duration_s: float) -> None:
        self.at_s += duration_s
        due = [each for each in self._to_come if each[0] <= self.at_s]
        self._to_come = [each for each in self._to_come if each not in due]
        for _, happens in due:
            happens()
