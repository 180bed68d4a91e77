"""Frames whose lengths are at the edges of something: a COBS block, a USB packet, a buffer.

An edge is met by a message, by a message and its check sum, which may be one run without a 00, by
a body (header and check sum included) and by the bytes on the wire, whatever the layout of the
frames that carry a message.
"""

import random
from collections.abc import Iterator

from commshub.framer import HEADER_BYTES
from commshub.octets import CHECK_BYTES
from hubwire.frames import BY_NAME, MAX_MESSAGE_BYTES
from hubwire.framing import FRAME_END, Frame, encode

EDGES = (
    range(62, 67),
    range(126, 130),
    range(253, 258),  # the first is that of a block of COBS
    range(507, 510),  # two such blocks
    range(510, 515),
    range(1015, 1018),  # four
    range(1022, 1026),
)
FILLERS = ("random", "zeros", "no zero", "one zero, the last")
_MOST_AROUND_A_MESSAGE = 64
"""No frame has more, before its framing or after."""


def filled(filler: str, length: int) -> bytes:
    """A message that is no GBCS, always the same for the same length."""
    if filler == "zeros":
        return bytes(length)
    octets = random.Random(length).randbytes(length)
    if filler == "random":
        return octets
    octets = octets.replace(b"\x00", b"\x01")
    return octets if filler == "no zero" else octets[:-1] + b"\x00"


def carrying(name: str, seq: int, message: bytes) -> Frame:
    """A frame with a message; its other fields are 0."""
    fields = {field.name: 0 for field in BY_NAME[name].layout.subcons}
    return Frame(name, seq, fields | {"message": message})


def lengths_of(frame: Frame) -> tuple[int, int, int]:
    """Bytes of its message, of its body, and on the wire up to its delimiters."""
    payload_bytes = len(BY_NAME[frame.name].layout.build(dict(frame.values)))
    body_bytes = HEADER_BYTES + payload_bytes + CHECK_BYTES
    return len(frame["message"]), body_bytes, len(encode(frame)) - len(FRAME_END)


def at_the_edge(name: str, edge: range, filler: str) -> Iterator[Frame]:
    """Every frame of this name of which some length is in `edge`."""
    longest = min(edge[-1], MAX_MESSAGE_BYTES)
    for length in range(max(0, edge[0] - _MOST_AROUND_A_MESSAGE), longest + 1):
        frame = carrying(name, length, filled(filler, length))
        if any(each in edge for each in (*lengths_of(frame), length + CHECK_BYTES)):
            yield frame
