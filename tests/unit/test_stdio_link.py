"""The device's link over standard streams: two bytes alone and then cells, in and out."""

from collections.abc import Iterator
from typing import Any

import pytest

from commshub import link as link_module
from commshub import shell, wire
from commshub.framer import Framer
from commshub.lanes import Lane, Lanes
from commshub.leaving import STAYS
from commshub.link import StdioLink
from commshub.outbox import Outbox
from hubwire.framing import pad
from stdio_bench import (
    NUDGE,
    Hub,
    PicoStdin,
    PiecewiseStdin,
    PipeStdin,
    ShortStdout,
    alert,
    use_micropythons_select,
    without_hint,
)

MESSAGE_BYTES = range(40)
"""Of messages whose frames, padded or not, end at every place of a cell."""


@pytest.fixture(autouse=True)
def _micropythons_select(monkeypatch: pytest.MonkeyPatch) -> None:
    use_micropythons_select(monkeypatch)


@pytest.fixture
def pipe() -> Iterator[PipeStdin]:
    stdin = PipeStdin()
    yield stdin
    stdin.close()


# As on the Pico.


@pytest.mark.parametrize("length", MESSAGE_BYTES)
def test_padded_write_of_any_length_is_read_whole_without_waiting(length: int) -> None:
    assert Hub(PicoStdin(pad(alert(7, length)))).receive_all() == [7]


@pytest.mark.parametrize("length", range(1, 40, 2))
def test_write_of_several_frames_is_read_whole_without_waiting(length: int) -> None:
    stream = pad(alert(1, length)) + pad(alert(2, 21)) + pad(alert(3, length + 2))
    assert Hub(PicoStdin(stream)).receive_all() == [1, 2, 3]


def test_two_delimiters_of_a_frame_may_lie_in_two_cells() -> None:
    stream = without_hint(pad(alert(1, 10))) + pad(alert(2))
    assert stream[31:33] == b"\x00\x00" and stream[30]
    hub = Hub(PicoStdin(stream))
    assert [hub.receive() for _ in range(2)] == [[], [2]]


def test_byte_that_turns_to_00_at_the_end_of_a_cell_costs_one_frame_and_no_step() -> None:
    burst = bytearray(without_hint(pad(alert(1, 60))))
    burst[31] = 0
    stdin = PicoStdin(bytes(burst) + pad(alert(2)) + pad(alert(3)))
    assert Hub(stdin).receive_all() == [2, 3]
    assert stdin.lengths[:6] == [1, 1, 14, 16, 1, 15] and stdin.waits_ms.count(50) == 0


def test_writes_one_after_the_other_are_all_read() -> None:
    stream = b"".join(pad(alert(seq, seq)) for seq in range(50))
    assert Hub(PicoStdin(stream)).receive_all() == list(range(50))


def test_longest_message_is_read_without_waiting() -> None:
    assert Hub(PicoStdin(pad(alert(9, wire.MAX_MESSAGE_BYTES)))).receive_all() == [9]


def test_write_longer_than_the_buffer_comes_in_pieces() -> None:
    seqs = range(60)
    hub = Hub(PicoStdin(b"".join(pad(alert(seq, 101)) for seq in seqs)))
    assert hub.receive_all() == list(seqs)


def test_first_two_bytes_of_a_frame_are_read_alone_then_its_cell_and_then_the_rest() -> None:
    stdin = PicoStdin(pad(alert(1, 40)))
    Hub(stdin).receive_all()
    assert stdin.lengths == [1, 1, 14, 48]


def test_frame_that_says_no_length_is_read_cell_by_cell() -> None:
    stdin = PicoStdin(without_hint(pad(alert(1, 40))) + pad(alert(2)))
    assert Hub(stdin).receive_all() == [2]
    assert stdin.lengths[:6] == [1, 1, 14, 16, 16, 16]


def test_link_knows_how_long_a_cell_is() -> None:
    assert link_module._CELL_BYTES == wire.CELL_BYTES


def test_one_call_brings_one_frame_though_more_are_there() -> None:
    hub = Hub(PicoStdin(pad(alert(1, 60)) + pad(alert(2, 61)) + pad(alert(3))))
    assert [hub.receive() for _ in range(3)] == [[1], [2], [3]]


def test_delimiters_between_writes_are_read_one_by_one_in_one_call() -> None:
    stdin = PicoStdin(NUDGE * 20)
    hub = Hub(stdin)
    assert hub.receive() == []
    assert (stdin.stream, stdin.lengths) == (b"", [1] * 20 * len(NUDGE))


def test_frame_behind_delimiters_comes_with_the_same_call() -> None:
    assert Hub(PicoStdin(NUDGE * 20 + pad(alert(1)))).receive() == [1]


def test_delimiters_that_end_what_is_there_are_not_waited_behind() -> None:
    stdin = PicoStdin(NUDGE)
    Hub(stdin).receive()
    assert set(stdin.waits_ms) == {0}


# As on the Unix port.


@pytest.mark.parametrize("piece_bytes", [1, 2, 5, 15, 17, 1000])
def test_what_is_there_is_taken_in_whatever_pieces_it_comes(piece_bytes: int) -> None:
    stream = pad(alert(1, 60)) + pad(alert(2, 61))
    assert Hub(PiecewiseStdin(stream, piece_bytes)).receive_all() == [1, 2]


def test_what_is_there_is_taken_from_a_pipe(pipe: PipeStdin) -> None:
    pipe.write(pad(alert(1, 60)) + pad(alert(2, 61)))
    assert Hub(pipe).receive_all() == [1, 2]


