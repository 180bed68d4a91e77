"""The other end of a port of the board, where a tool opens it."""

from typing import Protocol


class End(Protocol):
    """One port of this computer, which is there while the board shows it. Nothing here waits.

    Attributes:
        name: by which a tool opens it; the same each time.
    """

    name: str

    def appear(self) -> None:
        """The board shows this port."""

    def vanish(self) -> None:
        """It does not any more: a tool that has it open loses it, as it does a cable."""

    def is_open(self) -> bool:
        """Whether a tool has it open."""

    def take(self, most_bytes: int) -> bytes:
        """What the tool has written, as far as it is here."""

    def give(self, octets: bytes) -> int:
        """Let the tool have these; how many of them it has room for."""

    def close(self) -> None:
        """Take it away."""
