"""One link recorded in parts: a session for each, and what is said between two goes nowhere.

For whoever keeps a hub open over several runs and wants a capture of each.
"""

from collections.abc import Callable
from typing import NamedTuple

from stormbench.capture.recording import Recording, Session
from stormbench.link.port import Port
from stormbench.link.witness import Witness


class _Link(NamedTuple):
    port: Port
    hub: str
    hub_id: int


class PartedRecording(Recording):
    """A recording, and the one witness of its link, which hands all on to the part that is on.

    Where a link is opened while a part is on, that part has it from its first byte.
    """

    def __init__(self) -> None:
        super().__init__(_nowhere)
        self._link: _Link | None = None
        self._session: Session | None = None
        self._is_keyed = False

    def witness(self, port: Port, hub: str, hub_id: int) -> Witness:
        """Take this link in the place of the one before."""
        self._end_session()
        self._link = _Link(port, hub, hub_id)
        self._is_keyed = False
        self._begin_session()
        return self

    def begin(self, write: Callable[[bytes], None]) -> None:
        """End the part before, and begin another.

        Args:
            write: takes whole records, one or several together, and must not raise.
        """
        self.end()
        self.write = write
        self._begin_session()

    def end(self) -> None:
        """End the part that is on, if there is one."""
        self._end_session()
        self.write = _nowhere

    def on_sent(self, burst: bytes) -> None:
        """Keep it in the part that is on."""
        if self._session is not None:
            self._session.on_sent(burst)

    def on_came(self, chunk: bytes) -> None:
        """Keep it in the part that is on."""
        if self._session is not None:
            self._session.on_came(chunk)

    def on_reopened(self) -> None:
        """Keep it in the part that is on."""
        if self._session is not None:
            self._session.on_reopened()

    def on_closed(self) -> None:
        """Keep that it was; what begins from now on has no link."""
        self._end_session()
        self._link = None

    def _begin_session(self) -> None:
        if self._link is not None and self.write is not _nowhere:
            self._session = Session(self.write, *self._link, is_keyed=self._is_keyed)

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.on_closed()
            self._is_keyed = self._session.is_keyed  # its echo may come in the next part
            self._session = None


def _nowhere(octets: bytes) -> None:
    """Between two parts."""
