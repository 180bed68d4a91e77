"""A Pico's port at whose other end is a host that does not wait for ever.

A read that cannot be filled is a hub that waits. What the host then sends, once it is silent for
too long, is given beforehand; a hub that waits after that would wait for ever, and the test fails.
"""

from typing import Any

from stdio_bench import PicoStdin


class WaitingStdin(PicoStdin):
    """What comes, and after each silence what comes next.

    Attributes:
        silences: how often the hub was left in the middle of a read.
    """

    def __init__(self, stream: bytes, after_silence: tuple[bytes, ...] = ()) -> None:
        super().__init__(stream)
        self._next = list(after_silence)
        self.silences = 0

    def readinto(self, buffer: Any, most_bytes: int = 1 << 30) -> int:
        """Fill the buffer, up to so many bytes."""
        while len(self.stream) < min(len(buffer), most_bytes) and self.go_on():
            self.silences += 1
        return super().readinto(buffer, most_bytes)

    def go_on(self) -> bool:
        """The host has been silent for long enough; whether it has more to send."""
        if not self._next:
            return False
        self.stream += self._next.pop(0)
        return True
