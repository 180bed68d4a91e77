"""The device's link over a UART: what is there and no more, and overruns that the chip noted.

`Uart` is MicroPython's machine.UART on the RP2040: a read of more than is there waits, which fails
here; a write takes what it has room for.
"""

import select
from collections.abc import Iterator
from typing import Any

import pytest

from commshub import framer as framing
from commshub import uart_link
from commshub.framer import Framer
from commshub.uart_link import UartLink
from hubwire.framing import Frame, encode

RSR = 0x4003_4004
RSR_OF_UART_1 = 0x4003_8004
OVERRUN = 8


def alert(seq: int, length: int = 20) -> bytes:
    return encode(Frame("HanAlert", seq, {"at_ms": 0, "north_next": 0, "message": bytes(length)}))


class Uart:
    """What machine.UART is on the RP2040, as far as the link uses it."""

    def __init__(self, stream: bytes = b"", takes: list[int | None] | None = None) -> None:
        self.stream = stream
        self.sent = b""
        self.waits: list[int] = []
        self._takes = takes or []

    def any(self) -> int:
        return len(self.stream)

    def readinto(self, buffer: bytearray, length: int) -> int:
        assert length <= len(self.stream), "this read waits for bytes that have not come"
        buffer[:length], self.stream = self.stream[:length], self.stream[length:]
        return length

    def write(self, buffer: bytes, start: int, length: int) -> int | None:
        taken = self._takes.pop(0) if self._takes else length
        taken = taken if taken is None else min(taken, length)
        self.sent += bytes(buffer[start : start + (taken or 0)])
        return taken


class Poll:
    """MicroPython's poll: says at once what is ready, and notes how long it would have waited."""

    def register(self, uart: Uart, events: int) -> None:
        assert events == select.POLLIN
        self._uart = uart

    def ipoll(self, wait_ms: int) -> Iterator[tuple[Any, int]]:
        self._uart.waits.append(wait_ms)
        if self._uart.stream:
            yield self._uart, select.POLLIN


@pytest.fixture(autouse=True)
def _micropythons_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "poll", Poll)


def seqs(framer: Framer) -> list[int]:
    found = []
    while (what := framer.next()) != framing.NEED_MORE:
        if what == framing.FRAME:
            found.append(framer.seq)
    return found


def linked(uart: Uart, memory: dict[int, int] | None = None, number: int = 0) -> UartLink:
    return UartLink(uart, {RSR: 0} if memory is None else memory, number)


# Receiving.


@pytest.mark.parametrize("length", range(40))
def test_a_frame_of_any_length_is_read_without_waiting(length: int) -> None:
    framer = Framer()
    linked(Uart(alert(7, length))).receive(framer)
    assert seqs(framer) == [7]


def test_all_frames_that_are_there_are_taken() -> None:
    framer = Framer()
    linked(Uart(alert(1) + alert(2) + alert(3))).receive(framer)
    assert seqs(framer) == [1, 2, 3]


def test_a_frame_may_come_in_any_pieces() -> None:
    uart, framer = Uart(), Framer()
    link = linked(uart)
    for byte in alert(7):
        uart.stream = bytes((byte,))
        link.receive(framer)
    assert seqs(framer) == [7]


def test_what_the_framer_has_no_room_for_waits_in_the_uart() -> None:
    stream = b"".join(alert(seq) for seq in range(100))
    uart, framer = Uart(stream), Framer()
    link = linked(uart)
    link.receive(framer)
    assert uart.stream and not framer.has_room()
    found = seqs(framer)
    while uart.stream:
        link.receive(framer)
        found += seqs(framer)
    assert found == list(range(100))


@pytest.mark.parametrize("wait_ms", [-1, 0, 250])
def test_it_waits_for_bytes_as_long_as_it_is_told(wait_ms: int) -> None:
    uart = Uart()
    assert linked(uart).wait(wait_ms) is False
    assert uart.waits == [wait_ms]


# Overruns.


def test_an_overrun_that_the_chip_noted_is_counted_once_and_taken_back() -> None:
    uart, memory = Uart(), {RSR: OVERRUN}
    link = linked(uart, memory)
    for _ in range(3):
        uart.stream = b"x"
        link.receive(Framer())
    assert (link.overruns, memory) == (1, {RSR: 0})


def test_overrun_of_the_other_uart_is_looked_for_in_its_own_register() -> None:
    memory = {RSR: 0, RSR_OF_UART_1: OVERRUN}
    link = linked(Uart(b"x"), memory, number=1)
    link.receive(Framer())
    assert (link.overruns, memory) == (1, {RSR: 0, RSR_OF_UART_1: 0})


def test_each_overrun_is_counted() -> None:
    uart, memory = Uart(), {RSR: 0}
    link = linked(uart, memory)
    for _ in range(3):
        uart.stream, memory[RSR] = b"x", OVERRUN
        link.receive(Framer())
    assert link.overruns == 3


def test_what_else_the_chip_noted_of_a_byte_is_no_overrun() -> None:
    link = linked(Uart(b"x"), {RSR: 0b0111})
    link.receive(Framer())
    assert link.overruns == 0


def test_a_frame_behind_one_that_lost_bytes_is_good() -> None:
    framer = Framer()
    linked(Uart(alert(1)[:20] + alert(2)[5:] + alert(3)), {RSR: OVERRUN}).receive(framer)
    assert seqs(framer) == [3]
    assert framer.damaged == 1


# Writing.


def write_to(uart: Uart, *frames: bytes) -> list[bool]:
    link = linked(uart)
    return [link.write(bytearray(frame + b"what lies behind"), len(frame)) for frame in frames]


@pytest.mark.parametrize("takes", [[], [1, 2, 3]])
def test_a_frame_is_written_whole_in_however_many_pieces(takes: list[int | None]) -> None:
    uart = Uart(takes=takes)
    assert write_to(uart, b"first\0") == [True]
    assert uart.sent == b"first\0"


@pytest.mark.parametrize("nothing", [None, 0])
def test_a_frame_that_the_line_does_not_take_is_given_up(nothing: int | None) -> None:
    uart = Uart(takes=[3, nothing])
    assert write_to(uart, b"first\0", b"second\0", b"third\0") == [False, True, True]
    assert uart.sent == b"firsecond\0third\0"


def test_a_line_never_waits_for_who_reads_it() -> None:
    assert linked(Uart()).can_write() is True


# As it is set up.


def test_two_frames_of_the_longest_kind_fit_into_the_buffer_before_the_hub() -> None:
    assert uart_link.RX_BYTES > 2 * framing.LONGEST_WIRE_BYTES
    assert uart_link.TX_BYTES > framing.LONGEST_WIRE_BYTES
