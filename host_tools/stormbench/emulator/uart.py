"""The registers and interrupts of one of the chip's UARTs, a PL011 (RP2040 data sheet, 4.2).

rp2040py's sends in no time, has no levels and no overrun, and raises its transmit interrupt
whenever it looks, so that firmware which turns a UART on never leaves its interrupt handler. This
one passes bytes at the programmed rate through FIFOs of 32. Parity and break are not modelled, and
requests to the DMA are rp2040py's. It does not know what is at the other end of its line.
"""

from rp2040py.peripherals import clocks
from rp2040py.peripherals import uart as registers
from rp2040py.peripherals.uart import RPUART, IUARTDMAChannels
from rp2040py.rp2040 import RP2040

from stormbench.emulator.uart_halves import FIFO_BYTES, ReceiveHalf, TransmitHalf

UARTRSR = 0x04  # written, it is UARTECR
UARTIFLS = 0x34

TXFF = 1 << 5
BUSY = 1 << 3

STP2 = 1 << 3
PEN = 1 << 1

UARTRTINTR = 1 << 6
UARTOEINTR = 1 << 10

FRAMING_ERROR = 1 << 8
"""In UARTDR, above the byte; the other error bits are above it."""
RSR_OVERRUN = 1 << 3

IFLS_AT_RESET = 0b010_010
LEVELS = (4, 8, 16, 24, 28)
"""Bytes in a FIFO, by its field of UARTIFLS; other values are reserved."""

# RP2040 data sheet, 2.15.7: CLK_PERI_CTRL's AUXSRC, and what MicroPython makes of it (main.c: it
# sets the system clock, which leaves the peripheral clock with the USB's PLL).
AUXSRC_AT, AUXSRC_MASK = 5, 0b111
AUXSRC_USB_PLL = 2
USB_PLL_HZ = 48_000_000


class BoardUart(RPUART):
    """One of the two UARTs. What it sends goes to `on_byte`, at the end of the byte's time."""

    def __init__(self, chip: RP2040, name: str, irq: int, dreq: IUARTDMAChannels) -> None:
        super().__init__(chip, name, irq, dreq)
        self._sender = TransmitHalf(
            chip.clock, self._sent, lambda: self._raise(registers.UARTTXINTR)
        )
        self._receiver = ReceiveHalf(chip.clock, lambda: self._raise(UARTRTINTR))
        self._levels = IFLS_AT_RESET
        self._errors = 0  # UARTRSR
        self._set_up_line()

    @property
    def clock_hz(self) -> int:
        """The peripheral clock, by the source that the firmware has chosen for it."""
        source = self.rp2040.clocks.read_uint32(clocks.CLK_PERI_CTRL) >> AUXSRC_AT & AUXSRC_MASK
        return USB_PLL_HZ if source == AUXSRC_USB_PLL else int(self.rp2040.clk_peri)

    @property
    def bit_ns(self) -> float:
        """How long a bit is at the programmed rate; 0 while none is programmed."""
        return 16e9 * self.baud_divider / self.clock_hz

    @property
    def flags(self) -> int:
        """UARTFR."""
        return (
            (registers.TXFE if self._sender.is_empty else 0)
            | (TXFF if self._sender.is_full else 0)
            | (BUSY if self._sender.is_busy else 0)
            | (registers.RXFE if not self._receiver else 0)
            | (registers.RXFF if self._receiver.is_full else 0)
        )

    def reset(self) -> None:
        """Registers as at power-on, both FIFOs empty, and the line at rest."""
        super().reset()
        self._sender.clear()
        self._receiver.clear()
        self._levels = IFLS_AT_RESET
        self._errors = 0
        self._set_up_line()

    def check_interrupts(self) -> None:
        """Raise or drop the interrupt, according to what is pending and what is wanted."""
        is_wanted = bool(self._interrupt_status & self._interrupt_mask)
        self.rp2040.set_interrupt(self.irq, is_wanted)

    def feed_byte(self, value: int) -> None:
        """A byte has come in whole, with the error bits of UARTDR above it.

        One that finds the FIFO full is lost. The FIFO's level is looked at with each byte that
        comes: firmware that clears the interrupt and leaves bytes there is told again.
        """
        if not (self.enabled and self.rx_enabled):
            return
        if not self._receiver.put(value):
            self._errors |= RSR_OVERRUN
            self._raise(UARTOEINTR)
        elif len(self._receiver) >= self._receive_level:
            self._raise(registers.UARTRXINTR)

    def read_uint32(self, offset: int) -> int:
        """Read a register."""
        if offset == registers.UARTDR:
            return self._take()
        if offset == UARTRSR:
            return self._errors
        if offset == UARTIFLS:
            return self._levels
        return int(super().read_uint32(offset))

    def write_uint32(self, offset: int, value: int) -> None:
        """Write a register."""
        if offset == registers.UARTDR:
            self._sender.put(value & 0xFF)
        elif offset == UARTRSR:
            self._errors = 0
        elif offset == UARTIFLS:
            self._levels = value & 0o77
            self._set_up_line()
        else:
            had_fifos = self.fifos_enabled
            super().write_uint32(offset, value)
            if self.fifos_enabled != had_fifos:
                self._sender.clear()
                self._receiver.clear()
            if offset in (registers.UARTLCR_H, registers.UARTCR):
                self._set_up_line()

    @property
    def _receive_level(self) -> int:
        return _level(self._levels >> 3) if self.fifos_enabled else 1

    def _take(self) -> int:
        entry = self._receiver.take()
        # The overrun stays until it is written to; the rest is the error of the byte just read.
        self._errors = (self._errors & RSR_OVERRUN) | (entry >> 8 & ~RSR_OVERRUN)
        if len(self._receiver) < self._receive_level:
            self._interrupt_status &= ~registers.UARTRXINTR
        if not self._receiver:
            self._interrupt_status &= ~UARTRTINTR
        self.check_interrupts()
        return entry

    def _set_up_line(self) -> None:
        """Take over what was programmed; the chip, too, waits for UARTLCR_H to be written."""
        format_bits = 1 + self.word_length + bool(self._line_ctrl_register & PEN)
        format_bits += 2 if self._line_ctrl_register & STP2 else 1
        bit_ns = self.bit_ns
        depth = FIFO_BYTES if self.fifos_enabled else 1
        self._receiver.bit_ns = bit_ns
        self._receiver.depth = depth
        self._sender.byte_ns = format_bits * bit_ns
        self._sender.depth = depth
        self._sender.level = _level(self._levels) if self.fifos_enabled else 0
        self._sender.run(self.enabled and self.tx_enabled)

    def _raise(self, bit: int) -> None:
        self._interrupt_status |= bit
        self.check_interrupts()

    def _sent(self, byte: int) -> None:
        if self.on_byte:
            self.on_byte(byte)


def _level(field: int) -> int:
    return LEVELS[min(field & 0b111, len(LEVELS) - 1)]
