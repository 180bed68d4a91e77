"""What a port must be able to do, whatever is behind it."""

from typing import Protocol


class Port(Protocol):
    """A stream of bytes to and from one hub."""

    name: str
    """For people: `sim`, `/dev/ttyACM0`, ..."""

    def write(self, burst: bytes) -> None:
        """Send all of `burst`.

        Raises:
            LinkLost: the other side is gone.
        """

    def read(self, timeout_ms: int) -> bytes:
        """What has come, at least one byte; b"" if none came within `timeout_ms`.

        The time is the hub's where the hub is emulated.

        Raises:
            LinkLost: the other side is gone.
        """

    def now_ms(self) -> int:
        """The time of the clock by which `read` waits; only differences mean anything."""

    def close(self) -> None:
        """Let go of it; may be called twice."""
