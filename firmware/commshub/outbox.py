"""Frames to bytes. Builds each frame in one buffer and hands it to the link whole."""

import struct
from binascii import crc32

from commshub import cobs, wire
from commshub.framer import (
    CHECK_BYTES,
    HEADER_BYTES,
    LONGEST_BODY_BYTES,
    LONGEST_WIRE_BYTES,
)

_LOG_BYTES = 400  # a sentence or the end of a traceback


class Outbox:
    """What the hub says.

    Args:
        write: called as write(buffer, length) with the bytes of a frame; the buffer is used again.
    """

    def __init__(self, write):
        self._write = write
        self._body = bytearray(LONGEST_BODY_BYTES)
        self._view = memoryview(self._body)
        self._wire = bytearray(LONGEST_WIRE_BYTES)
        self._seq = 0

    def send(self, kind: int, form: str, *values) -> None:
        """A frame of fixed fields, packed as `form`."""
        struct.pack_into(form, self._body, HEADER_BYTES, *values)
        self._finish(kind, HEADER_BYTES + struct.calcsize(form))

    def send_with(self, tail, start: int, end: int, kind: int, form: str, *values) -> None:
        """A frame of fixed fields and `tail[start:end]` behind them."""
        struct.pack_into(form, self._body, HEADER_BYTES, *values)
        at = HEADER_BYTES + struct.calcsize(form)
        cobs.copy(tail, start, self._body, at, end - start)
        self._finish(kind, at + end - start)

    def log(self, text: str) -> None:
        """A sentence for people; of a long one the end, which says most in a traceback."""
        tail = text.encode()[-_LOG_BYTES:]
        self.send_with(tail, 0, len(tail), wire.LOG, "<")

    def _finish(self, kind, length):
        body = self._body
        seq = self._seq
        self._seq = (seq + 1) & 0xFFFF
        body[0] = wire.PROTOCOL_VERSION
        body[1] = kind
        body[2] = seq & 0xFF
        body[3] = seq >> 8
        struct.pack_into("<I", body, length, crc32(self._view[:length]))
        end = cobs.encode(body, length + CHECK_BYTES, self._wire, 0)
        self._wire[end] = 0  # a second delimiter: where one is damaged, only one frame is
        self._write(self._wire, end + 1)
