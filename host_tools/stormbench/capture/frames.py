"""What a stretch of a capture says: a frame, with the GBCS alert that is in it, or why it is none.

Everything as plain values, for people and for machines; a term stands where a frame has a number
for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hubwire.errors import ProtocolError
from hubwire.frames import BY_KIND, TABLES, WINDOW
from hubwire.framing import Frame, decode, values_of
from hubwire.gbcs import Alert
from hubwire.gbcs import decode as decode_gbcs
from stormbench.capture.records import Stretch

_TEXTS = ("text", "reason", "greeting")
"""Fields whose bytes are UTF-8."""

_VERSIONS = ("firmware_version", "micropython_version")


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch and what it says.

    `frame` is None where it is none, and `damage` then says why. `alert` is that of its message,
    where it has one that is an alert.
    """

    stretch: Stretch
    frame: Frame | None
    damage: str | None
    alert: Alert | None

    @property
    def kind(self) -> str:
        """The frame's name; `damaged` where it is none."""
        return self.frame.name if self.frame else "damaged"


def said(stretch: Stretch) -> Said:
    """What it says."""
    if stretch.withheld_bytes:
        damage = f"{stretch.withheld_bytes} bytes, withheld: a key could be among them"
        return Said(stretch, None, damage, None)
    try:
        frame = decode(stretch.octets)
    except ProtocolError as error:
        return Said(stretch, None, str(error), None)
    return Said(stretch, frame, None, _alert_in(frame))


@lru_cache(maxsize=4 * WINDOW)
def alert_in(message: bytes) -> Alert | None:
    """The alert that a message is; None where it is another one, or damaged.

    One that was read lately is not read again: an alert goes to the hub, is told with its verdict,
    and comes north.
    """
    try:
        return decode_gbcs(message)
    except ProtocolError:
        return None


def command_in(frame: Frame) -> tuple[str, Mapping[str, Any]]:
    """A command's name and values, without the Authorised frame around it.

    The key in a SetKey is not that of the link: see `redaction`.
    """
    if frame.name != "Authorised" or frame["command"] not in BY_KIND:
        return frame.name, frame.values
    name = BY_KIND[frame["command"]].name
    try:
        return name, values_of(name, frame["payload"])
    except ProtocolError:
        return frame.name, frame.values


def plain_fields(frame: Frame) -> dict[str, Any]:
    """The fields of a frame, as JSON has them: bytes are upper-case hexadecimal digits."""
    return {name: _plain(frame.name, name, value) for name, value in frame.values.items()}


def _plain(frame_name: str, field: str, value: Any) -> Any:
    if field == "entries":
        owner = f"{frame_name}.entries"
        return [{name: _plain(owner, name, each) for name, each in e.items()} for e in value]
    if field == "command":
        return BY_KIND[value].name if value in BY_KIND else value
    if field == "code":
        return f"{value:04X}"
    if isinstance(value, bytes):
        return _plain_bytes(field, value)
    table = TABLES.get((frame_name, field)) or TABLES.get((_twin(frame_name), field))
    return table.get(value, value) if table else value


def _plain_bytes(field: str, octets: bytes) -> str:
    if field in _VERSIONS:
        return ".".join(map(str, octets))
    return octets.decode(errors="replace") if field in _TEXTS else octets.hex().upper()


def _twin(frame_name: str) -> str:
    """The frame of the hub that has the same fields as this one of the host."""
    return {"SetPolicy": "Policy"}.get(frame_name, "")


def _alert_in(frame: Frame) -> Alert | None:
    return alert_in(bytes(frame["message"])) if "message" in frame.values else None
