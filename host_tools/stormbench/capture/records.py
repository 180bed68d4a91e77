"""The records of a capture file, to bytes and back.

    file   = "stormbench capture 1" LF 00, then records
    record = COBS(kind u8 | session u32 | host_us u64 | content | CRC-32 of all before) 00

as frames are on the wire: behind any damage the next record is found again. A damaged byte costs
the record that it is in, or the two that it parts. Integers are little-endian. A session is one
client's conversation with one hub; its number is drawn at random, so that several processes, and
one run after the other, can write into one file. Knows no file and no frame's meaning.
"""

import json
import struct
import zlib
from dataclasses import dataclass

from cobs import cobs

from hubwire.framing import DELIMITER

FORMAT_VERSION = 1
TITLE = b"stormbench capture "
HEAD = b"%s%d\n" % (TITLE, FORMAT_VERSION)
"""What a file begins with, for people; a delimiter is behind it."""

MOST_RECORD_BYTES = 4096
"""Of a longer stretch no record is made: the longest frame takes less than half of this."""

TO_HUB, TO_HOST = "to_hub", "to_host"

_HEADER = struct.Struct("<BIQ")  # kind, session, host_us
_STRETCH = struct.Struct("<QB")  # port_us, flags
_WITHHELD = struct.Struct("<I")  # how many bytes
_ENDED = struct.Struct("<I")  # how many stretches the session has
_PORT_TIME = struct.Struct("<Q")
_CRC = struct.Struct("<I")

_BEGUN_KIND, _STRETCH_KIND, _REOPENED_KIND, _ENDED_KIND = 1, 2, 3, 4
_CAME, _REDACTED, _IS_WITHHELD = 1, 2, 4  # flags of a stretch


_SAYS_SOMETHING_ELSE = (
    struct.error,
    ValueError,
    KeyError,
    TypeError,
    OverflowError,
    RecursionError,
)
"""What comes of a record whose check sum is right and whose content is not; of JSON above all."""


class RecordDamaged(ValueError):
    """A stretch between two delimiters that is no record."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A session begins.

    `host_us` is since 1970, UTC, here as in each record; `hub` is as `--hub` has it, `hub_id` says
    which of several virtual hubs.
    """

    session: int
    host_us: int
    hub: str
    hub_id: int
    protocol_version: int
    definition_hash: str
    stormbench: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was between two delimiters on the link: a frame, or what is none.

    `port_us` is the port's own time: the hub's, where it is virtual; only differences mean
    anything. `is_redacted`: a key or a MAC in it is zeros. `withheld_bytes`: that many are left
    out, because a key could be among them; else 0.
    """

    session: int
    host_us: int
    port_us: int
    direction: str
    octets: bytes
    is_redacted: bool = False
    withheld_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Reopened:
    """The port went away and was opened again."""

    session: int
    host_us: int
    port_us: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The session ended, after so many stretches."""

    session: int
    host_us: int
    stretches: int


Record = Begun | Stretch | Reopened | Ended


def octets_of(record: Record) -> bytes:
    """A record as it stands in a file, with its delimiter."""
    kind, content = _content(record)
    body = _HEADER.pack(kind, record.session, record.host_us) + content
    encoded: bytes = cobs.encode(body + _CRC.pack(zlib.crc32(body)))
    return encoded + DELIMITER


def record_in(stretch: bytes) -> Record | None:
    """The record between two delimiters; None: of a kind that this version does not know.

    Raises:
        RecordDamaged: it is none.
    """
    try:
        whole = cobs.decode(stretch)
    except cobs.DecodeError as error:
        raise RecordDamaged(f"not COBS: {error}") from error
    body = whole[: -_CRC.size]
    if len(whole) < _HEADER.size + _CRC.size or whole[-_CRC.size :] != _CRC.pack(zlib.crc32(body)):
        raise RecordDamaged(f"the check sum of a record of {len(whole)} bytes is wrong")
    kind, session, host_us = _HEADER.unpack_from(body)
    try:
        return _record(kind, session, host_us, body[_HEADER.size :])
    except _SAYS_SOMETHING_ELSE as error:
        raise RecordDamaged(f"not what a record of kind {kind} says: {error}") from error


def _content(record: Record) -> tuple[int, bytes]:
    if isinstance(record, Stretch):
        flags = _CAME * (record.direction == TO_HOST) | _REDACTED * record.is_redacted
        octets = record.octets
        if record.withheld_bytes:
            flags, octets = flags | _IS_WITHHELD, _WITHHELD.pack(record.withheld_bytes)
        return _STRETCH_KIND, _STRETCH.pack(record.port_us, flags) + octets
    if isinstance(record, Reopened):
        return _REOPENED_KIND, _PORT_TIME.pack(record.port_us)
    if isinstance(record, Ended):
        return _ENDED_KIND, _ENDED.pack(record.stretches)
    said = {
        "hub": record.hub,
        "hub_id": record.hub_id,
        "protocol_version": record.protocol_version,
        "definition_hash": record.definition_hash,
        "stormbench": record.stormbench,
    }
    return _BEGUN_KIND, json.dumps(said).encode()


def _record(kind: int, session: int, host_us: int, content: bytes) -> Record | None:
    if kind == _STRETCH_KIND:
        return _stretch(session, host_us, content)
    if kind == _REOPENED_KIND:
        return Reopened(session, host_us, *_PORT_TIME.unpack(content))
    if kind == _ENDED_KIND:
        return Ended(session, host_us, *_ENDED.unpack(content))
    if kind == _BEGUN_KIND:
        said = json.loads(content)
        return Begun(
            session,
            host_us,
            hub=str(said["hub"]),
            hub_id=int(said["hub_id"]),
            protocol_version=int(said["protocol_version"]),
            definition_hash=str(said["definition_hash"]),
            stormbench=str(said["stormbench"]),
        )
    return None


def _stretch(session: int, host_us: int, content: bytes) -> Stretch:
    port_us, flags = _STRETCH.unpack_from(content)
    octets, withheld = content[_STRETCH.size :], 0
    if flags & _IS_WITHHELD:
        (withheld,), octets = _WITHHELD.unpack(octets), b""
    direction = TO_HOST if flags & _CAME else TO_HUB
    return Stretch(session, host_us, port_us, direction, octets, bool(flags & _REDACTED), withheld)
