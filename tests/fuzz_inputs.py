"""What the fuzz tests feed: damaged golden vectors, and good frames with anything in them.

An edit is plain data, so hypothesis can draw and shrink it, and a seeded `Random` can make as many
as a long feed needs. `sealed` puts the right check sum on whatever it is given: without it nothing
gets past the framing. Knows the definitions, and nothing of who reads what is made here.
"""

import json
import struct
import zlib
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from cobs import cobs
from hypothesis import strategies as st

from commshub.framer import HEADER_BYTES
from commshub.octets import CHECK_BYTES
from commshub.wire import (
    CELL_BYTES,
    ENTER_REPL,
    HAN_ALERT,
    HAN_ALERT_BYTES,
    HELLO_REQUEST,
    HELLO_REQUEST_FORMAT,
    NORTH_ACK,
    NORTH_ACK_FORMAT,
    PROTOCOL_VERSION,
    RESET,
)
from frame_heads import head
from hubwire import frames
from hubwire.frames import DEFINITIONS, GREETING, HOST
from hubwire.generate import fields_of

VECTORS = Path(frames.__file__).parent / "vectors"
BOOT = 0x5678
"""Of the hub that the frames are for: the low 16 bits of its boot."""


def _golden(name: str, field: str) -> list[bytes]:
    lines = (VECTORS / name).read_text("utf-8").splitlines()
    return [bytes.fromhex(json.loads(line)[field]) for line in lines]


MESSAGES = _golden("gbcs.jsonl", "hex")
HOSTS_KINDS = [definition.kind for definition in DEFINITIONS if definition.sender == HOST]
_STAYING_KINDS = sorted(set(range(256)) - {RESET, ENTER_REPL})
"""A hub that boots has new memory, so nobody would see whether the old had grown."""

_KIND_AT = 3  # of a header
_MOST_CELLS = 0x7E  # that a header can say; no frame that is taken has as many

_LENGTHS = (0, 1, 2, 8, 9, 12, 0x40, 0x7F, 0x80, 0x81, 0x82, 0x83, 0xFE, 0xFF)
"""Values of bytes that are, or become, a length."""


