"""Golden frames, for every codec of the link: `python -m hubwire.vectors`.

Writes vectors/frames.jsonl: of each kind of frame one whose bytes are all 00, one all FF, one all
different, and, where a message travels, lengths around the longest block of COBS; but where a
number stands for something, it is one that does. One JSON object a line: `name`, `seq`, `boot`,
`values` (bytes as hex) and `wire`, the frame with its delimiters.
"""

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cobs import cobs
from construct import Struct

from hubwire.field_values import unwrapped
from hubwire.frames import (
    BY_NAME,
    DEFINITIONS,
    MAX_MESSAGE_BYTES,
    PROTOCOL_VERSION,
    TABLES,
    Definition,
)
from hubwire.framing import FRAME_END, decode
from hubwire.generate import entry_format, fields_of, struct_format

PATH = Path(__file__).parent / "vectors" / "frames.jsonl"

_HEADER_AND_CHECK_BYTES = 12
_AROUND_A_BLOCK_BYTES = range(252, 257)
"""Lengths of a frame before COBS; its longest block holds 254 bytes."""


def _zeros(count: int) -> bytes:
    return bytes(count)


def _ones(count: int) -> bytes:
    return b"\xff" * count


def _different(count: int) -> bytes:
    """0C, 31, 56, ...: no two alike in 256, so one of them is 00."""
    return bytes((12 + 37 * place) & 0xFF for place in range(count))


_PATTERNS: tuple[tuple[Callable[[int], bytes], int], ...] = (
    (_zeros, 0),
    (_ones, 3),
    (_different, 2),
)
"""What fills a payload, and how many entries there are of what may repeat."""


def payloads() -> Iterator[tuple[Definition, bytes]]:
    """Kinds of frame and payloads that every codec must agree on."""
    for definition in DEFINITIONS:
        fixed_bytes = struct.calcsize(struct_format(definition.layout))
        entry_bytes = _entry_bytes(definition)
        for fill, entries in _PATTERNS:
            payload = fill(fixed_bytes + entries * entry_bytes)
            yield definition, _with_known_numbers(definition, payload)
    alert = BY_NAME["HanAlert"]
    fixed_bytes = struct.calcsize(struct_format(alert.layout))
    for fill, _ in _PATTERNS:
        for body_bytes in _AROUND_A_BLOCK_BYTES:
            yield alert, fill(body_bytes - _HEADER_AND_CHECK_BYTES)
        yield alert, fill(fixed_bytes + MAX_MESSAGE_BYTES)


def _with_known_numbers(definition: Definition, payload: bytes) -> bytes:
    """The payload, with numbers that stand for something where a field takes no others."""
    octets = bytearray(payload)
    at = _put_known_numbers(octets, 0, definition.name, definition.layout)
    for field in definition.layout.subcons[-1:]:
        entry = unwrapped(getattr(unwrapped(field), "subcon", None))
        while isinstance(entry, Struct) and at < len(octets):
            at = _put_known_numbers(octets, at, f"{definition.name}.{field.name}", entry)
    return bytes(octets)


def _put_known_numbers(octets: bytearray, at: int, place: str, layout: Any) -> int:
    """Puts them into one layout's fixed fields, which begin at `at`; returns where they end."""
    for field in fields_of(layout):
        numbers = tuple(TABLES.get((place, field.name), ()))
        if numbers:
            octets[at] = numbers[octets[at] % len(numbers)]
        at += struct.calcsize("<" + field.code)
    return at


def _entry_bytes(definition: Definition) -> int:
    """Of one entry of the variable part; a byte where it is bytes, 0 where there is none."""
    entry = entry_format(definition.layout)
    if entry is not None:
        return struct.calcsize(entry)
    return sum(not field.code for field in fields_of(definition.layout))


def wire(definition: Definition, seq: int, boot: int, payload: bytes) -> bytes:
    """The frame as bytes, put together without the codec that it is to check."""
    body_bytes = _HEADER_AND_CHECK_BYTES + len(payload)
    wire_bytes = body_bytes + body_bytes // 254 + 3
    cells = 0x20 + min((wire_bytes + 15) // 16, 0x7E)  # tests make longer ones than there are
    head = PROTOCOL_VERSION, cells, 0x9E - cells, definition.kind, seq, boot
    body = struct.pack("<4B2H", *head) + payload
    encoded: bytes = cobs.encode(body + struct.pack("<I", zlib.crc32(body)))
    return encoded + FRAME_END


def lines() -> Iterator[str]:
    """The vectors, as lines of JSON."""
    for count, (definition, payload) in enumerate(payloads()):
        seq = 0xFFF0 + count & 0xFFFF  # the numbers wrap on the way
        boot = 0xFFFF - 251 * count & 0xFFFF
        stretch = wire(definition, seq, boot, payload)
        values = decode(stretch.removesuffix(FRAME_END)).values
        facts = {
            "name": definition.name,
            "seq": seq,
            "boot": boot,
            "values": {name: _as_json(value) for name, value in values.items()},
            "wire": stretch.hex().upper(),
        }
        yield json.dumps(facts)


def _as_json(value: Any) -> Any:
    return value.hex().upper() if isinstance(value, bytes) else value


def main() -> None:
    """Writes the file, and says so."""
    text = "".join(line + "\n" for line in lines())
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(text, encoding="utf-8", newline="\n")
    print(f"{PATH.name}: {text.count(chr(10))} vectors")


if __name__ == "__main__":
    main()
