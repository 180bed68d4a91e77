"""Capture files of the newer kind, which Wireshark and tshark open: several interfaces, comments.

As in `pcap`, a packet is a whole GBCS message and the link type USER0. The blocks are those of
the specification (draft-ietf-opsawg-pcapng, sections 4.1 to 4.3), as many as are needed here.
"""

from collections.abc import Sequence

from construct import Aligned, Const, GreedyBytes, GreedyRange, Int16ul, Int32ul, Int64ul, Struct
from construct import Prefixed as Counted

from hubwire.errors import FieldOutOfRange
from hubwire.pcap import LINK_TYPE_USER0

INBOUND, OUTBOUND = 1, 2
"""Directions of a packet, seen from who has the interface."""

MOST_TEXT_BYTES = 65_535
MOST_PACKET_BYTES = 65_535

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_COMMENT, _APPLICATION, _NAME, _DESCRIPTION, _RESOLUTION, _FLAGS = 1, 4, 2, 3, 9, 2
_MICROSECONDS = b"\x06"

_OPTIONS = GreedyRange(
    Aligned(4, Struct("code" / Int16ul, "value" / Counted(Int16ul, GreedyBytes)))
)
"""Each is padded with zeros, which its length does not count."""

_END_OF_OPTIONS = bytes(4)

_SECTION_HEADER = Struct(
    "magic" / Const(0x1A2B3C4D, Int32ul) * "little-endian",
    "version_major" / Const(1, Int16ul),
    "version_minor" / Const(0, Int16ul),
    "section_bytes" / Const(0xFFFF_FFFF_FFFF_FFFF, Int64ul) * "not said",
)
_INTERFACE_DESCRIPTION = Struct(
    "link_type" / Const(LINK_TYPE_USER0, Int16ul),
    "reserved" / Const(0, Int16ul),
    "snap_bytes" / Const(MOST_PACKET_BYTES, Int32ul) * "no message is longer",
)
_PACKET_HEAD = Struct(
    "interface" / Int32ul,
    "time_high" / Int32ul,
    "time_low" / Int32ul * "of microseconds since 1970-01-01T00:00:00Z",
    "captured_bytes" / Int32ul,
    "original_bytes" / Int32ul,
)
"""An enhanced packet block."""


def pcapng_section(application: str) -> bytes:
    """What a file begins with.

    Args:
        application: what wrote it.
    """
    return _block(_SECTION, _SECTION_HEADER.build({}), [(_APPLICATION, application.encode())])


def pcapng_interface(name: str, description: str) -> bytes:
    """An interface, in front of its packets; the first one of a file is number 0."""
    options = [
        (_NAME, name.encode()),
        (_DESCRIPTION, description.encode()),
        (_RESOLUTION, _MICROSECONDS),
    ]
    return _block(_INTERFACE, _INTERFACE_DESCRIPTION.build({}), options)


def pcapng_packet(
    interface: int, time_us: int, message: bytes, direction: int, comment: str
) -> bytes:
    """One message.

    Args:
        interface: its number.
        time_us: since 1970-01-01T00:00:00Z, 0 to 2**64 - 1.
        message: at most 65,535 bytes.
        direction: `INBOUND` or `OUTBOUND`.
        comment: at most 65,535 bytes as UTF-8.

    Raises:
        FieldOutOfRange: the message or the comment is too long.
    """
    if len(message) > MOST_PACKET_BYTES:
        raise FieldOutOfRange(
            f"message: expected at most {MOST_PACKET_BYTES} bytes, got {len(message)}"
        )
    head = {
        "interface": interface,
        "time_high": time_us >> 32,
        "time_low": time_us & 0xFFFF_FFFF,
        "captured_bytes": len(message),
        "original_bytes": len(message),
    }
    content = _PACKET_HEAD.build(head) + message + bytes(-len(message) % 4)
    options = [(_COMMENT, comment.encode()), (_FLAGS, direction.to_bytes(4, "little"))]
    return _block(_PACKET, content, options)


def _block(kind: int, content: bytes, options: Sequence[tuple[int, bytes]]) -> bytes:
    for _, value in options:
        if len(value) > MOST_TEXT_BYTES:
            raise FieldOutOfRange(
                f"option: expected at most {MOST_TEXT_BYTES} bytes, got {len(value)}"
            )
    built = _OPTIONS.build([{"code": code, "value": value} for code, value in options])
    content += built + _END_OF_OPTIONS
    total = Int32ul.build(len(content) + 12)
    block: bytes = Int32ul.build(kind) + total + content + total
    return block
