"""The only file that touches a port: the standard streams, which on the Pico are the USB serial.

There a block read waits until its block is full. So the host pads each frame with 00 to whole
cells: its first byte is read alone, which may be a delimiter between frames, and then the rest of
its cell (see protocol/FORMAT.md). On the Unix port a read returns what is there.
"""

import select

from commshub import wire


class StdioLink:
    """Frames over standard input and output.

    Args:
        stdin, stdout: the binary streams of the standard ports.
    """

    def __init__(self, stdin, stdout):
        self._stdin = stdin
        self._stdout = stdout
        self._cell = bytearray(wire.CELL_BYTES)
        self._view = memoryview(self._cell)
        self._first = self._view[:1]
        self._rest = self._view[1:]
        self._between = True  # the last byte was a delimiter: a frame may begin with the next
        self._poll = select.poll()
        self._poll.register(stdin, select.POLLIN)

    def receive(self, framer, wait_ms: int) -> bool:
        """Wait up to `wait_ms` (-1: for ever) for bytes, and give `framer` those of one frame.

        Returns: False where there will never be more, because the other side closed.
        """
        for _ in self._poll.ipoll(wait_ms):
            return self._read_frame(framer)
        return True

    def write(self, buffer, length: int) -> None:
        """Write `buffer[:length]`, however many pieces it takes."""
        view = memoryview(buffer)
        done = 0
        while done < length:
            done += self._stdout.write(view[done:length]) or 0

    def _read_frame(self, framer):
        """Cell after cell, up to the one with which a frame ends, or until `framer` is full."""
        cell = self._cell
        length = self._read_first() if self._between else self._stdin.readinto(cell)
        while length:
            framer.take(cell, length)
            self._between = cell[length - 1] == 0
            if self._between or not framer.has_room():
                return True
            length = self._stdin.readinto(cell)
        return False

    def _read_first(self):
        """The first byte of a frame, and its cell with it; or a delimiter between frames."""
        length = self._stdin.readinto(self._first)
        if not length or self._cell[0] == 0:
            return length
        return 1 + self._stdin.readinto(self._rest)