def test_nothing_there_is_not_the_end(pipe: PipeStdin) -> None:
    assert Hub(pipe).link.wait(0) is False


def test_closed_pipe_is_the_end(pipe: PipeStdin) -> None:
    pipe.end()
    assert Hub(pipe).link.receive(Framer()) is False


def test_closed_pipe_is_the_end_behind_delimiters_too(pipe: PipeStdin) -> None:
    pipe.write(NUDGE)
    pipe.end()
    assert Hub(pipe).link.receive(Framer()) is False


@pytest.mark.parametrize("kept", [1, 2, 16, 17])
def test_pipe_that_closes_amid_a_write_is_the_end_once_all_is_read(
    pipe: PipeStdin, kept: int
) -> None:
    hub = Hub(pipe)
    pipe.write(pad(alert(1))[:kept])
    pipe.end()
    ends = [hub.link.receive(hub.framer) for _ in range(3)]
    assert ends[-1] is False


# After a fault of ours.


class FaultyApp:
    """Fails with its first frame, and then notes what it is given."""

    leaves_for = STAYS

    def __init__(self, fails_at_boot: bool = False, always_fails: bool = False) -> None:
        self.seqs: list[int] = []
        self._always_fails = always_fails
        self._has_failed = fails_at_boot

    def boot(self) -> None:
        if self._has_failed:
            raise RuntimeError("a fault of ours")

    def on_time(self) -> None:
        """Nothing is ever due."""

    def settle(self) -> None:
        """Nothing is ever to be acknowledged."""

    def wait_ms(self) -> int:
        return -1

    def take_alerts(self, framer: Framer) -> bool:
        if self._always_fails:
            raise RuntimeError("a fault of ours, again and again")
        return False

    def on_frame(self, kind: int, seq: int, *payload: Any) -> None:
        if not self._has_failed:
            self._has_failed = True
            raise RuntimeError("a fault of ours")
        self.seqs.append(seq)


def alone(link: StdioLink) -> Lanes:
    return Lanes(Lane(wire.TRANSPORT_STDIO, link, Framer()))


def served_after_a_fault(pipe: PipeStdin, frames: int) -> list[int]:
    """The frames that are served although the first of them met a fault.

    They are of 142 bytes and not padded one by one, and behind one that does not say how long it
    is: up to 1,136 bytes no cell ends in two delimiters, so a call reads until the framer is full.
    """
    burst = without_hint(alert(0, 119)) + b"".join(alert(seq, 119) for seq in range(frames))
    pipe.write(burst + bytes(-len(burst) % wire.CELL_BYTES))
    pipe.end()
    app = FaultyApp()
    stdout = ShortStdout([])
    outbox = Outbox(lambda buffer, length: True)
    shell.run(app, alone(StdioLink(pipe, stdout)), outbox)
    return app.seqs


def test_hub_goes_on_with_the_next_frame_after_a_fault(pipe: PipeStdin) -> None:
    pipe.write(pad(alert(77)))
    assert served_after_a_fault(pipe, 3) == [0, 1, 2]
    assert len(alert(0, 119)) == 142


def test_fault_while_the_framer_is_full_costs_no_other_frame(pipe: PipeStdin) -> None:
    assert served_after_a_fault(pipe, 30) == [*range(1, 30)]


def test_hub_goes_on_after_a_fault_at_its_boot_and_tells_it(pipe: PipeStdin) -> None:
    pipe.write(pad(alert(1, 60)) + pad(alert(2, 61)))
    pipe.end()
    app = FaultyApp(fails_at_boot=True)
    said: list[bytes] = []

    def on_frame(buffer: bytearray, length: int) -> bool:
        said.append(bytes(buffer[:length]))
        return True

    outbox = Outbox(on_frame)
    shell.run(app, alone(StdioLink(pipe, ShortStdout([]))), outbox)
    assert app.seqs == [1, 2]
    assert b"a fault of ours" in b"".join(said)


def test_fault_before_anything_is_taken_does_not_keep_the_hub_at_it_for_ever(
    pipe: PipeStdin,
) -> None:
    pipe.write(pad(alert(1)) + pad(alert(2)))
    pipe.end()
    said: list[int] = []

    def on_frame(buffer: bytearray, length: int) -> bool:
        said.append(length)
        return True

    outbox = Outbox(on_frame)
    app = FaultyApp(always_fails=True)
    shell.run(app, alone(StdioLink(pipe, ShortStdout([]))), outbox)
    assert len(said) >= 2


# Writing.


@pytest.mark.parametrize("takes", [[], [1, 2, 3], [4, 1]])
def test_all_is_written_however_little_is_taken_at_once(takes: list[int | None]) -> None:
    stdout = ShortStdout(takes)
    link = StdioLink(PicoStdin(b""), stdout)
    assert link.write(bytearray(b"frame and what lies behind"), 11) is True
    assert stdout.taken == b"frame and w"


@pytest.mark.parametrize(("takes", "taken"), [([0], 0), ([None], 0), ([4, None, 9], 4)])
def test_write_is_given_up_where_the_port_takes_no_more(
    takes: list[int | None], taken: int
) -> None:
    stdout = ShortStdout(takes)
    assert StdioLink(PicoStdin(b""), stdout).write(bytearray(b"a frame"), 7) is False
    assert stdout.taken == b"a frame"[:taken]


@pytest.mark.parametrize("is_ready", [False, True])
def test_port_is_asked_without_waiting_whether_it_takes_bytes(is_ready: bool) -> None:
    stdout = ShortStdout([], is_ready)
    assert StdioLink(PicoStdin(b""), stdout).can_write() is is_ready
    assert stdout.waits_ms == [0]
