"""The alerts of a bench: of each length that matters, one after the other."""

from collections.abc import Iterator

from hubwire.gbcs import encode
from hubwire.gbcs_make import Recipe, make
from hubwire.gbcs_payload import PayloadKind

SIZES: tuple[int, ...] = (69, 85, 124, 582)
"""Bytes: generic non-critical alerts of a gas meter (GBZ) and an electricity meter (DLMS), the
critical one of the latter; and as long as the longest of all, which is billing data (GBCS use case
ECS68), a generic one with padding."""

USUAL_SIZE = 85

_METER = bytes.fromhex("00DB123456780001")
_SUPPLIER = bytes.fromhex("90B3D51F30010000")

_KINDS: dict[int, tuple[int, PayloadKind, int]] = {  # code, encoding, padding
    69: (0x810E, "gbz", 0),
    85: (0x810E, "dlms", 0),
    124: (0x8F30, "dlms", 0),
    582: (0x810E, "dlms", 489),
}


def alerts_of(size: int) -> Iterator[bytes]:
    """Messages of one key, each of `size` bytes, without end.

    Args:
        size: one of `SIZES`.
    """
    code, payload, padding = _KINDS[size]
    counter = 0
    while True:
        counter += 1
        recipe = Recipe(
            code=code,
            counter=counter,
            originator=_METER,
            target=_SUPPLIER,
            payload=payload,
            padding_bytes=padding,
        )
        yield encode(make(recipe))


def code_at(size: int, message: bytes) -> int:
    """Where in one of `alerts_of(size)` the alert code is."""
    code, _, _ = _KINDS[size]
    return message.index(code.to_bytes(2, "big"))
