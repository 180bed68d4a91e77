"""The vectors that a board is given, and what must come of each; what came is compared here."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cobs import cobs

from hubwire import vectors, vectors_gbcs
from stormbench.selftest import storm

_LONGEST_FRAME_BYTES = 300
"""Longer ones are left to `make test`, which has them under every runtime; so the probe stays
small beside a board's heap."""

_MESSAGES_EACH = 2

_HEADER = struct.Struct("<3xBHH")
_CHECK_BYTES = 4

_ALERT = 0
_NO_ALERTS = {"NotAnAlert": 1, "TrailingBytes": 2}
"""What the firmware's reader answers (commshub/gbcs.py) to messages that are none, or damaged. It
is less strict than this side, so not every damage is one to it."""

RFC_4231 = (
    (
        "0b" * 20,
        b"Hi There".hex(),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ),
    (
        b"Jefe".hex(),
        b"what do ya want for nothing?".hex(),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        "aa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First".hex(),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
)
"""Test cases 1, 2 and 6 of RFC 4231: key, text, HMAC-SHA-256, as hex."""


@dataclass(frozen=True)
class Vector:
    """What a board is given, as hex, and what it must make of that."""

    name: str
    given: str
    expected: Any


def frames() -> list[Vector]:
    """Golden frames of every kind."""
    return [
        Vector(facts["name"], facts["wire"], _opened(bytes.fromhex(facts["wire"])))
        for facts in _facts(vectors.PATH)
        if len(facts["wire"]) <= 2 * _LONGEST_FRAME_BYTES
    ]


def _opened(wire: bytes) -> list[object]:
    """Kind, number, boot and payload, by a decoder that is not ours."""
    body = cobs.decode(wire.rstrip(b"\0"))
    kind, seq, boot = _HEADER.unpack_from(body)
    return [kind, seq, boot, body[_HEADER.size : -_CHECK_BYTES].hex()]


def messages() -> list[Vector]:
    """Golden GBCS messages: of each form, payload and damage the shortest."""
    kinds: dict[tuple[str, ...], list[Vector]] = {}
    for facts in _facts(vectors_gbcs.PATH):
        kind: tuple[str, ...]
        if "error" not in facts:
            kind = facts["form"], facts["payload"]
            names = facts["originator"].lower(), facts["target"].lower()
            is_signed = int(facts["form"] == "signature")
            expected: list[Any] = [_ALERT, *names, int(facts["code"], 16), is_signed]
        elif facts["error"] in _NO_ALERTS:
            kind, expected = (facts["error"],), [_NO_ALERTS[facts["error"]]]
        else:
            continue
        kinds.setdefault(kind, []).append(Vector(" ".join(kind), facts["hex"], expected))
    return [
        each
        for found in kinds.values()
        for each in sorted(found, key=lambda vector: len(vector.given))[:_MESSAGES_EACH]
    ]


def verdicts() -> list[Vector]:
    """The storm, alert by alert; it is given as a whole."""
    return [Vector(f"alert at {alert.t} ms", "", alert.verdict) for alert in storm.STORM]


def macs() -> list[Vector]:
    """HMAC-SHA-256 of published texts."""
    return [
        Vector(f"RFC 4231 text {text}", f"{key} {text}", expected)
        for key, text, expected in RFC_4231
    ]


def arguments() -> list[Any]:
    """What the probe `vectors` is called with."""
    return [
        [each.given for each in frames()],
        [each.given for each in messages()],
        storm.arguments(),
        [each.given.split() for each in macs()],
    ]


def wrong(expected: list[Vector], found: list[Any]) -> list[str]:
    """Names of the vectors of which something else came."""
    return [
        vector.name
        for place, vector in enumerate(expected)
        if place >= len(found) or found[place] != vector.expected
    ]


def _facts(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
