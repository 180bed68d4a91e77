"""The device's link over standard streams: cells, the first byte alone, and getting back in step.

On the Pico a read waits until its block is full. `PicoStdin` fails where that would be for ever;
then no frame in the framer would ever be looked at. On the Unix port a read returns what is there:
a pipe of the operating system stands for that.
"""

import os
import select
from collections.abc import Iterator
from typing import Any, BinaryIO

import pytest

from commshub import framer as framing
from commshub import link as link_module
from commshub import shell, wire
from commshub.framer import Framer
from commshub.leaving import STAYS
from commshub.link import StdioLink
from commshub.outbox import Outbox
from hubwire.framing import Frame, encode, pad

NUDGE = b"\x00" * wire.CELL_BYTES
MESSAGE_BYTES = range(40)
"""Of messages whose frames, padded or not, end at every place of a cell."""


def alert(seq: int, length: int = 20) -> bytes:
    values = {"at_ms": 0, "message": bytes(place & 0xFF for place in range(length))}
    return encode(Frame("HanAlert", seq, values))


class PicoStdin:
    """Reads block until the buffer is full, as on the Pico's USB serial port."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.lengths: list[int] = []

    def readinto(self, buffer: Any) -> int:
        length = len(buffer)
        assert length <= len(self.stream), "this read blocks for ever"
        self.lengths.append(length)
        buffer[:], self.stream = self.stream[:length], self.stream[length:]
        return length

    def is_ready(self, wait_ms: int) -> bool:
        return bool(self.stream)


class PipeStdin:
    """A pipe: a read returns what is there, and nothing once the other side has closed."""

    def __init__(self) -> None:
        out, self._to_hub = os.pipe()
        self._file: BinaryIO = os.fdopen(out, "rb", buffering=0)
        self.readinto = self._file.readinto
        self._poll = select.poll()
        self._poll.register(out, select.POLLIN)

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

    def readinto(self, buffer: Any) -> int:
        length = min(len(buffer), len(self._pieces[0]))
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

    class poll:  # noqa: N801 (MicroPython's name)
        def register(self, stream: Any, events: int) -> None:
            self._stream = stream

        def ipoll(self, wait_ms: int) -> Iterator[tuple[Any, int]]:
            if self._stream.is_ready(wait_ms):
                yield self._stream, select.POLLIN


@pytest.fixture(autouse=True)
def _micropythons_select(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "select", MicroPythonSelect)


@pytest.fixture
def pipe() -> Iterator[PipeStdin]:
    stdin = PipeStdin()
    yield stdin
    stdin.close()


class Hub:
    """A link and its framer, as the shell uses them."""

    def __init__(self, stdin: Any) -> None:
        self._stdin = stdin
        self.link = StdioLink(stdin, None)
        self.framer = Framer()

    def receive(self) -> list[int]:
        """The sequence numbers of the frames that one call brings."""
        self.link.receive(self.framer, 0)
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


# As on the Pico.


@pytest.mark.parametrize("length", MESSAGE_BYTES)
def test_padded_write_of_any_length_is_read_whole_without_waiting(length: int) -> None:
    assert Hub(PicoStdin(pad(alert(7, length)))).receive_all() == [7]


@pytest.mark.parametrize("length", range(1, 40, 2))
def test_write_of_several_frames_is_read_whole_without_waiting(length: int) -> None:
    stream = pad(alert(1, length)) + pad(alert(2, 21)) + pad(alert(3, length + 2))
    assert Hub(PicoStdin(stream)).receive_all() == [1, 2, 3]


def test_two_delimiters_of_a_frame_may_lie_in_two_cells() -> None:
    stream = pad(alert(1, 0)) + pad(alert(2))
    assert stream[15:17] == b"\x00\x00" and stream[14]
    assert Hub(PicoStdin(stream)).receive_all() == [1, 2]


def test_writes_one_after_the_other_are_all_read() -> None:
    stream = b"".join(pad(alert(seq, seq)) for seq in range(50))
    assert Hub(PicoStdin(stream)).receive_all() == list(range(50))


def test_longest_message_is_read_without_waiting() -> None:
    assert Hub(PicoStdin(pad(alert(9, wire.MAX_MESSAGE_BYTES)))).receive_all() == [9]


def test_write_longer_than_the_buffer_comes_in_pieces() -> None:
    seqs = range(60)
    hub = Hub(PicoStdin(b"".join(pad(alert(seq, 101)) for seq in seqs)))
    assert hub.receive_all() == list(seqs)


def test_first_byte_of_a_write_is_read_alone_and_then_whole_cells() -> None:
    stdin = PicoStdin(pad(alert(1, 40)))
    Hub(stdin).receive_all()
    assert stdin.lengths == [1, 15, 16, 16, 16]


def test_delimiters_between_writes_are_read_one_by_one() -> None:
    stdin = PicoStdin(NUDGE)
    assert Hub(stdin).receive_all() == []
    assert stdin.lengths == [1] * len(NUDGE)


def test_nudge_in_step_does_no_harm() -> None:
    stream = NUDGE + pad(alert(1)) + NUDGE + pad(alert(2))
    assert Hub(PicoStdin(stream)).receive_all() == [1, 2]


@pytest.mark.parametrize("length", range(1, 16))
@pytest.mark.parametrize("byte", [b"\x00", b"\x01", b"\xaa", b"\xff"])
def test_nudge_brings_the_link_back_into_step_after_garbage(length: int, byte: bytes) -> None:
    garbage = byte * length
    assert Hub(PicoStdin(garbage + NUDGE + pad(alert(1)))).receive_all() == [1]


@pytest.mark.parametrize("kept", range(1, 16))
def test_nudge_brings_the_link_back_into_step_after_a_write_that_broke_off(kept: int) -> None:
    stream = pad(alert(1))[:kept] + NUDGE + pad(alert(2)) + pad(alert(3))
    assert Hub(PicoStdin(stream)).receive_all() == [2, 3]


@pytest.mark.parametrize("kept", range(1, 48))
def test_second_nudge_brings_the_link_back_wherever_a_write_broke_off(kept: int) -> None:
    burst = pad(alert(1, 60))
    stream = burst[:kept] + (NUDGE + burst) * 2
    assert set(Hub(PicoStdin(stream)).receive_all()) == {1}


@pytest.mark.parametrize("cells", [1, 2, 5])
def test_nudge_brings_the_link_back_into_step_after_garbage_of_whole_cells(cells: int) -> None:
    garbage = b"\xaa" * wire.CELL_BYTES * cells
    assert Hub(PicoStdin(garbage + NUDGE + pad(alert(1)))).receive_all() == [1]


# As on the Unix port.


@pytest.mark.parametrize("piece_bytes", [1, 2, 5, 15, 17, 1000])
def test_what_is_there_is_taken_in_whatever_pieces_it_comes(piece_bytes: int) -> None:
    stream = pad(alert(1, 60)) + pad(alert(2, 61))
    assert Hub(PiecewiseStdin(stream, piece_bytes)).receive_all() == [1, 2]


def test_what_is_there_is_taken_from_a_pipe(pipe: PipeStdin) -> None:
    pipe.write(pad(alert(1, 60)) + pad(alert(2, 61)))
    assert Hub(pipe).receive_all() == [1, 2]


def test_nothing_there_is_not_the_end(pipe: PipeStdin) -> None:
    assert Hub(pipe).link.receive(Framer(), 0) is True


def test_closed_pipe_is_the_end(pipe: PipeStdin) -> None:
    pipe.end()
    assert Hub(pipe).link.receive(Framer(), 0) is False


@pytest.mark.parametrize("kept", [1, 2, 16, 17])
def test_pipe_that_closes_amid_a_write_is_the_end_once_all_is_read(
    pipe: PipeStdin, kept: int
) -> None:
    hub = Hub(pipe)
    pipe.write(pad(alert(1))[:kept])
    pipe.end()
    ends = [hub.link.receive(hub.framer, 0) for _ in range(3)]
    assert ends[-1] is False


# After a fault of ours.


class FaultyApp:
    """Fails with its first frame, and then notes what it is given."""

    leaves_for = STAYS

    def __init__(self, fails_at_boot: bool = False) -> None:
        self.seqs: list[int] = []
        self._has_failed = fails_at_boot

    def boot(self) -> None:
        if self._has_failed:
            raise RuntimeError("a fault of ours")

    def on_time(self) -> None:
        """Nothing is ever due."""

    def wait_ms(self) -> int:
        return -1

    def on_frame(self, kind: int, seq: int, *payload: Any) -> None:
        if not self._has_failed:
            self._has_failed = True
            raise RuntimeError("a fault of ours")
        self.seqs.append(seq)


def served_after_a_fault(pipe: PipeStdin, frames: int) -> list[int]:
    """The frames that are served although the first of them met a fault.

    They are of 137 bytes and not padded one by one: up to 1,232 bytes no delimiter is the end of
    a cell, so a call reads until the framer is full.
    """
    pipe.write(pad(b"".join(alert(seq, 120) for seq in range(frames))))
    pipe.end()
    app = FaultyApp()
    stdout = ShortStdout([])
    outbox = Outbox(lambda buffer, length: None)
    shell.run(app, StdioLink(pipe, stdout), Framer(), outbox)
    return app.seqs


def test_hub_goes_on_with_the_next_frame_after_a_fault(pipe: PipeStdin) -> None:
    pipe.write(pad(alert(77)))
    assert served_after_a_fault(pipe, 3) == [0, 1, 2]
    assert len(alert(0, 120)) == 137


def test_fault_while_the_framer_is_full_costs_no_other_frame(pipe: PipeStdin) -> None:
    assert served_after_a_fault(pipe, 30) == [*range(1, 30)]


def test_hub_goes_on_after_a_fault_at_its_boot_and_tells_it(pipe: PipeStdin) -> None:
    pipe.write(pad(alert(1, 60)) + pad(alert(2, 61)))
    pipe.end()
    app = FaultyApp(fails_at_boot=True)
    said: list[bytes] = []
    outbox = Outbox(lambda buffer, length: said.append(bytes(buffer[:length])))
    shell.run(app, StdioLink(pipe, ShortStdout([])), Framer(), outbox)
    assert app.seqs == [1, 2]
    assert b"a fault of ours" in b"".join(said)


# Writing.


class ShortStdout:
    """Takes a few bytes of each write; `None` is what MicroPython answers when it took none."""

    def __init__(self, takes: list[int | None]) -> None:
        self._takes = takes
        self.taken = b""

    def write(self, view: memoryview) -> int | None:
        length = self._takes.pop(0) if self._takes else len(view)
        self.taken += bytes(view[: length or 0])
        return length


@pytest.mark.parametrize("takes", [[], [1, 2, 3], [None, 4, 0, None, 1]])
def test_all_is_written_however_little_is_taken_at_once(takes: list[int | None]) -> None:
    stdout = ShortStdout(takes)
    StdioLink(PicoStdin(b""), stdout).write(bytearray(b"frame and what lies behind"), 11)
    assert stdout.taken == b"frame and w"
