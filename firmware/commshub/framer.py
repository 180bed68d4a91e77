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
LONGEST_WIRE_BYTES = LONGEST_BODY_BYTES + LONGEST_BODY_BYTES // 254 + 3  # code, two delimiters


class Framer:
    """Collects what is received and hands out frames.

    After FRAME, `kind`, `seq`, `boot` and the payload `buffer[start:end]` are those of the frame.
    """

    def __init__(self):
        self.buffer = bytearray(LONGEST_WIRE_BYTES + wire.CELL_BYTES)
        self.kind = self.seq = self.boot = self.start = self.end = 0
        self.damaged = 0
        self._view = memoryview(self.buffer)
        self._read = 0  # what lies before is done with
        self._filled = 0
        self._skipping = False  # in garbage that did not fit, up to the next delimiter

    def take(self, source, length: int) -> bool:
        """Take `source[:length]` in, at most a cell; only while there is room.

        Returns: whether another cell can be taken before `next()`.

        Allocates: nothing.
        """
        filled = self._filled
        cobs.copy(source, 0, self.buffer, filled, length)
        filled += length
        self._filled = filled
        return filled + wire.CELL_BYTES <= len(self.buffer)

    def has_room(self) -> bool:
        """Whether another cell can be taken before `next()`."""
        return self._filled + wire.CELL_BYTES <= len(self.buffer)

    def next(self) -> int:
        """FRAME, DAMAGED (and counted) or NEED_MORE."""
        while True:
            if not self._skipping:
                self._read = cobs.find_other(self.buffer, self._read, self._filled)
            place = cobs.find_zero(self.buffer, self._read, self._filled)
            if place < 0:
                return self._keep_the_rest()
            start = self._read
            self._read = place + 1
            if self._skipping:
                self._skipping = False
            else:
                return self._open(start, place)

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
        end = cobs.decode(self.buffer, start, place) - CHECK_BYTES
        longest = LONGEST_BODY_BYTES - CHECK_BYTES
        if not HEADER_BYTES <= end - start <= longest or not self._check(start, end):
            self.damaged += 1
            return DAMAGED
        buffer = self.buffer
        self.kind = buffer[start + 1]
        self.seq = buffer[start + 2] | buffer[start + 3] << 8
        self.boot = buffer[start + 4] | buffer[start + 5] << 8
        self.start = start + HEADER_BYTES
        self.end = end
        return FRAME

    def _check(self, start, end):
        """Whether the check sum holds and the version is ours. Allocates: a view and an int."""
        buffer = self.buffer
        check = crc32(self._view[start:end])
        return (
            check & 0xFFFF == buffer[end] | buffer[end + 1] << 8
            and check >> 16 == buffer[end + 2] | buffer[end + 3] << 8
            and buffer[start] == wire.PROTOCOL_VERSION
        )
