"""Capture files of whole GBCS messages, which Wireshark and tshark open.

The link type is USER0: tell Wireshark that it holds `gbcs_message` (Preferences, Protocols,
DLT_USER).
"""

from datetime import datetime

from construct import Const, Int16ul, Int32ul, Struct

LINK_TYPE_USER0 = 147
_SNAP_BYTES = 65_535

_FILE_HEADER = Struct(
    "magic" / Const(0xA1B2C3D4, Int32ul) * "seconds and microseconds, little-endian",
    "version_major" / Const(2, Int16ul),
    "version_minor" / Const(4, Int16ul),
    "zone" / Const(0, Int32ul) * "UTC",
    "accuracy" / Const(0, Int32ul),
    "snap_bytes" / Const(_SNAP_BYTES, Int32ul) * "no message is longer",
    "link_type" / Const(LINK_TYPE_USER0, Int32ul),
)
"""libpcap's classic format."""

_PACKET_HEADER = Struct(
    "seconds" / Int32ul * "since 1970-01-01T00:00:00Z",
    "microseconds" / Int32ul,
    "captured_bytes" / Int32ul,
    "original_bytes" / Int32ul,
)


def pcap_header() -> bytes:
    """The 24 bytes that a capture file begins with."""
    header: bytes = _FILE_HEADER.build({})
    return header


def pcap_record(time: datetime, message: bytes) -> bytes:
    """One message as it stands in a capture file.

    Args:
        time: what the message is shown under, with its zone; outside 1970 to early 2106, which
            the format cannot hold, it is shown under 1970.
        message: at most 65,535 bytes.
    """
    seconds = int(time.timestamp())
    header: bytes = _PACKET_HEADER.build(
        {
            "seconds": seconds if 0 <= seconds < 1 << 32 else 0,
            "microseconds": time.microsecond,
            "captured_bytes": len(message),
            "original_bytes": len(message),
        }
    )
    return header + message
