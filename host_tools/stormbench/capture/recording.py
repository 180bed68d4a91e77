"""Makes records of what is on a link, as a witness of it. Where they go is for others to know."""

import secrets
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

from hubwire.frames import PROTOCOL_VERSION
from hubwire.framing import LONGEST_STRETCH_BYTES, Stretches
from hubwire.generate import definition_hash
from stormbench.capture.records import (
    TO_HOST,
    TO_HUB,
    Begun,
    Ended,
    Reopened,
    Stretch,
    octets_of,
)
from stormbench.capture.redaction import is_frame, is_secret, redacted
from stormbench.link.port import FineClock, Port
from stormbench.link.witness import Witness


class Recording:
    """Begins a session for each client of a hub.

    Args:
        write: takes whole records, one or several together, and must not raise.
    """

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.write = write

    def witness(self, port: Port, hub: str, hub_id: int) -> Witness:
        """Begin a session on this port, whose hub goes by that name."""
        return Session(self.write, port, hub, hub_id)


class Session:
    """The witness of one link; a key that crosses it is not kept.

    `is_keyed`: whether a key or a MAC has crossed the link.
    """

    def __init__(
        self,
        write: Callable[[bytes], None],
        port: Port,
        hub: str,
        hub_id: int,
        is_keyed: bool = False,
    ) -> None:
        self._write = write
        self._port = port
        self._number = secrets.randbits(32)
        self._begin_stretches()
        self._stretches = 0
        self.is_keyed = is_keyed
        self._is_closed = False
        begun = Begun(
            self._number,
            _now_us(),
            hub,
            hub_id,
            PROTOCOL_VERSION,
            definition_hash().hex().upper(),
            _version(),
        )
        write(octets_of(begun))

    def on_sent(self, burst: bytes) -> None:
        """Keep the frames of a burst."""
        self._keep(self._sent.feed(burst), TO_HUB)

    def on_came(self, chunk: bytes) -> None:
        """Keep what ends in this chunk."""
        self._keep(self._came.feed(chunk), TO_HOST)

    def on_reopened(self) -> None:
        """Keep that it was, and what was cut off by it."""
        self._keep_rest()
        self._write(octets_of(Reopened(self._number, _now_us(), self._port_us())))

    def on_closed(self) -> None:
        """Keep what was cut off, and that this is the end."""
        if self._is_closed:
            return
        self._is_closed = True
        self._keep_rest()
        self._write(octets_of(Ended(self._number, _now_us(), self._stretches)))

    def _begin_stretches(self) -> None:
        self._sent, self._came = (Stretches(LONGEST_STRETCH_BYTES) for _ in range(2))

    def _keep_rest(self) -> None:
        self._keep(self._sent.finish(), TO_HUB)
        self._keep(self._came.finish(), TO_HOST)

    def _keep(self, stretches: Iterator[tuple[bytes, bool]], direction: str) -> None:
        whole = [octets for octets, _ in stretches]
        if not whole:
            return
        kept = bytearray()
        host_us, port_us = _now_us(), self._port_us()
        for octets in whole:
            octets, is_redacted, withheld = self._allowed(octets)
            kept += octets_of(
                Stretch(self._number, host_us, port_us, direction, octets, is_redacted, withheld)
            )
            self._stretches += 1
        self._write(bytes(kept))

    def _allowed(self, octets: bytes) -> tuple[bytes, bool, int]:
        """What may be kept of a stretch, whether that is not all, how many bytes are left out.

        Once a key has crossed, an echo of it may come back in pieces: of what is no frame, only
        the length is kept then.
        """
        if is_secret(octets):
            self.is_keyed = True
            without = redacted(octets)
            return (without, True, 0) if without is not None else (b"", True, len(octets))
        if self.is_keyed and not is_frame(octets):
            return b"", True, len(octets)
        return octets, False, 0

    def _port_us(self) -> int:
        port = self._port
        return port.now_us if isinstance(port, FineClock) else port.now_ms() * 1000


def _now_us() -> int:
    return time.time_ns() // 1000


def _version() -> str:
    try:
        return version("stormbench")
    except PackageNotFoundError:
        return "not installed"
