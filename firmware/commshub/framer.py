"""Bytes to frames, pure. Answers three different things: a frame, damage, or that it needs more.

The one buffer is as large as the longest frame and a cell; garbage of any length costs no more
than that. A frame is decoded where it lies, so what it holds is good only until the next call.
"""

from binascii import crc32

from commshub import cobs, wire

NEED_MORE = 0
FRAME = 1
DAMAGED = 2

HEADER_BYTES = 6  # version, kind, seq, boot
CHECK_BYTES = 4
LONGEST_BODY_BYTES = HEADER_BYTES + wire.MAX_PAYLOAD_BYTES + CHECK_BYTES
_LEAST_BODY_BYTES = HEADER_BYTES + CHECK_BYTES
_RESIDUE = 0x2144DF1C  # the CRC-32 of anything with its own CRC-32 behind it
LONGEST_WIRE_BYTES = LONGEST_BODY_BYTES + LONGEST_BODY_BYTES // 254 + 3  # code, two delimiters
_BUFFER_BYTES = LONGEST_WIRE_BYTES + wire.CELL_BYTES
_LAST_CELL_AT = _BUFFER_BYTES - wire.CELL_BYTES


class Framer:
    """Collects what is received and hands out frames.

    After FRAME, `kind`, `seq`, `boot` and the payload `buffer[start:end]` are those of the frame.
    """

    def __init__(self):
        self.buffer = bytearray(_BUFFER_BYTES)
        self.kind = self.seq = self.boot = self.start = self.end = 0
        self.damaged = 0
        self._view = memoryview(self.buffer)
        cells = range(0, _LAST_CELL_AT + 1, wire.CELL_BYTES)
        self._cells = [self._view[at : at + wire.CELL_BYTES] for at in cells]
        self._read = 0  # what lies before is done with
        self._filled = 0
        self._skipping = False  # in garbage that did not fit, up to the next delimiter

    def take(self, source, length: int) -> bool:
        """Take `source[:length]` in, at most a cell; only while there is room.

        Returns: whether another cell can be taken before `next()`.

        Allocates: nothing.
        """
        cobs.copy(source, 0, self.buffer, self._filled, length)
        return self.took(length)

    def cell(self):
        """Where the next cell can be read to, and no copy is needed; None: nowhere."""
        filled = self._filled
        return None if filled % wire.CELL_BYTES else self._cells[filled // wire.CELL_BYTES]

    def took(self, length: int) -> bool:
        """So many bytes were read to `cell()`; as `take` otherwise."""
        filled = self._filled + length
        self._filled = filled
        return filled <= _LAST_CELL_AT

    def has_room(self) -> bool:
        """Whether another cell can be taken before `next()`."""
        return self._filled <= _LAST_CELL_AT

    def next(self) -> int:
        """FRAME, DAMAGED (and counted) or NEED_MORE."""
        while self._read < self._filled:
            if not self._skipping:
                self._read = cobs.find_other(self.buffer, self._read, self._filled)
            place = cobs.find_zero(self.buffer, self._read, self._filled)
            if place < 0:
                break
            start = self._read
            self._read = place + 1
            if self._skipping:
                self._skipping = False
            else:
                return self._open(start, place)
        return self._keep_the_rest()

    def _keep_the_rest(self):
        """Move the beginning of a frame to the front, or drop what cannot be one."""
        length = self._filled - self._read
        if self._skipping:
            length = 0
        elif length > LONGEST_WIRE_BYTES:
            length = 0
            self._skipping = True
            self.damaged += 1
        if length and self._read:
            cobs.copy(self.buffer, self._read, self.buffer, 0, length)
        self._read = 0
        self._filled = length
        return NEED_MORE

    def _open(self, start, place):
        buffer = self.buffer
        check_end = cobs.decode(buffer, start, place)
        if (
            not _LEAST_BODY_BYTES <= check_end - start <= LONGEST_BODY_BYTES
            or crc32(self._view[start:check_end]) != _RESIDUE
            or buffer[start] != wire.PROTOCOL_VERSION
        ):
            self.damaged += 1
            return DAMAGED
        self.kind = buffer[start + 1]
        self.seq = buffer[start + 2] | buffer[start + 3] << 8
        self.boot = buffer[start + 4] | buffer[start + 5] << 8
        self.start = start + HEADER_BYTES
        self.end = check_end - CHECK_BYTES
        return FRAME
