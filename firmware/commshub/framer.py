"""Bytes to frames, pure. Answers different things: a frame, damage, or that it needs more.

The one buffer is as large as the longest frame and what a link reads at once; garbage of any
length costs no more than that. A frame is decoded where it lies, so what it holds is good only
until the next call, or the next byte that a link reads.
"""

from commshub import cobs, octets, wire
from commshub.compat import const, make_words, micropython, ptr8, ptr32
from commshub.octets import CHECK_BYTES

NEED_MORE = 0
FRAME = 1
DAMAGED = 2
EXPECTED = 3

HEADER_BYTES = 8  # version, cells, their check, kind, seq, boot
LONGEST_BODY_BYTES = HEADER_BYTES + wire.MAX_PAYLOAD_BYTES + CHECK_BYTES
_LEAST_BODY_BYTES = HEADER_BYTES + CHECK_BYTES
LONGEST_WIRE_BYTES = LONGEST_BODY_BYTES + LONGEST_BODY_BYTES // 254 + 3  # code, two delimiters
BUFFER_BYTES = LONGEST_WIRE_BYTES + wire.CELL_BYTES
LAST_CELL_AT = LONGEST_WIRE_BYTES  # behind it there is room for a cell

# Of the frame that is expected: its header.
KIND = 0
SEQ = 1
BOOT = 2
EXPECTED_WORDS = 3

# The same to machine code, which knows no constants of others.
_KIND = const(0)
_SEQ = const(1)
_BOOT = const(2)
_HEADER_BYTES = const(8)
_VERSION = const(0x23)
_IS_EXPECTED = const(1)


class Framer:
    """Collects what is received and hands out frames.

    After FRAME, `kind`, `seq`, `boot` and the payload `buffer[start:end]` are those of the frame.
    `expect` names the words of a header, which may change at any time; after EXPECTED the frame
    has just this one, and only `start` and `end` are new. A link may read straight to the front:
    to the `first` byte, the `second`, the `rest_of_first` of the cells, or to all that is
    `behind_first`; then `filled` says up to where.
    """

    def __init__(self):
        self.buffer = bytearray(BUFFER_BYTES)
        self.kind = self.seq = self.boot = self.start = self.end = 0
        self.damaged = 0
        view = memoryview(self.buffer)
        self.first = view[:1]
        self.second = view[1:2]
        self.rest_of_first = view[2 : wire.CELL_BYTES]
        self.behind_first = view[wire.CELL_BYTES :]
        self._expected = make_words(EXPECTED_WORDS)  # a frame of kind 0: there is none
        self.filled = 0
        self.read = 0  # what lies before is done with
        self.opened = 0  # where a frame at `read` ends that was opened already
        self.skipping = False  # in garbage that did not fit, up to the next delimiter

    def expect(self, header) -> None:
        """Recognise frames of this header, an array of at least EXPECTED_WORDS words."""
        self._expected = header

    @micropython.native
    def take(self, source, length: int, start: int = 0) -> bool:
        """Take `source[start : start + length]` in; only as much as there is room for.

        There is room for a cell, while `has_room`; and for `BUFFER_BYTES` less what is `filled`.

        Returns: whether another cell can be taken before `next()`.

        Allocates: nothing.
        """
        filled = self.filled
        octets.take_out(source, start, length | filled << 14, self.buffer)
        self.filled = filled + length
        return filled + length <= LAST_CELL_AT

    @micropython.native
    def has_room(self) -> bool:
        """Whether another cell can be taken before `next()`."""
        return self.filled <= LAST_CELL_AT

    @micropython.native
    def next(self) -> int:
        """EXPECTED, FRAME, DAMAGED (and counted) or NEED_MORE."""
        buffer = self.buffer
        filled = self.filled
        start = self.read
        place = 0
        if not self.skipping:
            place = self.opened or octets.open_frame(buffer, start, filled, octets.TABLE)
            self.opened = 0
            if not place:
                start = self.read = cobs.find_other(buffer, start, filled)
                place = octets.open_frame(buffer, start, filled, octets.TABLE)
        if not place:
            return self._next_slowly(start)
        answer = recognise(buffer, start, place, filled, self._expected)
        following = answer >> 1
        if following < filled:
            self.read = following
        else:
            self.read = self.filled = 0
        if answer & _IS_EXPECTED:
            self.start = start + 1 + _HEADER_BYTES
            self.end = place - CHECK_BYTES
            return EXPECTED
        return self._read_header(start + 1, place)

    @micropython.native
    def _next_slowly(self, start):
        """What is no frame that only has to be opened: garbage, damage, a long run, a part."""
        buffer = self.buffer
        while start < self.filled:
            place = cobs.find_zero(buffer, start, self.filled)
            if place < 0:
                break
            self.read = place + 1
            if not self.skipping:
                end = cobs.decode(buffer, start, place)
                if not octets.is_sound(buffer, start, max(start, end), octets.TABLE):
                    self.damaged += 1
                    return DAMAGED
                return self._read_header(start, end)
            self.skipping = False
            return self.next()
        return self._keep_the_rest()

    @micropython.native
    def _keep_the_rest(self):
        """Move the beginning of a frame to the front, or drop what cannot be one."""
        length = self.filled - self.read
        if self.skipping:
            length = 0
        elif length > LONGEST_WIRE_BYTES:
            length = 0
            self.skipping = True
            self.damaged += 1
        if length and self.read:
            cobs.copy(self.buffer, self.read, self.buffer, 0, length)
        self.read = 0
        self.filled = length
        return NEED_MORE

    @micropython.native
    def _read_header(self, start, end):
        """What the sound frame `buffer[start:end]` is called, if it is one of ours."""
        buffer = self.buffer
        is_one = _LEAST_BODY_BYTES <= end - start <= LONGEST_BODY_BYTES
        if not is_one or buffer[start] != wire.PROTOCOL_VERSION:
            self.damaged += 1
            return DAMAGED
        self.kind = buffer[start + 3]
        self.seq = buffer[start + 4] | buffer[start + 5] << 8
        self.boot = buffer[start + 6] | buffer[start + 7] << 8
        self.start = start + HEADER_BYTES
        self.end = end - CHECK_BYTES
        return FRAME


@micropython.viper
def recognise(buffer, start: int, place: int, filled: int, expected) -> int:
    """Of an opened frame: where the next byte is that is no delimiter, and whether its header is
    the expected one, in the lowest bit.

    Args:
        start, place: of its first code, and of its delimiter.
    """
    data = ptr8(buffer)
    words = ptr32(expected)
    following = place + 1
    while following < filled and data[following] == 0:
        following += 1
    following <<= 1
    if int(data[start + 1]) != _VERSION:
        return following
    if int(data[start + 4]) != words[_KIND]:
        return following
    if int(data[start + 5]) | int(data[start + 6]) << 8 != words[_SEQ]:
        return following
    if int(data[start + 7]) | int(data[start + 8]) << 8 != words[_BOOT]:
        return following
    return following | _IS_EXPECTED
