"""Bytes to frames, pure. Answers three different things: a frame, damage, or that it needs more.

The one buffer is as large as the longest frame and a cell; garbage of any length costs no more
than that. A frame is decoded where it lies, so what it holds is good only until the next call, or
the next byte that a link reads.
"""

from commshub import cobs, octets, wire
from commshub.compat import micropython
from commshub.octets import CHECK_BYTES

NEED_MORE = 0
FRAME = 1
DAMAGED = 2

HEADER_BYTES = 8  # version, cells, their check, kind, seq, boot
LONGEST_BODY_BYTES = HEADER_BYTES + wire.MAX_PAYLOAD_BYTES + CHECK_BYTES
_LEAST_BODY_BYTES = HEADER_BYTES + CHECK_BYTES
LONGEST_WIRE_BYTES = LONGEST_BODY_BYTES + LONGEST_BODY_BYTES // 254 + 3  # code, two delimiters
BUFFER_BYTES = LONGEST_WIRE_BYTES + wire.CELL_BYTES
LAST_CELL_AT = BUFFER_BYTES - wire.CELL_BYTES


class Framer:
    """Collects what is received and hands out frames.

    Args:
        beside: another framer, of which this one uses what either needs only within a call; then
            it has no `cells` nor the like, because its link gives it what it `take`s.

    After FRAME, `kind`, `seq`, `boot` and the payload `buffer[start:end]` are those of the frame.
    `filled` says up to where there is something in the buffer. A link may read straight to it: to
    `cells`, up to the one at `LAST_CELL_AT`; to the `first` byte, the `second`, the
    `rest_of_first` of the cells; or to all that is `behind_first`.
    """

    def __init__(self, beside=None):
        self.buffer = bytearray(BUFFER_BYTES)
        self.kind = self.seq = self.boot = self.start = self.end = 0
        self.damaged = 0
        self._codes = beside._codes if beside else bytearray(BUFFER_BYTES)
        if not beside:
            self._let_be_read_to()
        self._read = 0  # what lies before is done with
        self.filled = 0
        self._skipping = False  # in garbage that did not fit, up to the next delimiter

    def _let_be_read_to(self):
        view = memoryview(self.buffer)
        cells = range(0, LAST_CELL_AT + 1, wire.CELL_BYTES)
        self.cells = [view[at : at + wire.CELL_BYTES] for at in cells]
        self.first = view[:1]
        self.second = view[1:2]
        self.rest_of_first = view[2 : wire.CELL_BYTES]
        self.behind_first = view[wire.CELL_BYTES :]

    @micropython.native
    def take(self, source, length: int, start: int = 0) -> bool:
        """Take `source[start : start + length]` in; only as much as there is room for.

        There is room for a cell, while `has_room`; and for `BUFFER_BYTES` less what is `filled`.

        Returns: whether another cell can be taken before `next()`.

        Allocates: nothing.
        """
        filled = self.filled
        if filled:
            cobs.copy(source, start, self.buffer, filled, length)
        else:
            octets.take_out(source, start, length, self.buffer)  # three times as fast
        self.filled = filled + length
        return filled + length <= LAST_CELL_AT

    @micropython.native
    def has_room(self) -> bool:
        """Whether another cell can be taken before `next()`."""
        return self.filled <= LAST_CELL_AT

    @micropython.native
    def next(self) -> int:
        """FRAME, DAMAGED (and counted) or NEED_MORE."""
        buffer = self.buffer
        filled = self.filled
        while self._read < filled:
            if self._skipping:
                start = self._read
            else:
                start = self._read = cobs.find_other(buffer, self._read, filled)
                place = cobs.open_up(buffer, start, filled, self._codes)
                if place >= 0:
                    if self._is_frame(start + 1, place):
                        self._read = cobs.find_other(buffer, place, filled)
                        if self._read == filled:
                            self._read = self.filled = 0
                        return FRAME
                    cobs.close_up(buffer, start, place, self._codes)
            place = cobs.find_zero(buffer, start, filled)
            if place < 0:
                break
            self._read = place + 1
            if self._skipping:
                self._skipping = False
            else:
                end = cobs.decode(buffer, start, place)
                if self._is_frame(start, end):
                    return FRAME
                self.damaged += 1
                return DAMAGED
        return self._keep_the_rest()

    @micropython.native
    def _keep_the_rest(self):
        """Move the beginning of a frame to the front, or drop what cannot be one."""
        length = self.filled - self._read
        if self._skipping:
            length = 0
        elif length > LONGEST_WIRE_BYTES:
            length = 0
            self._skipping = True
            self.damaged += 1
        if length and self._read:
            cobs.copy(self.buffer, self._read, self.buffer, 0, length)
        self._read = 0
        self.filled = length
        return NEED_MORE

    @micropython.native
    def _is_frame(self, start, end):
        """Whether `buffer[start:end]`, decoded, is one; what it is called is then noted."""
        buffer = self.buffer
        if (
            not _LEAST_BODY_BYTES <= end - start <= LONGEST_BODY_BYTES
            or not octets.is_sound(buffer, start, end, octets.TABLE)
            or buffer[start] != wire.PROTOCOL_VERSION
        ):
            return False
        self.kind = buffer[start + 3]
        self.seq = buffer[start + 4] | buffer[start + 5] << 8
        self.boot = buffer[start + 6] | buffer[start + 7] << 8
        self.start = start + HEADER_BYTES
        self.end = end - CHECK_BYTES
        return True
