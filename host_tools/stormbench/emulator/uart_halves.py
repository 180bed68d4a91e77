"""The two halves of a UART between its registers and its line: FIFOs, and when bytes pass.

After the PL011 in the RP2040 (data sheet, 4.2): a byte takes its bits on the line, one after the
other, and waits for its turn or its reader in a FIFO of 32. It knows the clock, and neither the
registers nor what hangs on the line.
"""

from collections import deque
from collections.abc import Callable

from rp2040py.clock.clock import IClock

FIFO_BYTES = 32
RECEIVE_TIMEOUT_BITS = 32
"""So long nothing may come before what waits in the receive FIFO is reported."""

OVERRUN = 1 << 11
"""In an entry of the receive FIFO: bytes were lost between the one before and this one."""


class TransmitHalf:
    """The transmit FIFO, and the shift register from which a byte leaves bit by bit.

    Attributes:
        byte_ns: How long a byte is on the line.
        level: How many bytes are left in the FIFO when it is reported as drained.
        depth: How many it holds.
    """

    def __init__(
        self, clock: IClock, on_sent: Callable[[int], None], on_drained: Callable[[], None]
    ) -> None:
        self.byte_ns = 0.0
        self.level = 0
        self.depth = 1
        self._on_sent = on_sent
        self._on_drained = on_drained
        self._alarm = clock.create_alarm(self._end_byte)
        self._fifo: deque[int] = deque()
        self._shifting: int | None = None
        self._is_running = False

    @property
    def is_empty(self) -> bool:
        """Nothing waits; the last byte may still be on its way."""
        return not self._fifo

    @property
    def is_full(self) -> bool:
        """No other byte can be put in."""
        return len(self._fifo) >= self.depth

    @property
    def is_busy(self) -> bool:
        """A byte waits, or is on its way."""
        return bool(self._fifo) or self._shifting is not None

    def put(self, byte: int) -> None:
        """Send a byte after those before it; one for which there is no room is lost."""
        if not self.is_full:
            self._fifo.append(byte)
            self._begin_byte()

    def run(self, is_running: bool) -> None:
        """Let bytes leave, or stop after the one that is on its way."""
        self._is_running = is_running
        self._begin_byte()

    def clear(self) -> None:
        """Forget what waits, and what was on its way."""
        self._alarm.cancel()
        self._fifo.clear()
        self._shifting = None

    def _begin_byte(self) -> None:
        if self._shifting is not None or not self._is_running or not self._fifo:
            return
        self._shifting = self._fifo.popleft()
        self._alarm.schedule(self.byte_ns)
        if len(self._fifo) == self.level:  # a passing of the level, not the level: PL011, 2.8.2
            self._on_drained()

    def _end_byte(self) -> None:
        byte, self._shifting = self._shifting, None
        self._begin_byte()
        if byte is not None:
            self._on_sent(byte)


class ReceiveHalf:
    """The receive FIFO: what has come, with what was wrong with it.

    Attributes:
        bit_ns: How long a bit is on the line.
        depth: How many bytes the FIFO holds.
    """

    def __init__(self, clock: IClock, on_timeout: Callable[[], None]) -> None:
        self.bit_ns = 0.0
        self.depth = 1
        self._on_timeout = on_timeout
        self._alarm = clock.create_alarm(self._time_out)
        self._fifo: deque[int] = deque()
        self._has_lost = False

    def __len__(self) -> int:
        return len(self._fifo)

    @property
    def is_full(self) -> bool:
        """The next byte will be lost."""
        return len(self._fifo) >= self.depth

    def put(self, entry: int) -> bool:
        """Keep a byte that has come, and its error bits above it.

        Returns:
            Whether there was room. The next byte that finds some then bears the OVERRUN bit.
        """
        self._alarm.schedule(RECEIVE_TIMEOUT_BITS * self.bit_ns)
        if self.is_full:
            self._has_lost = True
            return False
        self._fifo.append(entry | (OVERRUN if self._has_lost else 0))
        self._has_lost = False
        return True

    def take(self) -> int:
        """The oldest byte with its error bits; 0 where there is none."""
        return self._fifo.popleft() if self._fifo else 0

    def clear(self) -> None:
        """Forget what has come."""
        self._alarm.cancel()
        self._fifo.clear()
        self._has_lost = False

    def _time_out(self) -> None:
        if self._fifo:
            self._on_timeout()
