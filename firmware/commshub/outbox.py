"""Frames to bytes. Builds each frame in one buffer and hands it to the link whole."""

import struct

from commshub import cobs, wire
from commshub.compat import const, micropython, ptr8
from commshub.framer import HEADER_BYTES, LONGEST_BODY_BYTES, LONGEST_WIRE_BYTES
from commshub.octets import CHECK_BYTES, TABLE, put_check, stuff, take_out

_LOG_BYTES = 400  # a sentence or the end of a traceback
_DELIMITER = bytes(1)
_AHEAD_BYTES = LONGEST_WIRE_BYTES - LONGEST_BODY_BYTES

# As in `wire`: machine code knows no constants of others.
_VERSION = const(0x23)
_CELLS_BASE = const(0x20)
_CELLS_SUM = const(0x9E)


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
        struct.pack_into(form, self._body, HEADER_BYTES, *values)
        self._finish(kind, self._next_seq(), HEADER_BYTES + struct.calcsize(form))

    @micropython.native
    def send_with(self, tail, start: int, end: int, kind: int, form: str, *values) -> None:
        """A frame of fixed fields and `tail[start:end]` behind them."""
        struct.pack_into(form, self._body, HEADER_BYTES, *values)
        at = HEADER_BYTES + struct.calcsize(form)
        cobs.copy(tail, start, self._body, at, end - start)
        self._finish(kind, self._next_seq(), at + end - start)

    @micropython.native
    def send_written(self, kind: int, length: int) -> None:
        """A frame whose fields are in `payload[:length]`."""
        self._finish(kind, self._next_seq(), HEADER_BYTES + length)

    @micropython.native
    def send_packed(self, kind: int, seq: int, payload, start: int, end: int) -> None:
        """A frame of that number, whose payload is packed already.

        Whoever sends it has asked `can_send` before, and sends it again if it must not be lost.
        """
        take_out(payload, start, end - start, self.payload)
        self._write_frame(kind, seq, HEADER_BYTES + end - start)

    def log(self, text: str) -> None:
        """A sentence for people; of a long one the end, which says most in a traceback."""
        tail = text.encode()[-_LOG_BYTES:]
        self.send_with(tail, 0, len(tail), wire.LOG, "<")

    @micropython.native
    def _next_seq(self):
        seq = self._seq
        self._seq = (seq + 1) & 0xFFFF
        return seq

    @micropython.native
    def _finish(self, kind, seq, length):
        if self.can_send():
            self._write_frame(kind, seq, length)
        else:
            self.cut += 1

    @micropython.native
    def _write_frame(self, kind, seq, length):
        body = self._body
        _put_header(body, kind, seq, self.boot, length)
        put_check(body, 0, length, TABLE)
        # With two delimiters: where one is damaged, only one frame is.
        end = stuff(body, length + CHECK_BYTES, self._wire)
        # What was taken of a frame that was cut must not become part of this one.
        is_apart = not self._is_cut or self._write(_DELIMITER, 1)
        self._is_cut = not is_apart or not self._write(self._wire, end)
        if self._is_cut:
            self.cut += 1


@micropython.viper
def _put_header(body, kind: int, seq: int, boot: int, length: int):
    """Of a frame of which the header and what follows, but for the check sum, is so long."""
    write = ptr8(body)
    cells = length + 22  # a check sum of 4, a code, two delimiters, and 15 so that a part counts
    while length > 249:  # one more code for each 254 bytes
        cells += 1
        length -= 254
    cells = _CELLS_BASE + (cells >> 4)
    write[0] = _VERSION
    write[1] = cells
    write[2] = _CELLS_SUM - cells
    write[3] = kind
    write[4] = seq & 0xFF
    write[5] = seq >> 8
    write[6] = boot & 0xFF
    write[7] = boot >> 8
