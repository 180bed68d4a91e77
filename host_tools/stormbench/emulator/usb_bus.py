"""The time that a full-speed USB wire takes, shared by everything that crosses it.

rp2040py completes a transfer at once, as if the wire were infinitely fast. Here every transaction
waits for the ones before it and then takes its own time, in both directions and on all endpoints,
because there is one wire. It knows nothing of endpoints or of what the bytes mean.
"""

from collections import deque
from collections.abc import Callable

from rp2040py.clock.clock import IClock

# Together 52.5 us for a full 64-byte packet: 19 of them a millisecond, which is the most that
# USB 2.0 allows at full speed (section 5.8.4, table 5-9). The split into a fixed part (token,
# handshake, turn-round) and a part per byte is that of 12 Mbit/s with average bit stuffing.
TRANSACTION_NS = 9_000
BYTE_NS = 680


class FullSpeedBus:
    """One transaction at a time, in the order in which they were handed over."""

    def __init__(self, clock: IClock) -> None:
        self._alarm = clock.create_alarm(self._on_transaction_over)
        self._waiting: deque[tuple[int, Callable[[], None]]] = deque()

    def transact(self, size_bytes: int, on_done: Callable[[], None]) -> None:
        """Put one packet on the wire, after those that wait already.

        Args:
            size_bytes: Payload, 0 to 64.
            on_done: Called at the emulated time at which the handshake is over.
        """
        self._waiting.append((size_bytes, on_done))
        if len(self._waiting) == 1:
            self._start_first()

    def clear(self) -> None:
        """Forget everything on its way: the device has left the bus."""
        self._waiting.clear()
        self._alarm.cancel()

    def _start_first(self) -> None:
        size_bytes, _ = self._waiting[0]
        self._alarm.schedule(TRANSACTION_NS + BYTE_NS * size_bytes)

    def _on_transaction_over(self) -> None:
        _, on_done = self._waiting.popleft()
        if self._waiting:
            self._start_first()
        on_done()
