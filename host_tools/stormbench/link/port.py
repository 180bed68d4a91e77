"""What a port must be able to do, whatever is behind it."""

from typing import Protocol, runtime_checkable


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


@runtime_checkable
class PowerSwitch(Protocol):
    """What a port has besides where the hub is ours to switch: every virtual hub."""

    def power_cut(self) -> None:
        """Cut the hub's power, and let it boot; what it had sent and nobody read is gone.

        Raises:
            LinkLost: it does not come back.
        """
