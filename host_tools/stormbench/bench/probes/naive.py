"""A filter as one writes it first, in plain Python: what the hub's design is measured against.

The same frames, answered with the same kinds of frame, over the standard streams: a byte at a
time, an object for each frame, COBS and fields in Python, a dict of counts. No queue, no numbers
that are repeated, no windows, no saves: less than a hub does.
"""

import binascii
import struct
import sys

import micropython

ALERT, ACK, FORWARDED = 0x02, 0x82, 0x83


class Frame:
    """One frame, decoded."""

    def __init__(self, body):
        head = struct.unpack("<BBBBHH", body[:8])
        self.kind, self.seq, self.boot = head[3:]
        self.payload = body[8:-4]
        self.is_sound = struct.unpack("<I", body[-4:])[0] == binascii.crc32(body[:-4])


def unstuffed(stretch):
    """COBS, decoded."""
    body = b""
    at = 0
    while at < len(stretch):
        code = stretch[at]
        body += stretch[at + 1 : at + code]
        at += code
        if code < 255 and at < len(stretch):
            body += b"\x00"
    return body


def stuffed(body):
    """COBS."""
    wire = b""
    for piece in body.split(b"\x00"):
        while len(piece) >= 254:
            wire += b"\xff" + piece[:254]
            piece = piece[254:]
        wire += bytes([len(piece) + 1]) + piece
    return wire + b"\x00\x00"


def framed(kind, seq, boot, payload):
    """The bytes of a frame."""
    cells = 0x20 + (len(payload) + 30) // 16
    body = struct.pack("<BBBBHH", VERSION, cells, 0x9E - cells, kind, seq, boot) + payload
    return stuffed(body + struct.pack("<I", binascii.crc32(body)))


def read_frame(stream):
    """The next frame."""
    stretch = b""
    byte = bytearray(1)
    while True:
        stream.readinto(byte)
        if byte[0]:
            stretch += bytes(byte)
        elif stretch:
            return Frame(unstuffed(stretch))


VERSION = 0


def measure(version, key_at, frames, suppresses):
    """Answer so many frames; all but the first of a key are suppressed, or none is.

    Args:
        key_at: where in a message originator, target and code begin.
    """
    global VERSION
    VERSION = version
    counts = {}  # type: ignore[var-annotated]
    north = 0
    micropython.kbd_intr(-1)
    print("ready")
    for _ in range(frames):
        frame = read_frame(sys.stdin.buffer)
        if not frame.is_sound or frame.kind != ALERT:
            continue
        message = frame.payload[8:]
        key = tuple(message[at : at + length] for at, length in key_at)
        counts[key] = counts.get(key, 0) + 1
        verdict = 2 if suppresses and counts[key] > 1 else 0
        if verdict == 0:
            payload = frame.payload[:6] + bytes(19) + message
            sys.stdout.buffer.write(framed(FORWARDED, north & 0xFFFF, frame.boot, payload))
            north += 1
        entry = bytes([verdict]) + frame.payload[:6]
        ack = struct.pack("<HH", frame.seq, north & 0xFFFF) + entry
        sys.stdout.buffer.write(framed(ACK, frame.seq, frame.boot, ack))
    micropython.kbd_intr(3)
    return {"frames": frames, "keys": len(counts), "forwarded": north}
