"""A USB-UART adapter of the PC's, on GP0 and GP1 of an emulated board.

What is written is clocked onto the line byte by byte at the adapter's rate, whether or not
anybody listens: there is no flow control. What the board sends is collected. Where the rates of
both sides differ too much, or the firmware has not given the pins to its UART, bytes come out
wrong or not at all. It does not know what the bytes mean.
"""

from collections import deque
from collections.abc import Callable

from rp2040py.rp2040 import RP2040

from stormbench.emulator.uart import FRAMING_ERROR, BoardUart

BAUD = 921_600
"""What the hub's firmware sets on its side."""

NS_PER_S = 1_000_000_000
BITS_PER_BYTE = 10  # start, 8, stop

TX_PIN, RX_PIN = 0, 1  # as the board names them
FUNCTION_UART = 2  # RP2040 data sheet, 2.19.2

# A receiver samples the middle of each of 10 bits: at half a bit in ten it reads the wrong one.
# What is usable in practice is a little less.
TOLERANCE = 0.04


class UartAdapter:
    """The PC's end of UART 0's line.

    Attributes:
        baud: Of the adapter.
        on_event: Called whenever a byte has come from the board.
    """

    def __init__(self, chip: RP2040, uart: BoardUart, baud: int = BAUD) -> None:
        self.baud = baud
        self.on_event: Callable[[], None] = lambda: None
        self._chip = chip
        self._uart = uart
        self._to_board: deque[int] = deque()
        self._from_board = bytearray()
        self._is_sending = False
        self._alarm = chip.clock.create_alarm(self._end_byte)
        uart.on_byte = self._receive

    @property
    def is_heard(self) -> bool:
        """The firmware listens: its UART receives, on the pin that this adapter sends to."""
        return self._uart.enabled and self._uart.rx_enabled and self._has_pin(RX_PIN)

    @property
    def left_bytes(self) -> int:
        """How many bytes have still to reach the board."""
        return len(self._to_board)

    def write(self, chunk: bytes) -> None:
        """Queue bytes for the line; the first one starts now if the line is at rest."""
        self._to_board += chunk
        self._begin_byte()

    def read(self) -> bytes:
        """Take what has come so far; never waits."""
        chunk = bytes(self._from_board)
        self._from_board.clear()
        return chunk

    def waiting_bytes(self) -> int:
        """How many bytes `read` would return."""
        return len(self._from_board)

    def clear(self) -> None:
        """Forget what has come and what is queued, as closing and opening a port does."""
        self._alarm.cancel()
        self._is_sending = False
        self._to_board.clear()
        self._from_board.clear()

    def _begin_byte(self) -> None:
        if self._to_board and not self._is_sending:
            self._is_sending = True
            self._alarm.schedule(BITS_PER_BYTE * NS_PER_S / self.baud)

    def _end_byte(self) -> None:
        byte = self._to_board.popleft()
        self._is_sending = False
        self._begin_byte()
        if self.is_heard:
            self._uart.feed_byte(byte if self._is_at_one_rate() else byte ^ 0xFF | FRAMING_ERROR)

    def _receive(self, byte: int) -> None:
        if self._has_pin(TX_PIN):
            self._from_board.append(byte if self._is_at_one_rate() else byte ^ 0xFF)
            self.on_event()

    def _has_pin(self, pin: int) -> bool:
        return bool(self._chip.gpio[pin].function_select == FUNCTION_UART)

    def _is_at_one_rate(self) -> bool:
        bit_ns = NS_PER_S / self.baud
        return abs(self._uart.bit_ns - bit_ns) <= TOLERANCE * bit_ns
