"""Bytes parted where a fault may strike: a frame with its delimiters, or text without any.

It does not look into a frame; whether it is a good one does not matter to a fault.
"""

import re

from hubwire.framing import DELIMITER

QUIET_MS = 20
"""What has no delimiter and is not gone on with for so long is passed on as it is: text, garbage.
A frame's own pieces come within 2 ms over USB, and within 12 ms at 921,600 baud."""

LARGEST_BYTES = 4096
"""So much without a delimiter is passed on at once: garbage of any length costs no memory."""

_UNITS = re.compile(b"[^\x00]+\x00*|\x00+")


def split(burst: bytes) -> list[bytes]:
    """The units of a burst, in order; together they are the burst.

    Each is a frame with the delimiters after it. Delimiters before the first frame are a unit, and
    so is a rest without a delimiter.
    """
    return _UNITS.findall(burst)


def has_frame(unit: bytes) -> bool:
    """Whether there is more in it than delimiters."""
    return unit[:1] != DELIMITER


class UnitCollector:
    """Units out of bytes that come in pieces of any length."""

    def __init__(self) -> None:
        self._rest = b""
        self._last_ms = 0

    @property
    def quiet_at_ms(self) -> int | None:
        """When the rest is to be passed on without its delimiter; None: there is no rest."""
        return self._last_ms + QUIET_MS if self._rest else None

    def feed(self, chunk: bytes, now_ms: int) -> list[bytes]:
        """What has become whole with `chunk`; an empty one asks for what has become quiet."""
        if chunk:
            self._last_ms = now_ms
        units = split(self._rest + chunk)
        self._rest = b""
        if units and self._is_to_wait(units[-1], now_ms):
            self._rest = units.pop()
        return units

    def discard(self) -> int:
        """Forget the rest; how many units it was."""
        had_rest = bool(self._rest)
        self._rest = b""
        return int(had_rest)

    def _is_to_wait(self, last: bytes, now_ms: int) -> bool:
        is_open = not last.endswith(DELIMITER) and len(last) < LARGEST_BYTES
        return is_open and now_ms < self._last_ms + QUIET_MS
