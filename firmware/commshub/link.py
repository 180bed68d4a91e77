"""The usual link: the standard streams, which on the Pico are the USB serial port. The only file
that touches them.

There a block read waits until its block is full. So the host pads each frame with 00 to whole
cells: its first byte is read alone, which may be a delimiter between frames, and then the rest of
its cell (see protocol/FORMAT.md). On the Unix port a read returns what is there.
"""

import select

from commshub import wire

_DELIMITER = b"\x00"


class StdioLink:
    """Frames over standard input and output.

    Args:
        stdin, stdout: the binary streams of the standard ports.

    Attributes:
        overruns: how often bytes were lost because nobody took them in time: never, here.
    """

    overruns = 0

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
        self._is_cut = False  # the last frame that was written lacks its end
        self._room = select.poll()
        self._room.register(stdout, select.POLLOUT)

    def receive(self, framer, wait_ms: int) -> bool:
        """Wait up to `wait_ms` (-1: for ever) for bytes, and give `framer` those of one frame.

        Returns: False where there will never be more, because the other side closed.
        """
        for _ in self._poll.ipoll(wait_ms):
            return self._read_frame(framer)
        return True

    def can_write(self) -> bool:
        """Whether a frame can be begun without waiting for a host that does not read.

        On the Pico a host that has the port closed counts as one that reads.
        """
        for _ in self._room.ipoll(0):
            return True
        return False

    def write(self, buffer, length: int) -> bool:
        """Write `buffer[:length]`.

        On the Pico this waits for the host, and gives up after 1.5 s at the most without one that
        reads: MicroPython waits three times for 500 ms.

        Returns: whether all of it was written. What is missing is given up, and a delimiter goes
            ahead of the next frame, so that it costs that one frame only.
        """
        if self._is_cut:
            self._is_cut = self._stdout.write(_DELIMITER) != 1
        if not self._is_cut:
            self._is_cut = self._stdout.write(memoryview(buffer)[:length]) != length
        return not self._is_cut

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
