"""Frames to bytes and back, on the host's side: construct at the edge, plain values inwards.

The receiver answers three different things: a frame, damage, or nothing yet. Damage costs what is
between two delimiters and no more; garbage of any length costs constant memory.
"""

import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cobs import cobs
from construct import Container, ListContainer
from construct.core import ConstructError

from hubwire.errors import (
    FieldOutOfRange,
    FrameDamaged,
    ProtocolError,
    UnknownKind,
    UnknownVersion,
)
from hubwire.field_values import expect_fitting, expect_known
from hubwire.frames import (
    BY_KIND,
    BY_NAME,
    CELL_BYTES,
    CELLS_BASE,
    CELLS_SUM,
    MAX_PAYLOAD_BYTES,
    NO_BOOT,
    PROTOCOL_VERSION,
)

DELIMITER = b"\x00"
FRAME_END = DELIMITER * 2
"""Two, so that one damaged delimiter costs one frame and not the two that it parts."""

_HEADER = struct.Struct("<BBBBHH")
_CELLS_AT = 2  # on the wire, behind the code and the version: neither holds a 00
_CRC = struct.Struct("<I")
LARGEST_BODY_BYTES = _HEADER.size + MAX_PAYLOAD_BYTES + _CRC.size
"""Of the longest frame, before it is encoded."""

LONGEST_STRETCH_BYTES = LARGEST_BODY_BYTES + 8
"""A longer stretch is garbage. COBS adds a byte, and at most another for each 254."""


@dataclass(frozen=True)
class Frame:
    """One frame: its name in `frames.py`, its sequence number (u16), its fields by name.

    `boot` is the low 16 bits of the boot of the hub that it is from, or meant for.
    """

    name: str
    seq: int
    values: Mapping[str, Any] = field(default_factory=dict)
    boot: int = NO_BOOT

    def __getitem__(self, key: str) -> Any:
        return self.values[key]


def payload_of(name: str, values: Mapping[str, Any]) -> bytes:
    """The fields of a frame as bytes.

    Raises:
        FieldOutOfRange: a value is missing, does not fit its field, or is not in its table; or
            all of them together are more than the other side has room for.
        UnknownKind: no frame bears this name.
    """
    if name not in BY_NAME:
        raise UnknownKind(f"no frame is called {name!r:.80}")
    expect_fitting(name, values)
    payload: bytes = BY_NAME[name].layout.build(dict(values))
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise FieldOutOfRange(
            f"{name}: expected fields of at most {MAX_PAYLOAD_BYTES} bytes, got {len(payload)}"
        )
    return payload


def encode(frame: Frame, cells_behind: int = 0) -> bytes:
    """One frame with its delimiters.

    Args:
        cells_behind: of other frames, which the receiver may read together with this one.

    Raises:
        FieldOutOfRange, UnknownKind: see `payload_of`.
    """
    payload = payload_of(frame.name, frame.values)
    _expect_header(frame)
    kind = BY_NAME[frame.name].kind
    cells = CELLS_BASE + cells_of(_HEADER.size + len(payload) + _CRC.size) + cells_behind
    head = PROTOCOL_VERSION, cells, CELLS_SUM - cells, kind, frame.seq & 0xFFFF, frame.boot
    body = _HEADER.pack(*head) + payload
    encoded: bytes = cobs.encode(body + _CRC.pack(zlib.crc32(body)))
    return encoded + FRAME_END


