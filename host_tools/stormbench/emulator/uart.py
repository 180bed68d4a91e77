"""A UART whose transmit interrupt is raised by a byte that was sent, not always.

As shipped, rp2040py raises it whenever the interrupts are looked at, so that firmware which turns
UARTs on never leaves its interrupt handler. Nothing else is changed: a byte still takes no time.
"""

from rp2040py.peripherals import uart as registers
from rp2040py.peripherals.uart import RPUART


class BoardUart(RPUART):
    """One of the two UARTs."""

    def check_interrupts(self) -> None:
        """Raise or drop the interrupt, according to what is pending and what is wanted."""
        is_wanted = bool(self._interrupt_status & self._interrupt_mask)
        self.rp2040.set_interrupt(self.irq, is_wanted)

    def write_uint32(self, offset: int, value: int) -> None:
        """Write a register; a byte to the data register is sent at once, and its FIFO empty."""
        super().write_uint32(offset, value)
        if offset == registers.UARTDR:
            self._interrupt_status |= registers.UARTTXINTR
            self.check_interrupts()
