"""What each field of a frame can hold: asked before a frame is built, and after it was read.

construct's own errors name no field, or are a TypeError, and it knows nothing of tables. Here a
value that does not fit is told with frame, field, what the field takes and what came. Knows the
definitions, and nothing of bytes on the wire.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from construct import Bytes, GreedyBytes, GreedyRange, Int8ul, Int16ul, Int32ul, Renamed, Struct

from hubwire.errors import FieldOutOfRange
from hubwire.field_groups import U48
from hubwire.frames import DEFINITIONS, MAX_MESSAGE_BYTES, TABLES

_LARGEST = {Int8ul: 0xFF, Int16ul: 0xFFFF, Int32ul: 0xFFFFFFFF, U48: (1 << 48) - 1}


class _Field(NamedTuple):
    """One field: where it is, in words; what it takes, as a function and in words.

    `entries` are the fields of each entry where it is a list of such. `is_told_by_width` says
    whether everything that can be read from its bytes fits.
    """

    name: str
    place: str
    fits: Callable[[Any], bool]
    expected: str
    entries: "tuple[_Field, ...]"
    is_told_by_width: bool


def expect_fitting(frame_name: str, values: Any) -> None:
    """Checks every field of a frame that is to be built.

    Raises:
        FieldOutOfRange: a value is missing, of another type, or more than its field can hold.
    """
    _expect_all(frame_name, _FIELDS[frame_name], values)


def expect_known(frame_name: str, values: Mapping[str, Any]) -> None:
    """Checks those fields of a frame just read whose bytes can say what is in no table.

    Raises:
        FieldOutOfRange: a number that its table does not have, or a message that is too long.
    """
    for field in _OPEN_FIELDS[frame_name]:
        if field.entries:
            for entry in values[field.name]:
                _expect_all(field.place, field.entries, entry)
        else:
            _expect(field, values[field.name])


def _expect_all(place: str, fields: tuple[_Field, ...], values: Any) -> None:
    if not isinstance(values, Mapping):
        raise FieldOutOfRange(f"{place}: expected values by field, got {values!r:.80}")
    for field in fields:
        if field.name not in values:
            raise FieldOutOfRange(f"{field.place}: expected {field.expected}, got no value")
        value = values[field.name]
        _expect(field, value)
        if field.entries:
            for entry in value:
                _expect_all(field.place, field.entries, entry)


def _expect(field: _Field, value: Any) -> None:
    if not field.fits(value):
        raise FieldOutOfRange(f"{field.place}: expected {field.expected}, got {_shown(value)}")


def _fields_of(place: str, layout: Any) -> tuple[_Field, ...]:
    return tuple(_field(place, renamed) for renamed in layout.subcons)


def _field(place: str, renamed: Any) -> _Field:
    name, kind = str(renamed.name), unwrapped(renamed)
    entries: tuple[_Field, ...] = ()
    table = TABLES.get((place, name))
    place = f"{place}.{name}"
    if table is not None:
        shown = ", ".join(f"{number} {word}".strip() for number, word in table.items())
        return _Field(
            name,
            place,
            lambda value: _is_whole(value, 255) and value in table,
            shown,
            entries,
            False,
        )
    if isinstance(kind, GreedyRange) and isinstance(unwrapped(kind.subcon), Struct):
        entries = _fields_of(place, unwrapped(kind.subcon))
        is_told = all(field.is_told_by_width for field in entries)
        return _Field(name, place, _is_list, "a list of entries", entries, is_told)
    fits, expected = _rule(name, kind)
    return _Field(name, place, fits, expected, entries, name != "message")


def _rule(name: str, kind: Any) -> tuple[Callable[[Any], bool], str]:
    """What fits into a field of this kind, as a function and in words."""
    if isinstance(kind, GreedyRange):
        fits_one, one = _rule(name, unwrapped(kind.subcon))
        return lambda value: _is_list(value) and all(map(fits_one, value)), f"a list, each {one}"
    if kind in _LARGEST:
        largest = _LARGEST[kind]
        return lambda value: _is_whole(value, largest), f"a whole number from 0 to {largest}"
    if isinstance(kind, Bytes):
        length = kind.length
        return lambda value: _is_octets(value) and len(value) == length, f"{length} bytes"
    if kind is not GreedyBytes:
        raise TypeError(f"{name}: there is no rule for {kind!r}")
    if name != "message":
        return _is_octets, "bytes"
    return (
        lambda value: _is_octets(value) and len(value) <= MAX_MESSAGE_BYTES,
        f"at most {MAX_MESSAGE_BYTES} bytes",
    )


def unwrapped(construct: Any) -> Any:
    """A field without its name and meaning: what its bytes are."""
    while isinstance(construct, Renamed):
        construct = construct.subcon
    return construct


def _shown(value: Any) -> str:
    return f"{len(value)} bytes" if _is_octets(value) else f"{value!r:.80}"


def _is_whole(value: Any, largest: int) -> bool:
    return isinstance(value, int) and 0 <= value <= largest


def _is_octets(value: Any) -> bool:
    return isinstance(value, bytes | bytearray)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


_FIELDS = {d.name: _fields_of(d.name, d.layout) for d in DEFINITIONS}
_OPEN_FIELDS = {
    name: tuple(field for field in fields if not field.is_told_by_width)
    for name, fields in _FIELDS.items()
}