def cells_of(body_bytes: int) -> int:
    """How many cells a frame takes whose header, payload and check sum have `body_bytes` bytes.

    COBS adds a byte, and at most another for each 254.
    """
    return -(-(body_bytes + body_bytes // 254 + 1 + len(FRAME_END)) // CELL_BYTES)


def _expect_header(frame: Frame) -> None:
    if not isinstance(frame.seq, int):
        raise FieldOutOfRange(f"{frame.name}: seq: expected a whole number, got {frame.seq!r:.80}")
    if not isinstance(frame.boot, int) or not 0 <= frame.boot <= 0xFFFF:
        raise FieldOutOfRange(f"{frame.name}: boot: expected 0 to 65535, got {frame.boot!r:.80}")


def decode(stretch: bytes) -> Frame:
    """The frame in the bytes between two delimiters.

    Raises:
        FrameDamaged: not COBS, too short, the check sum is wrong, or the payload not of its kind.
        UnknownVersion, UnknownKind: a good frame that this side cannot read.
        FieldOutOfRange: a good frame with a number that its table does not have.
    """
    body = _checked_body(stretch)
    version, _, _, kind, seq, boot = _HEADER.unpack_from(body)
    if version != PROTOCOL_VERSION:
        raise UnknownVersion(
            f"a frame of protocol version {version}; this side speaks {PROTOCOL_VERSION}"
        )
    if kind not in BY_KIND:
        raise UnknownKind(f"a frame of kind 0x{kind:02X}, which version {version} does not have")
    definition = BY_KIND[kind]
    return Frame(definition.name, seq, _values(definition, body[_HEADER.size :], stretch), boot)


def values_of(name: str, payload: bytes) -> dict[str, Any]:
    """The fields of a frame from their bytes: what `payload_of` made of them.

    Raises:
        UnknownKind: no frame bears this name. FrameDamaged, FieldOutOfRange: see `decode`.
    """
    if name not in BY_NAME:
        raise UnknownKind(f"no frame is called {name!r:.80}")
    return _values(BY_NAME[name], payload, payload)


def burst_of(frames: Iterable[Frame]) -> bytes:
    """Frames one behind the other, each padded to cells.

    The first says how many cells it takes together with those behind it, as many of them as the
    hub, which has room for the longest frame, can read at once; then the next one does.

    Raises:
        FieldOutOfRange, UnknownKind: see `payload_of`.
    """
    waiting = deque((frame, pad(encode(frame))) for frame in frames)
    burst = bytearray()
    while waiting:
        first, padded = waiting.popleft()
        behind = bytearray()
        while waiting and len(padded) + len(behind) + len(waiting[0][1]) <= _MOST_BYTES:
            behind += waiting.popleft()[1]
        if behind:
            padded = encode(first, len(behind) // CELL_BYTES).ljust(len(padded), DELIMITER)
        burst += padded + behind
    return bytes(burst)


def pad(stretch: bytes) -> bytes:
    """One frame of `encode` with more delimiters, up to as many cells as its header says."""
    return stretch.ljust((stretch[_CELLS_AT] - CELLS_BASE) * CELL_BYTES, DELIMITER)


_MOST_BYTES = cells_of(LARGEST_BODY_BYTES) * CELL_BYTES


class Stretches:
    """Cuts bytes, however they come, at their delimiters; what is between two is a stretch.

    Args:
        most_bytes: of a longer stretch no more is kept than this.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._stretch = bytearray()
        self._is_too_long = False

    def feed(self, chunk: bytes) -> Iterator[tuple[bytes, bool]]:
        """Each stretch that ends in `chunk`, and whether it was too long; none is empty."""
        pieces = chunk.split(DELIMITER)
        for piece in pieces[:-1]:
            self._keep(piece)
            yield from self.finish()
        self._keep(pieces[-1])

    def finish(self) -> Iterator[tuple[bytes, bool]]:
        """What has begun and did not end, as if it ended here."""
        stretch, is_too_long = bytes(self._stretch), self._is_too_long
        self._stretch.clear()
        self._is_too_long = False
        if stretch:
            yield stretch, is_too_long

    def _keep(self, piece: bytes) -> None:
        room = self._most_bytes - len(self._stretch)
        self._stretch += piece[:room]
        self._is_too_long = self._is_too_long or len(piece) > room


class Receiver:
    """Turns bytes, however they are cut, into frames and damage."""

    def __init__(self) -> None:
        self._stretches = Stretches(LONGEST_STRETCH_BYTES)

    def feed(self, chunk: bytes) -> Iterator[Frame | ProtocolError]:
        """Each frame and each stretch that is none, in order; `chunk` may be of any length."""
        for stretch, is_too_long in self._stretches.feed(chunk):
            try:
                if is_too_long:
                    sentence = f"more than {len(stretch)} bytes without a delimiter: garbage"
                    raise FrameDamaged(sentence, stretch)
                item: Frame | ProtocolError = decode(stretch)
            except ProtocolError as error:
                item = error
            yield item


def _checked_body(stretch: bytes) -> bytes:
    try:
        decoded: bytes = cobs.decode(stretch)
    except cobs.DecodeError as error:
        raise FrameDamaged(f"not COBS: {error}; {_shown(stretch)}", stretch) from error
    if len(decoded) < _HEADER.size + _CRC.size:
        least = _HEADER.size + _CRC.size
        sentence = f"{len(decoded)} bytes, at least {least} expected; {_shown(stretch)}"
        raise FrameDamaged(sentence, stretch)
    body = decoded[: -_CRC.size]
    (expected,) = _CRC.unpack(decoded[-_CRC.size :])
    if zlib.crc32(body) != expected:
        sentence = f"check sum {zlib.crc32(body):08X}, the frame says {expected:08X}"
        raise FrameDamaged(sentence, stretch)
    return body


def _values(definition: Any, payload: bytes, stretch: bytes) -> dict[str, Any]:
    if len(payload) > MAX_PAYLOAD_BYTES:
        sentence = (
            f"{definition.name}: expected fields of at most {MAX_PAYLOAD_BYTES} bytes, "
            f"got {len(payload)}"
        )
        raise FrameDamaged(sentence, stretch)
    try:
        parsed = definition.layout.parse(payload)
    except ConstructError as error:
        sentence = f"{definition.name} of {len(payload)} bytes: {error}"
        raise FrameDamaged(sentence, stretch) from error
    values = {name: _plain(value) for name, value in parsed.items() if name != "_io"}
    if len(definition.layout.build(values)) != len(payload):
        sentence = f"{definition.name} has {len(payload)} bytes, more than its fields"
        raise FrameDamaged(sentence, stretch)
    expect_known(definition.name, values)
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, ListContainer):
        return [_plain(item) for item in value]
    if isinstance(value, Container):
        return {name: item for name, item in value.items() if name != "_io"}
    return value


def _shown(stretch: bytes) -> str:
    return f"{len(stretch)} bytes: {stretch[:32].hex(' ').upper()}"
