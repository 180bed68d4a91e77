"""The only file that touches a port: the standard streams, which on the Pico are the USB serial.

There a block read waits until its block is full. So the host pads each frame with 00 to whole
cells and says how many they are (see protocol/FORMAT.md): the first two bytes of a frame are read
one by one, because they tell whether it is one, then the rest of its cell, and then all that
follows; or cell after cell, where what it says is damaged. On the Unix port a read returns what is
there.
"""

import select

from commshub import wire
from commshub.compat import const, micropython
from commshub.framer import LAST_CELL_AT

_CELL_BYTES = const(16)  # of `wire`, which names no constants to a compiler
_VERSION = wire.PROTOCOL_VERSION
_CELLS_BASE = wire.CELLS_BASE
_CELLS_SUM = wire.CELLS_SUM
_PAUSE_MS = const(50)  # within a frame: a host that stops for longer is not going to send the rest


class StdioLink:
    """Frames over standard input and output.

    Args:
        stdin, stdout: the binary streams of the standard ports.

    Attributes:
        source: what a poll can watch: ready for input while bytes are there.
    """

    overruns = 0  # a host that is too fast has to wait

    def __init__(self, stdin, stdout):
        self.source = self._stdin = stdin
        self._stdout = stdout
        self._cell = bytearray(wire.CELL_BYTES)
        self._view = memoryview(self._cell)
        self._first = self._view[:1]
        self._but_first = self._view[1:]
        self._between = True  # the last byte was a delimiter: a frame may begin with the next
        self._in = select.poll()
        self._in.register(stdin, select.POLLIN)
        self._out = select.poll()
        self._out.register(stdout, select.POLLOUT)

    @micropython.native
    def is_waiting(self) -> bool:
        """Whether bytes are there."""
        for _ in self._in.ipoll(0):
            return True
        return False

    @micropython.native
    def wait(self, wait_ms: int) -> bool:
        """Wait up to `wait_ms` (-1: for ever) for bytes; whether some are there."""
        for _ in self._in.ipoll(wait_ms):
            return True
        return False

    @micropython.native
    def receive(self, framer) -> bool:
        """Give `framer` what is there, but no more than one frame.

        Returns: False where there will never be more, because the other side closed.
        """
        if framer.filled or not self._between:
            return self._receive_more(framer)
        # What takes the most time of all that is done for an alert: so there are no calls of ours.
        readinto = self._stdin.readinto
        buffer = framer.buffer
        length = readinto(framer.first)
        while length and not buffer[0] and self.wait(0):
            length = readinto(framer.first)  # delimiters between frames
        if not length or not buffer[0]:
            return length > 0
        for _ in self._in.ipoll(_PAUSE_MS):
            length += readinto(framer.second)
            if length == 2 and buffer[1] == _VERSION:
                length += readinto(framer.rest_of_first)
                framer.filled = length
                return self._read_frame(framer, length)
            break
        framer.filled = length
        self._between = not buffer[length - 1]
        return True

    def receive_without_waiting(self, framer) -> bool:
        """Give `framer` what is there, at most a cell, byte by byte: no read waits for a block.

        For when somebody else is served, who must not wait for what may never come.

        Returns: as `receive`.
        """
        left = _CELL_BYTES
        while left and framer.has_room() and self.wait(0):
            if not self._receive_more(framer):
                return False
            left -= 1
        return True

    @micropython.native
    def can_write(self) -> bool:
        """Whether the port takes bytes without waiting for a host that does not read.

        While no host has opened the port it takes everything, and keeps the latest 256 bytes.
        """
        for _ in self._out.ipoll(0):
            return True
        return False

    @micropython.native
    def write(self, buffer, length: int) -> bool:
        """Write `buffer[:length]`; False where the port did not take it all."""
        view = memoryview(buffer)
        done = 0
        while done < length:
            written = self._stdout.write(view[done:length])
            if not written:
                return False
            done += written
        return True

    @micropython.native
    def _receive_more(self, framer):
        """A byte, in a stretch that is no frame or where `framer` has something already."""
        cell = self._cell
        length = self._stdin.readinto(self._first)
        if not length:
            return False
        framer.take(cell, length)
        self._between = not cell[0]
        return True

    @micropython.native
    def _read_frame(self, framer, length):
        """The rest of a frame of which a cell is there, all of it at once if it says how much."""
        buffer = framer.buffer
        more = (buffer[2] - _CELLS_BASE - 1) * _CELL_BYTES
        is_hint = buffer[2] + buffer[3] == _CELLS_SUM and 0 < more <= LAST_CELL_AT
        if not is_hint or length != _CELL_BYTES:
            return self._read_cells(framer, length)
        more = self._stdin.readinto(framer.behind_first, more)
        length += more
        framer.filled = length
        self._between = not buffer[length - 1]
        return more > 0

    @micropython.native
    def _read_cells(self, framer, length):
        """Cell after cell, up to the one with which a frame ends, or until `framer` is full.

        A frame ends in two delimiters, which may be parted by the end of a cell.
        """
        has_room = True
        buffer = framer.buffer
        ipoll = self._in.ipoll
        while length:
            last = framer.filled - 1
            self._between = not buffer[last]
            if (not buffer[last] and not buffer[last - 1]) or not has_room:
                return True
            for _ in ipoll(_PAUSE_MS):
                break
            else:
                return True
            length = self._read_on()
            has_room = framer.take(self._cell, length)
        return False

    @micropython.native
    def _read_on(self):
        """A cell; or the second delimiter alone, because what is behind it may be out of step."""
        if not self._between:
            return self._stdin.readinto(self._cell)
        length = self._stdin.readinto(self._first)
        if length and self._cell[0]:
            length += self._stdin.readinto(self._but_first)
        return length