def sealed(
    kind: int, seq: int, payload: bytes, version: int = PROTOCOL_VERSION, boot: int = BOOT
) -> bytes:
    """A good frame with its delimiters, whatever is in it."""
    body_bytes = HEADER_BYTES + len(payload) + CHECK_BYTES
    cells = (body_bytes + body_bytes // 254 + 2 + CELL_BYTES) // CELL_BYTES
    return resealed(head(kind, seq, boot, version, min(cells, _MOST_CELLS)) + payload)


def with_true_hint(frame: bytes) -> bytes:
    """A good frame whose header says how many cells it takes, whatever it said."""
    body = cobs.decode(frame.rstrip(b"\x00"))[:-CHECK_BYTES]
    *_, kind, seq, boot = struct.unpack_from("<4B2H", body)
    return sealed(kind, seq, body[HEADER_BYTES:], body[0], boot)


def resealed(body: bytes) -> bytes:
    """The frame of this body, header included, with the check sum that it needs."""
    return cobs.encode(body + struct.pack("<I", zlib.crc32(body))) + b"\x00\x00"


def _for_the_hub(frame: bytes) -> bytes:
    """The body of a golden frame, before check sum and COBS, with the boot of the hub in it."""
    body = cobs.decode(frame.rstrip(b"\x00"))[:-CHECK_BYTES]
    return body[: HEADER_BYTES - 2] + struct.pack("<H", BOOT) + body[HEADER_BYTES:]


BODIES = [_for_the_hub(frame) for frame in _golden("frames.jsonl", "wire")]
FRAMES = [resealed(body) for body in BODIES]
"""The golden frames."""

_STAYING_FRAMES = [resealed(body) for body in BODIES if body[_KIND_AT] in _STAYING_KINDS]


class Edit(NamedTuple):
    """One change of some bytes; `at` is taken modulo their length."""

    how: str
    at: int
    size: int
    octets: bytes


HOWS = ("flip", "insert", "delete", "truncate", "splice", "repeat", "length")


def edited(original: bytes, other: bytes, edit: Edit) -> bytes:
    """`original` with this change; "splice" goes on with the rest of `other`."""
    at = edit.at % (len(original) + 1)
    head, rest = original[:at], original[at:]
    if edit.how == "flip":
        return head + bytes([rest[0] ^ 1 << edit.size % 8]) + rest[1:] if rest else head
    if edit.how == "insert":
        return head + edit.octets + rest
    if edit.how == "delete":
        return head + rest[1 + edit.size :]
    if edit.how == "truncate":
        return head
    if edit.how == "splice":
        return head + other[edit.size % (len(other) + 1) :]
    if edit.how == "repeat":
        return head + rest[: 1 + edit.size] * (2 + edit.size % 5) + rest[1 + edit.size :]
    return head + bytes([_LENGTHS[edit.size % len(_LENGTHS)]]) + rest[1:]


def damaged_by(originals: tuple[bytes, bytes], edits: list[Edit]) -> bytes:
    """The first of the two with all changes, one after the other."""
    octets, other = originals
    for edit in edits:
        octets = edited(octets, other, edit)
    return octets


# For hypothesis.

edits = st.builds(
    Edit, st.sampled_from(HOWS), st.integers(0, 1200), st.integers(0, 300), st.binary(max_size=8)
)
some_octets = st.one_of(
    st.binary(max_size=120),
    st.builds(
        lambda byte, count: bytes([byte]) * count, st.integers(0, 255), st.integers(0, 1500)
    ),
)


def damaged(originals: list[bytes]) -> st.SearchStrategy[bytes]:
    """One of these, with some changes or none."""
    one = st.sampled_from(originals)
    return st.builds(damaged_by, st.tuples(one, one), st.lists(edits, max_size=4))


def _numbers(width_bytes: int) -> st.SearchStrategy[bytes]:
    edges = st.sampled_from([bytes(width_bytes), b"\xff" * width_bytes])
    small = st.integers(0, 255).map(lambda value: value.to_bytes(width_bytes, "little"))
    return st.one_of(small, edges, st.binary(min_size=width_bytes, max_size=width_bytes))


def payload_of(definition: Any) -> st.SearchStrategy[bytes]:
    """Payloads that are of a frame's kind as far as their length goes; any numbers in them."""
    widths = [struct.calcsize("<" + field.code) for field in fields_of(definition.layout)]
    fixed = st.tuples(*[_numbers(width) for width in widths if width]).map(b"".join)
    if all(widths):
        return fixed
    tail = damaged(MESSAGES) if definition.kind == HAN_ALERT else some_octets
    return st.builds(lambda head, rest: head + rest, fixed, tail)


seqs = st.one_of(st.integers(0, 12), st.integers(0, 0xFFFF))
of_its_kind = st.sampled_from(DEFINITIONS).flatmap(
    lambda definition: st.builds(sealed, st.just(definition.kind), seqs, payload_of(definition))
)
of_the_host = st.sampled_from([d for d in DEFINITIONS if d.sender == HOST]).flatmap(
    lambda definition: st.builds(sealed, st.just(definition.kind), seqs, payload_of(definition))
)
good_frames = st.one_of(
    of_its_kind,
    of_the_host,
    damaged(BODIES).map(resealed),
    st.builds(sealed, st.integers(0, 255), seqs, some_octets),
    st.builds(sealed, st.sampled_from(HOSTS_KINDS), seqs, some_octets, st.integers(0, 255)),
)
"""With the right check sum, and any kind, version, numbers or length."""

stretches = st.one_of(good_frames, damaged(FRAMES), some_octets)


# For long feeds.


def new_session(session: int) -> bytes:
    """The frames behind which alerts are numbered from 0."""
    hello_request = struct.pack(HELLO_REQUEST_FORMAT, 0, session, GREETING)
    north_ack = struct.pack(NORTH_ACK_FORMAT, 0, 0)
    return sealed(HELLO_REQUEST, 0, hello_request) + sealed(NORTH_ACK, 0, north_ack)


def random_edits(random: Random) -> list[Edit]:
    """Some changes."""
    return [
        Edit(
            random.choice(HOWS),
            random.randrange(1200),
            random.randrange(300),
            random.randbytes(random.randrange(8)),
        )
        for _ in range(random.randrange(4))
    ]


def random_message(random: Random) -> bytes:
    """A golden message with some changes or none."""
    return damaged_by((random.choice(MESSAGES), random.choice(MESSAGES)), random_edits(random))


def random_frame(random: Random) -> bytes:
    """One of all that `stretches` draws from, after which a hub stays; alerts most of all."""
    kind = random.randrange(6)
    if kind == 0:
        return random.randbytes(random.choice((3, 30, 300, 1500)))
    if kind == 1:
        originals = (random.choice(_STAYING_FRAMES), random.choice(_STAYING_FRAMES))
        return damaged_by(originals, random_edits(random))
    if kind == 2:
        body = random.choice(BODIES)[HEADER_BYTES:]
        payload = damaged_by((body, random.randbytes(40)), random_edits(random))
        kinds = [each for each in HOSTS_KINDS if each in _STAYING_KINDS]
        return sealed(random.choice(kinds), random.randrange(1 << 16), payload)
    if kind == 3:
        payload = random.randbytes(random.randrange(80))
        return sealed(random.choice(_STAYING_KINDS), random.randrange(1 << 16), payload)
    head = random.randbytes(2) + bytes(HAN_ALERT_BYTES - 2)
    alerts = [sealed(HAN_ALERT, seq, head + random_message(random)) for seq in range(kind - 3)]
    return b"\x00" + new_session(random.randrange(1 << 32)) + b"".join(alerts)
