"""Stand-ins for a board's standard streams, and a link with its framer as the shell uses them.

On the Pico a read waits until its block is full: `PicoStdin` fails where that would be for ever;
then no frame in the framer would ever be looked at. On the Unix port a read returns what is there:
a pipe of the operating system stands for that.
"""

import io
import os
import select
from collections.abc import Iterator
from typing import Any

import pytest

from commshub import framer as framing
from commshub import link as link_module
from commshub import wire
from commshub.framer import Framer
from commshub.link import StdioLink
from hubwire.framing import Frame, encode

NUDGE = b"\x00" * wire.CELL_BYTES


def alert(seq: int, length: int = 20) -> bytes:
    message = bytes(place & 0xFF for place in range(length))
    values = {"at_ms": 0, "north_next": 0, "message": message}
    return encode(Frame("HanAlert", seq, values))


def without_hint(burst: bytes) -> bytes:
    """A frame whose header says in two ways how many cells it takes: damaged, for who counts."""
    damaged = bytearray(burst)
    damaged[3] ^= 1
    return bytes(damaged)


class PicoStdin:
    """Reads block until the buffer is full, as on the Pico's USB serial port."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.lengths: list[int] = []
        self.waits_ms: list[int] = []  # for bytes that did not come

    def readinto(self, buffer: Any, most_bytes: int = 1 << 30) -> int:
        length = min(len(buffer), most_bytes)
        assert length <= len(self.stream), "this read blocks for ever"
        self.lengths.append(length)
        buffer[:length], self.stream = self.stream[:length], self.stream[length:]
        return length

    def is_ready(self, wait_ms: int) -> bool:
        if not self.stream:
            assert wait_ms >= 0, "this wait is for ever"
            self.waits_ms.append(wait_ms)
        return bool(self.stream)


class PipeStdin:
    """A pipe: a read returns what is there, and nothing once the other side has closed."""

    def __init__(self) -> None:
        out, self._to_hub = os.pipe()
        self._file = io.FileIO(out)
        self._poll = select.poll()
        self._poll.register(out, select.POLLIN)

    def readinto(self, buffer: Any, most_bytes: int = 1 << 30) -> int | None:
        return self._file.readinto(memoryview(buffer)[:most_bytes])

    def write(self, burst: bytes) -> None:
        os.write(self._to_hub, burst)

    def end(self) -> None:
        os.close(self._to_hub)

    def close(self) -> None:
        self._file.close()

    def is_ready(self, wait_ms: int) -> bool:
        return bool(self._poll.poll(wait_ms))


class PiecewiseStdin:
    """Each read returns what is left of one piece at the most, as a slow writer's pipe would."""

    def __init__(self, stream: bytes, piece_bytes: int) -> None:
        starts = range(0, len(stream), piece_bytes)
        self._pieces = [stream[at : at + piece_bytes] for at in starts]

    def readinto(self, buffer: Any, most_bytes: int = 1 << 30) -> int:
        length = min(len(buffer), most_bytes, len(self._pieces[0]))
        buffer[:length] = self._pieces[0][:length]
        self._pieces[0] = self._pieces[0][length:]
        if not self._pieces[0]:
            del self._pieces[0]
        return length

    def is_ready(self, wait_ms: int) -> bool:
        return bool(self._pieces)


class MicroPythonSelect:
    """MicroPython's `select`, as far as the link uses it: a poll with `ipoll`."""

    POLLIN = select.POLLIN
    POLLOUT = select.POLLOUT

    class poll:  # noqa: N801 (MicroPython's name)
        def register(self, stream: Any, events: int) -> None:
            self._stream = stream
            self._events = events

        def ipoll(self, wait_ms: int) -> Iterator[tuple[Any, int]]:
            is_in = self._events == select.POLLIN
            if self._stream.is_ready(wait_ms) if is_in else self._stream.has_room(wait_ms):
                yield self._stream, self._events


def use_micropythons_select(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give links MicroPython's `select` in place of CPython's."""
    monkeypatch.setattr(link_module, "select", MicroPythonSelect)


class ShortStdout:
    """Takes a few bytes of each write; `None` is what MicroPython answers when it took none."""

    def __init__(self, takes: list[int | None], is_ready: bool = True) -> None:
        self._takes = takes
        self._is_ready = is_ready
        self.taken = b""
        self.waits_ms: list[int] = []

    def write(self, view: memoryview) -> int | None:
        length = self._takes.pop(0) if self._takes else len(view)
        self.taken += bytes(view[: length or 0])
        return length

    def has_room(self, wait_ms: int) -> bool:
        self.waits_ms.append(wait_ms)
        return self._is_ready


class Hub:
    """A link and its framer, as the shell uses them."""

    def __init__(self, stdin: Any) -> None:
        self._stdin = stdin
        self.link = StdioLink(stdin, None)
        self.framer = Framer()

    def receive(self) -> list[int]:
        """The sequence numbers of the frames that one call brings."""
        assert self.link.receive(self.framer) is True
        seqs = []
        while (found := self.framer.next()) != framing.NEED_MORE:
            if found == framing.FRAME:
                seqs.append(self.framer.seq)
        return seqs

    def receive_all(self) -> list[int]:
        """The sequence numbers of all frames, until nothing more is there."""
        seqs = []
        while self._stdin.is_ready(0):
            seqs += self.receive()
        return seqs
