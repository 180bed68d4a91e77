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
_DELIMITER = bytes(1)


class Outbox:
    """What the hub says.

    Args:
        write: called as write(buffer, length) with the bytes of a frame, and says whether the port
            took them all; the buffer is used again.
        can_write: says whether the port takes bytes now, without waiting for a host to read.

    `boot` is what frames bear in their header. `cut` counts frames that were not taken whole: they
    are lost, and whatever must not be lost is sent again by whom it concerns.
    """

    def __init__(self, write, can_write=lambda: True):
        self.boot = wire.NO_BOOT
        self.cut = 0
        self.can_send = can_write
        self._write = write
        self._body = bytearray(LONGEST_BODY_BYTES)
        self._view = memoryview(self._body)
        self._wire = bytearray(LONGEST_WIRE_BYTES)
        self._seq = 0
        self._is_cut = False

    def send(self, kind: int, form: str, *values) -> None:
        """A frame of fixed fields, packed as `form`."""
        struct.pack_into(form, self._body, HEADER_BYTES, *values)
        self._finish(kind, self._next_seq(), HEADER_BYTES + struct.calcsize(form))

    def send_with(self, tail, start: int, end: int, kind: int, form: str, *values) -> None:
        """A frame of fixed fields and `tail[start:end]` behind them."""
        struct.pack_into(form, self._body, HEADER_BYTES, *values)
        at = HEADER_BYTES + struct.calcsize(form)
        cobs.copy(tail, start, self._body, at, end - start)
        self._finish(kind, self._next_seq(), at + end - start)

    def send_packed(self, kind: int, seq: int, payload, start: int, end: int) -> None:
        """A frame of that number, whose payload is packed already."""
        cobs.copy(payload, start, self._body, HEADER_BYTES, end - start)
        self._finish(kind, seq, HEADER_BYTES + end - start)

    def log(self, text: str) -> None:
        """A sentence for people; of a long one the end, which says most in a traceback."""
        tail = text.encode()[-_LOG_BYTES:]
        self.send_with(tail, 0, len(tail), wire.LOG, "<")

    def _next_seq(self):
        seq = self._seq
        self._seq = (seq + 1) & 0xFFFF
        return seq

    def _finish(self, kind, seq, length):
        if not self.can_send():
            self.cut += 1
            return
        body = self._body
        body[0] = wire.PROTOCOL_VERSION
        body[1] = kind
        body[2] = seq & 0xFF
        body[3] = seq >> 8
        body[4] = self.boot & 0xFF
        body[5] = self.boot >> 8
        struct.pack_into("<I", body, length, crc32(self._view[:length]))
        end = cobs.encode(body, length + CHECK_BYTES, self._wire, 0)
        self._wire[end] = 0  # a second delimiter: where one is damaged, only one frame is
        # What was taken of a frame that was cut must not become part of this one.
        is_apart = not self._is_cut or self._write(_DELIMITER, 1)
        self._is_cut = not is_apart or not self._write(self._wire, end + 1)
        if self._is_cut:
            self.cut += 1
