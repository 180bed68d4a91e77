"""The PIO blocks, out of the way of the core until firmware uses one.

rp2040py asks both blocks after every instruction whether they have something to do, which costs a
seventh of all wall time. Firmware that loads no PIO program does not need that. So the chip's
list of blocks is empty until a program is loaded or a state machine switched on, and full from
then on. What the blocks do is rp2040py's.
"""

from collections.abc import Callable

from rp2040py.peripherals.peripheral import ATOMIC_CLEAR, Peripheral
from rp2040py.rp2040 import RP2040

PIO_AT = (0x50200, 0x50300)

# RP2040 datasheet, 3.7: the state machines' enable bits, and the 32 words of program memory.
CTRL = 0x00
ENABLE_BITS = 0x0F
PROGRAM_BEGIN = 0x48
PROGRAM_END = 0xC8


class PioGate:
    """Keeps the chip's PIO blocks aside until one is used."""

    def __init__(self, chip: RP2040, on_used: Callable[[], None]) -> None:
        self.is_open = False
        self._chip = chip
        self._on_used = on_used
        self._blocks = chip.pio
        for address, block in zip(PIO_AT, self._blocks, strict=True):
            chip.peripherals[address] = _WatchedPio(block, self.open)
        chip.pio = []

    def open(self) -> None:
        """From now on the blocks run with the core."""
        if not self.is_open:
            self.is_open = True
            self._chip.pio = self._blocks
            self._on_used()

    def reset_chip(self, *, from_watchdog: bool) -> None:
        """Reset the chip, all of its blocks included."""
        self._chip.pio = self._blocks
        self._chip.enter_reset(from_watchdog=from_watchdog)
        self._chip.pio = self._blocks if self.is_open else []


class _WatchedPio:
    """One PIO block on the bus, which says when it is first used."""

    def __init__(self, block: Peripheral, on_used: Callable[[], None]) -> None:
        self._block = block
        self._on_used = on_used
        self.read_uint32 = block.read_uint32
        self.reset = block.reset

    def write_uint32(self, offset: int, value: int) -> None:
        """Write a register, through one of the bus's own aliases."""
        self.write_uint32_atomic(offset, value, 0)

    def write_uint32_atomic(self, offset: int, value: int, atomic_type: int) -> None:
        """Write a register, set, clear or toggle bits of it."""
        is_program = PROGRAM_BEGIN <= offset < PROGRAM_END and value
        is_start = offset == CTRL and value & ENABLE_BITS and atomic_type != ATOMIC_CLEAR
        if is_program or is_start:
            self._on_used()
        self._block.write_uint32_atomic(offset, value, atomic_type)
