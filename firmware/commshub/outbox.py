"""Frames to bytes. Builds each frame in one buffer and hands it to the link whole."""

import struct

from commshub import wire
from commshub.compat import const, micropython, ptr8
from commshub.framer import HEADER_BYTES, LONGEST_BODY_BYTES, LONGEST_WIRE_BYTES
from commshub.octets import TABLE, seal, take_out

_LOG_BYTES = 400  # a sentence or the end of a traceback
_DELIMITER = bytes(1)
_NOTHING = b""
_AHEAD_BYTES = LONGEST_WIRE_BYTES - LONGEST_BODY_BYTES

# As in `wire`: machine code knows no constants of others.
_VERSION = const(0x23)
_CELLS_BASE = const(0x20)
_CELLS_SUM = const(0x9E)
_HEADER_BYTES = const(8)

# Parts: the frame before it is encoded and after, and the table of check sums.
_BODY = const(0)
_WIRE = const(1)
_TABLE = const(2)


class Outbox:
    """What the hub says.

    Args:
        write: called as write(buffer, length) with the bytes of a frame, and says whether the port
            took them all; the buffer is used again.
        can_write: says whether the port takes bytes now, without waiting for a host to read.

    `payload` is where fields can be written for `send_written`. `boot` is what frames bear in
    their header. `cut` counts frames that were not taken whole: they are lost, and whatever must
    not be lost is sent again by whom it concerns.
    """

    def __init__(self, write, can_write=lambda: True):
        self.boot = wire.NO_BOOT
        self.cut = 0
        self.can_send = can_write
        self._write = write
        # A frame is encoded to the front of the memory that it is in: COBS adds a code at the
        # front and one for each 254 bytes, so what is written never catches up with what is read.
        self._wire = bytearray(_AHEAD_BYTES + LONGEST_BODY_BYTES)
        self._body = memoryview(self._wire)[_AHEAD_BYTES:]
        self.payload = self._body[HEADER_BYTES:]
        self._parts = self._body, self._wire, TABLE
        self._seq = 0
        self._is_cut = False

    def turn_to(self, write, can_write) -> None:
        """Speak on another link from now on; what was cut was cut on the one before."""
        self.can_send = can_write
        self._write = write
        self._is_cut = False

    @micropython.native
    def send(self, kind: int, form: str, *values) -> None:
        """A frame of fixed fields, packed as `form`."""
        struct.pack_into(form, self.payload, 0, *values)
        self._finish(kind, struct.calcsize(form), _NOTHING, 0, 0)

    @micropython.native
    def send_with(self, tail, start: int, end: int, kind: int, form: str, *values) -> None:
        """A frame of fixed fields and `tail[start:end]` behind them."""
        struct.pack_into(form, self.payload, 0, *values)
        self._finish(kind, struct.calcsize(form), tail, start, end)

    @micropython.native
    def send_written(self, kind: int, length: int) -> None:
        """A frame whose fields are in `payload[:length]`."""
        self._finish(kind, length, _NOTHING, 0, 0)

    @micropython.native
    def send_packed(self, kind: int, seq: int, payload, start: int, end: int) -> None:
        """A frame of that number, whose payload is packed already.

        Whoever sends it has asked `can_send` before, and sends it again if it must not be lost.
        """
        length = _make(self._parts, kind, seq, self.boot, 0, payload, start, end)
        if self._is_cut or not self._write(self._wire, length):
            self._on_cut(length)

    def log(self, text: str) -> None:
        """A sentence for people; of a long one the end, which says most in a traceback."""
        tail = text.encode()[-_LOG_BYTES:]
        self.send_with(tail, 0, len(tail), wire.LOG, "<")

    @micropython.native
    def _finish(self, kind, length, tail, start, end):
        seq = self._seq
        self._seq = (seq + 1) & 0xFFFF
        if self.can_send():
            length = _make(self._parts, kind, seq, self.boot, length, tail, start, end)
            if self._is_cut or not self._write(self._wire, length):
                self._on_cut(length)
        else:
            self.cut += 1

    def _on_cut(self, length):
        """The frame of that length was not taken whole, or the one before was not."""
        # What was taken of a frame that was cut must not become part of this one.
        is_apart = self._is_cut and self._write(_DELIMITER, 1)
        self._is_cut = not is_apart or not self._write(self._wire, length)
        if self._is_cut:
            self.cut += 1


@micropython.viper
def _make(  # noqa: PLR0913 (calls are what costs most)
    parts, kind: int, seq: int, boot: int, length: int, tail, start: int, end: int
) -> int:
    """Make a frame of so many bytes of payload that lie in the body, and `tail[start:end]`.

    Returns: how many bytes it has on the wire, two delimiters included: where one is damaged, only
        one frame is.
    """
    body = parts[_BODY]
    length += _HEADER_BYTES
    if end > start:
        take_out(tail, start, end - start | length << 14, body)
        length += end - start
    write = ptr8(body)
    cells = length + 22  # a check sum of 4, a code, two delimiters, and 15 so that a part counts
    run = length
    while run > 249:  # one more code for each 254 bytes
        cells += 1
        run -= 254
    cells = _CELLS_BASE + (cells >> 4)
    write[0] = _VERSION
    write[1] = cells
    write[2] = _CELLS_SUM - cells
    write[3] = kind
    write[4] = seq & 0xFF
    write[5] = seq >> 8
    write[6] = boot & 0xFF
    write[7] = boot >> 8
    return int(seal(body, length, parts[_WIRE], parts[_TABLE]))
