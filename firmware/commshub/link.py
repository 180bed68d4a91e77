"""The only file that touches a port: the standard streams, which on the Pico are the USB serial.

There a block read waits until its block is full. So the host pads each frame with 00 to whole
cells (see protocol/FORMAT.md): the first two bytes of a frame are read one by one, because they
tell whether it is one, and then cell after cell as long as more is there. On the Unix port a read
returns what is there.
"""

import select

from commshub import wire

_PAUSE_MS = 50  # within a frame: a host that stops for longer is not going to send the rest


class StdioLink:
    """Frames over standard input and output.

    Args:
        stdin, stdout: the binary streams of the standard ports.
    """

    overruns = 0  # a host that is too fast has to wait

    def __init__(self, stdin, stdout):
        self._stdin = stdin
        self._stdout = stdout
        self._cell = bytearray(wire.CELL_BYTES)
        self._view = memoryview(self._cell)
        self._first = self._view[:1]
        self._second = self._view[1:2]
        self._but_first = self._view[1:]
        self._rest = self._view[2:]
        self._between = True  # the last byte was a delimiter: a frame may begin with the next
        self._in = select.poll()
        self._in.register(stdin, select.POLLIN)
        self._out = select.poll()
        self._out.register(stdout, select.POLLOUT)

    def is_waiting(self) -> bool:
        """Whether bytes are there."""
        return self.wait(0)

    def wait(self, wait_ms: int) -> bool:
        """Wait up to `wait_ms` (-1: for ever) for bytes; whether some are there."""
        for _ in self._in.ipoll(wait_ms):
            return True
        return False

    def receive(self, framer) -> bool:
        """Give `framer` what is there, but no more than one frame.

        Returns: False where there will never be more, because the other side closed.
        """
        cell = self._cell
        length = self._stdin.readinto(self._first)
        while length and self._between and not cell[0] and self.wait(0):
            length = self._stdin.readinto(self._first)  # delimiters between frames
        if not length:
            return False
        if self._between and cell[0] and self.wait(_PAUSE_MS):
            length += self._stdin.readinto(self._second)
            if cell[1] == wire.PROTOCOL_VERSION:
                length += self._stdin.readinto(self._rest)
                return self._read_cells(framer, length)
        framer.take(cell, length)
        self._between = cell[length - 1] == 0
        return True

    def can_write(self) -> bool:
        """Whether the port takes bytes without waiting for a host that does not read.

        While no host has opened the port it takes everything, and keeps the latest 256 bytes.
        """
        for _ in self._out.ipoll(0):
            return True
        return False

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

    def _read_cells(self, framer, length):
        """Cell after cell, up to the one with which a frame ends, or until `framer` is full.

        A frame ends in two delimiters, which may be parted by the end of a cell.
        """
        cell = self._cell
        has_room = framer.take(cell, length)
        last = 1
        while length:
            before = cell[length - 2] if length > 1 else last
            last = cell[length - 1]
            if not last:
                self._between = True
                if not before:
                    return True
            else:
                self._between = False
            if not has_room or not self.wait(_PAUSE_MS):
                return True
            cell = None if self._between else framer.cell()
            if cell is None:
                cell = self._cell
                length = self._read_on()
                has_room = framer.take(cell, length)
            else:
                length = self._stdin.readinto(cell)
                has_room = framer.took(length)
        return False

    def _read_on(self):
        """A cell; or the second delimiter alone, because what is behind it may be out of step."""
        if not self._between:
            return self._stdin.readinto(self._cell)
        length = self._stdin.readinto(self._first)
        if length and self._cell[0]:
            length += self._stdin.readinto(self._but_first)
        return length
