"""What a port must be able to do, whatever is behind it."""

from typing import Protocol, runtime_checkable


class Port(Protocol):
    """A stream of bytes to and from one hub."""

    name: str
    """For people: `sim`, `/dev/ttyACM0`, ..."""

    def write(self, burst: bytes) -> None:
        """Send all of `burst`.

        Raises:
            LinkLost: the other side is gone; `reopen` may bring it back.
        """

    def read(self, timeout_ms: int) -> bytes:
        """What has come, at least one byte; b"" if none came within `timeout_ms`.

        The time is the hub's where the hub is virtual.

        Raises:
            LinkLost: the other side is gone; `reopen` may bring it back.
        """

    def now_ms(self) -> int:
        """The time of the clock by which `read` waits; only differences mean anything."""

    def pass_ms(self, duration_ms: int) -> None:
        """Let time pass without reading, as a host does that is busy with something else.

        What the hub sends meanwhile waits in its port, as far as it fits in there.
        """

    def reopen(self) -> None:
        """Open the port again: the same hub, found by what it is and not by the port's name.

        Bytes that were under way are gone. May be called while the port is open.

        Raises:
            LinkLost: it is not there, or not yet.
        """

    def close(self) -> None:
        """Let go of it; may be called twice."""


@runtime_checkable
class PowerSwitch(Protocol):
    """What a port has besides where the hub is ours to switch: every virtual hub."""

    def power_cut(self) -> None:
        """Cut the hub's power and give it back, at this instant.

        What was under way in either direction is gone, and the port is lost until `reopen`, which
        waits for the hub's boot.
        """

    def power_cut_in_save(self, part: float) -> None:
        """Cut the power in the middle of the hub's next save, when `part` (0 to 1) of it is done.

        Like `power_cut`, but later: when a read or write lets the hub come that far. Another call
        takes the place of one that has not come to pass.
        """


@runtime_checkable
class Cable(Protocol):
    """What a port has besides where its cable is ours to pull: every virtual hub.

    The hub keeps its power, and sees that nobody is there.
    """

    def unplug(self) -> None:
        """Take the cable out; the port is lost, and `reopen` fails until `plug`."""

    def plug(self) -> None:
        """Put the cable in again; the port still has to be opened with `reopen`."""


@runtime_checkable
class FineClock(Protocol):
    """What a port has besides where its time can be told more finely than in ms."""

    @property
    def now_us(self) -> int:
        """As `now_ms`, in microseconds."""


@runtime_checkable
class ReplBeside(Protocol):
    """What a port has besides where the board's REPL is on another one, and it knows that one."""

    def repl_port(self) -> Port:
        """Open it; closing it is not needed where this port is closed."""
