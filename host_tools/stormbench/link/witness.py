"""Who sees the bytes of a link without being a part of it: a recording, a monitor."""

from typing import Protocol


class Witness(Protocol):
    """Is told of everything on one link, when it happens; must not raise and must not wait."""

    def on_sent(self, burst: bytes) -> None:
        """These bytes are handed to the port."""

    def on_came(self, chunk: bytes) -> None:
        """These bytes came out of the port."""

    def on_reopened(self) -> None:
        """The port was opened again; what was begun is not continued."""

    def on_closed(self) -> None:
        """Nothing more comes; may be told twice."""


class Nobody:
    """Sees nothing."""

    def on_sent(self, burst: bytes) -> None:
        """Nothing to do."""

    def on_came(self, chunk: bytes) -> None:
        """Nothing to do."""

    def on_reopened(self) -> None:
        """Nothing to do."""

    def on_closed(self) -> None:
        """Nothing to do."""
