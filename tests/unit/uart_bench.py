"""One UART of a chip whose clock the test moves, its registers, and what left its line when."""

from rp2040py.rp2040 import RP2040

from stormbench.emulator.uart import BoardUart

UART0 = 0x4003_4000
CLK_PERI_CTRL = 0x4000_8048
USB_PLL_ON = 1 << 11 | 2 << 5

DR, RSR, FR, IBRD, FBRD, LCR_H, CR = 0x00, 0x04, 0x18, 0x24, 0x28, 0x2C, 0x30
IFLS, IMSC, RIS, MASKED, ICR = 0x34, 0x38, 0x3C, 0x40, 0x44

BUSY, RXFE, TXFF, RXFF, TXFE = 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7
RX, TX, RT, OE = 1 << 4, 1 << 5, 1 << 6, 1 << 10
DR_OE, RSR_OE = 1 << 11, 1 << 3

EIGHT_BITS, WITH_FIFOS = 0b11 << 5, 1 << 4
ALL_ON = 1 << 9 | 1 << 8 | 1

BYTE_NS = 10_000
"""At a divisor of 7.8125 of 125 MHz, which is 1 MBaud."""


class UartBench:
    """UART 0 at 1 MBaud with its FIFOs on, as firmware sets it up."""

    def __init__(self, line_control: int = EIGHT_BITS | WITH_FIFOS) -> None:
        self.chip = RP2040()
        self.uart = BoardUart(self.chip, "UART0", 20, self.chip.uart[0].dreq)
        self.chip.uart[0] = self.uart
        self.chip.peripherals[UART0 >> 12] = self.uart
        self.left: list[tuple[int, int]] = []
        self.uart.on_byte = lambda byte: self.left.append((self.now_ns, byte))
        self.set_up(line_control)

    @property
    def now_ns(self) -> int:
        return round(self.chip.clock.nanos)

    @property
    def interrupts(self) -> list[int]:
        """Those that are pending at the core."""
        pending = self.chip.core.pending_interrupts
        return [number for number in range(32) if pending >> number & 1]

    def set_up(self, line_control: int = EIGHT_BITS | WITH_FIFOS) -> None:
        self.write(IBRD, 7)
        self.write(FBRD, 52)
        self.write(LCR_H, line_control)
        self.write(CR, ALL_ON)

    def write(self, register: int, value: int) -> None:
        self.chip.write_uint32(UART0 + register, value)

    def read(self, register: int) -> int:
        return self.chip.read_uint32(UART0 + register)

    def flags(self, mask: int) -> int:
        return self.read(FR) & mask

    def send(self, octets: bytes) -> None:
        for byte in octets:
            self.write(DR, byte)

    def come_in(self, octets: bytes) -> None:
        """Bytes come in one after the other, at the line's rate."""
        for byte in octets:
            self.run_ns(BYTE_NS)
            self.uart.feed_byte(byte)

    def take(self, count: int) -> bytes:
        return bytes(self.read(DR) & 0xFF for _ in range(count))

    def run_ns(self, duration_ns: float) -> None:
        self.chip.clock.tick(duration_ns)
