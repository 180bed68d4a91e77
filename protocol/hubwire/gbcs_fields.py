"""The building blocks of a GBCS message, as constructs that say where a message is damaged.

construct's own errors name a path in the definition, not a byte in the message. These blocks read
from a stream whose position is the offset in the whole message, and raise the leaves of
`hubwire.errors.MessageDamaged` with it. They know nothing of alerts.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple

from construct import Construct

from hubwire.errors import BadLength, BadTag, FieldOutOfRange, MessageTooShort, TrailingBytes

_LARGEST_LENGTH = 0xFFFF
"""The most that 82 LL LL can say, in bytes."""


class Length(NamedTuple):
    """A BER length: how many bytes follow, and how many bytes it takes beyond its shortest form.

    `81 19` is Length(25, spare=1): legal BER, and seen inside DCC's reference messages.
    """

    octets: int
    spare: int = 0


def take(stream: BytesIO, count: int, where: str) -> bytes:
    """The next bytes of the stream.

    Raises:
        MessageTooShort: the stream ends first.
    """
    offset = stream.tell()
    got = stream.read(count)
    if len(got) < count:
        raise MessageTooShort(where, offset, f"{count} bytes", f"only {len(got)}")
    return got


def expect_exactly(where: str, start: int, octets: int, end: int) -> None:
    """Checks that what a length announces ends where what surrounds it ends.

    Raises:
        MessageTooShort: there are fewer bytes from `start` to `end`.
        TrailingBytes: there are more.
    """
    room = end - start
    if octets > room:
        raise MessageTooShort(where, start, f"{octets} bytes", f"only {room}")
    if octets < room:
        raise TrailingBytes(where, start + octets, f"its end after {octets} bytes", f"{room}")


def _shortest_form_bytes(octets: int) -> int:
    return 1 if octets < 0x80 else 2 if octets < 0x100 else 3


def write_length(length: Length) -> bytes:
    """A length in BER: one byte below 80, then 81 LL, then 82 LL LL.

    Raises:
        FieldOutOfRange: more than 65,535 bytes, or more spare bytes than 82 LL LL has room for.
    """
    if not 0 <= length.octets <= _LARGEST_LENGTH:
        raise FieldOutOfRange(f"length: expected 0 to {_LARGEST_LENGTH}, got {length.octets}")
    form_bytes = _shortest_form_bytes(length.octets) + length.spare
    if length.spare < 0 or form_bytes > 3:
        raise FieldOutOfRange(f"length {length.octets}: no room for {length.spare} spare bytes")
    if form_bytes == 1:
        return bytes([length.octets])
    return bytes([0x7F + form_bytes]) + length.octets.to_bytes(form_bytes - 1, "big")


class Octets(Construct):  # type: ignore[misc]  # construct is not typed
    """A number of bytes, or, given a function of the fields so far, as many as it says."""

    def __init__(self, count: int | Callable[[Any], int], where: str) -> None:
        super().__init__()
        self._count = count
        self._where = where

    def _size(self, context: Any) -> int:
        return self._count(context) if callable(self._count) else self._count

    def _parse(self, stream: Any, context: Any, path: str) -> bytes:
        return take(stream, self._size(context), self._where)

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        expected = self._size(context)
        if not isinstance(obj, bytes) or len(obj) != expected:
            raise FieldOutOfRange(f"{self._where}: expected {expected} bytes, got {obj!r:.80}")
        stream.write(obj)
        return obj


class Number(Construct):  # type: ignore[misc]  # construct is not typed
    """An unsigned whole number, most significant byte first, as everywhere in GBCS."""

    def __init__(self, size_bytes: int, where: str) -> None:
        super().__init__()
        self._size_bytes = size_bytes
        self._where = where

    def _parse(self, stream: Any, context: Any, path: str) -> int:
        return int.from_bytes(take(stream, self._size_bytes, self._where), "big")

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        largest = (1 << 8 * self._size_bytes) - 1
        if type(obj) is not int or not 0 <= obj <= largest:
            raise FieldOutOfRange(f"{self._where}: expected 0 to {largest}, got {obj!r:.80}")
        stream.write(obj.to_bytes(self._size_bytes, "big"))
        return obj


class Tag(Construct):  # type: ignore[misc]  # construct is not typed
    """Bytes that are the same in every message."""

    def __init__(self, expected: bytes, where: str) -> None:
        super().__init__()
        self._expected = expected
        self._where = where
        self.flagbuildnone = True

    def _parse(self, stream: Any, context: Any, path: str) -> bytes:
        offset = stream.tell()
        got = take(stream, len(self._expected), self._where)
        if got != self._expected:
            raise BadTag(self._where, offset, self._expected.hex().upper(), got)
        return got

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        stream.write(self._expected)
        return obj


class BerLength(Construct):  # type: ignore[misc]  # construct is not typed
    """A length in BER; `fits` says which lengths can be at this place."""

    def __init__(
        self,
        where: str,
        fits: Callable[[int], bool] = lambda octets: True,
        expected: str = "",
    ) -> None:
        super().__init__()
        self._where = where
        self._fits = fits
        self._expected = expected

    def _parse(self, stream: Any, context: Any, path: str) -> Length:
        offset = stream.tell()
        length = self._read(stream)
        if not self._fits(length.octets):
            raise BadLength(self._where, offset, self._expected, str(length.octets))
        return length

    def _read(self, stream: BytesIO) -> Length:
        first = take(stream, 1, self._where)
        if first[0] < 0x80:
            return Length(first[0])
        if first[0] not in (0x81, 0x82):
            expected = "00 to 7F, 81 LL or 82 LL LL"
            raise BadLength(self._where, stream.tell() - 1, expected, first)
        more_bytes = first[0] - 0x80
        octets = int.from_bytes(take(stream, more_bytes, self._where), "big")
        return Length(octets, 1 + more_bytes - _shortest_form_bytes(octets))

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        stream.write(write_length(obj))
        return obj
