"""An RP2040 with this project's blocks in the place of rp2040py's.

Only assembly: which class sits at which address. The chip starts in reset; `EmulatedPico` loads
it and lets it go.
"""

from collections.abc import Callable

from rp2040py.device.bootrom import BOOTROM_B1
from rp2040py.rp2040 import RP2040

from stormbench.emulator.flash import BoardFlash
from stormbench.emulator.rosc import BoardRosc
from stormbench.emulator.uart import BoardUart
from stormbench.emulator.usb_controller import UsbController

ROSC_AT = 0x40060
SSI_AT = 0x18000
UART_AT = (0x40034, 0x40038)
USB_AT = 0x50110


class CoreWatch:
    """What rp2040py logs, reduced to the one thing that matters: the core is lost.

    The core itself only complains of an instruction that does not exist. On a chip that is a
    HardFault, and where its handler is gone too, a lock-up.
    """

    def __init__(self, on_core_lost: Callable[[str], None]) -> None:
        self._on_core_lost = on_core_lost

    def debug(self, component_name: str, message: str) -> None:
        """Not kept."""

    def info(self, component_name: str, message: str) -> None:
        """Not kept."""

    def warning(self, component_name: str, message: str) -> None:
        """A block did something that it does not model, or the core is lost."""
        if component_name == "CortexM0Core":
            self._on_core_lost(message)

    def error(self, component_name: str, message: str) -> None:
        """As a warning: no block of the RP2040 ends the emulation."""
        self.warning(component_name, message)


def build_chip(
    unique_id: bytes, on_core_lost: Callable[[str], None]
) -> tuple[RP2040, UsbController, BoardFlash, BoardUart]:
    """A chip with its boot ROM, held at the start of its flash; its USB, flash and UART 0.

    Args:
        unique_id: 8 bytes, what the flash chip answers when asked for its identity.
        on_core_lost: Told when the core stops at a breakpoint or at something that is no code.
    """
    chip = RP2040()
    chip.logger = CoreWatch(on_core_lost)
    chip.on_break = lambda code: on_core_lost(f"breakpoint {code}")
    usb = UsbController(chip, "USB")
    chip.usb_ctrl = usb
    flash = BoardFlash(chip, "SSI", unique_id)
    chip.ssi = flash
    uarts = [BoardUart(chip, old.name, old.irq, old.dreq) for old in chip.uart]
    chip.uart[:] = uarts
    chip.peripherals.update(zip(UART_AT, uarts, strict=True))
    chip.peripherals[ROSC_AT] = BoardRosc(chip, "ROSC", unique_id)
    chip.peripherals[SSI_AT] = chip.ssi
    chip.peripherals[USB_AT] = usb
    chip.load_bootrom(BOOTROM_B1)
    chip.leave_reset()
    return chip, usb, flash, uarts[0]
