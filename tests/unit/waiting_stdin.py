"""A Pico's port for tests: a read waits until its block is full, but no host waits for ever.

A read that cannot be filled is a hub that waits. What the host then sends, once it is silent for
too long, is given beforehand; a hub that waits after that would wait for ever, and the test fails.
"""

import select
from collections.abc import Iterator
from typing import Any


class WaitingStdin:
    """What comes, and after each silence what comes next.

    Attributes:
        silences: how often the hub was left in the middle of a read.
    """

    def __init__(self, stream: bytes, after_silence: tuple[bytes, ...] = ()) -> None:
        self._stream = stream
        self._next = list(after_silence)
        self.silences = 0

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer."""
        length = len(buffer)
        while len(self._stream) < length:
            assert self._next, (
                f"{length} bytes are awaited for ever; {self._stream.hex()} is there"
            )
            self.silences += 1
            self._stream += self._next.pop(0)
        buffer[:], self._stream = self._stream[:length], self._stream[length:]
        return length

    def is_ready(self, wait_ms: int) -> bool:
        """Whether a byte is there."""
        return bool(self._stream)

    def go_on(self) -> bool:
        """The host has been silent for long enough; whether it has more to send."""
        if self._next:
            self._stream += self._next.pop(0)
            return True
        return False


class WaitingSelect:
    """MicroPython's `select`, as far as a link uses it: a poll with `ipoll`."""

    POLLIN = select.POLLIN

    class poll:  # noqa: N801 (MicroPython's name)
        """Asks the stream itself."""

        def register(self, stream: Any, events: int) -> None:
            """Take the one stream."""
            self._stream = stream

        def ipoll(self, wait_ms: int) -> Iterator[tuple[Any, int]]:
            """The stream, if a byte is there."""
            if self._stream.is_ready(wait_ms):
                yield self._stream, select.POLLIN
