"""The second kind of link: a UART of the board. The only file that touches it.

A line has no flow control: what is sent while the hub cannot take it is lost, for instance while
interrupts are off for the flash (an erase takes 45 ms, in which 4,147 bytes come; the chip's own
buffer has 32). MicroPython does not tell of that (ports/rp2/machine_uart.c drops the error bits).
The chip does: it keeps a bit until it is written to, whoever reads meanwhile. Nothing is lost
without it: where MicroPython's buffer is full it leaves bytes to the chip's, which then overflows.
So an overrun is detected each time that one was since the last look; not how many bytes it cost,
nor bytes that came out wrong. Both leave a damaged frame, which the framer drops and the host
sends again.
"""

import select

from commshub import wire
from commshub.compat import const

BAUD = const(921600)
RX_BYTES = const(4096)  # 44 ms of the line, in which the hub may be busy with interrupts on
TX_BYTES = const(2048)  # a frame of the longest kind and its answer leave without anybody waiting

_UARTRSR = const(0x40034004)  # of UART 0; of UART 1 so many bytes on (RP2040 datasheet, 4.2.8)
_NEXT_UART = const(0x4000)
_OVERRUN = const(0x08)


class UartLink:
    """Frames over a UART.

    Args:
        uart: a machine.UART with a timeout of 0.
        memory: machine.mem32.
        number: 0 or 1, which of the chip's two it is.

    Attributes:
        overruns: how often bytes were lost because nobody took them in time.
    """

    def __init__(self, uart, memory, number: int):
        self.overruns = 0
        self._errors_at = _UARTRSR + number * _NEXT_UART
        self._uart = uart
        self._memory = memory
        self._cell = bytearray(wire.CELL_BYTES)
        self._poll = select.poll()
        self._poll.register(uart, select.POLLIN)

    def is_waiting(self) -> bool:
        """Whether bytes are there."""
        return self.wait(0)

    def wait(self, wait_ms: int) -> bool:
        """Wait up to `wait_ms` (-1: for ever) for bytes; whether some are there."""
        for _ in self._poll.ipoll(wait_ms):
            return True
        return False

    def receive(self, framer) -> bool:
        """Give `framer` what is there.

        Returns: True; nobody can close a line.

        Allocates: nothing.
        """
        self._read(framer)
        return True

    def can_write(self) -> bool:
        """Whether a frame can be written without waiting for the host: always, on a line."""
        return True

    def write(self, buffer, length: int) -> bool:
        """Write `buffer[:length]`.

        Returns: whether all of it was. What is missing is given up.

        Allocates: nothing.
        """
        done = 0
        while done < length:  # in pieces, where the buffer to the line is full
            written = self._uart.write(buffer, done, length - done)
            if not written:
                return False
            done += written
        return True

    def _read(self, framer):
        """All that is there, or what `framer` has room for.

        More than is there would be waited for, for a millisecond or two, whatever the timeout.
        """
        while framer.has_room():
            length = min(self._uart.any(), wire.CELL_BYTES)
            if not length:
                break
            framer.take(self._cell, self._uart.readinto(self._cell, length))
        if self._memory[self._errors_at] & _OVERRUN:
            self._memory[self._errors_at] = 0
            self.overruns += 1
