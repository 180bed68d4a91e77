"""The PC's end of an emulated UART: bytes at the line's rate, and when they do not arrive."""

import pytest

from stormbench.emulator.uart_adapter import UartAdapter
from uart_bench import BYTE_NS, CR, FR, RXFE, UartBench

IO_BANK0 = 0x4001_4000
FUNCTION_UART, FUNCTION_SIO = 2, 5
MBAUD = 1_000_000


class Line:
    """A UART at 1 MBaud with its pins, and an adapter."""

    def __init__(self, baud: int = MBAUD) -> None:
        self.bench = UartBench()
        self.adapter = UartAdapter(self.bench.chip, self.bench.uart, baud)
        self.events = 0
        self.adapter.on_event = self.count
        for pin in (0, 1):
            self.choose(pin, FUNCTION_UART)

    def count(self) -> None:
        self.events += 1

    def choose(self, pin: int, function: int) -> None:
        self.bench.chip.write_uint32(IO_BANK0 + 8 * pin + 4, function)


def test_what_is_written_arrives_byte_by_byte_at_the_lines_rate() -> None:
    line = Line()
    line.adapter.write(b"abc")
    line.bench.run_ns(2 * BYTE_NS)
    assert (line.bench.take(2), line.bench.read(FR) & RXFE) == (b"ab", RXFE)
    line.bench.run_ns(BYTE_NS)
    assert line.bench.take(1) == b"c"


def test_a_second_write_waits_for_the_first() -> None:
    line = Line()
    line.adapter.write(b"ab")
    line.bench.run_ns(1.5 * BYTE_NS)
    line.adapter.write(b"c")
    line.bench.run_ns(1.5 * BYTE_NS - 1)
    assert line.adapter.left_bytes == 1
    line.bench.run_ns(1)
    assert line.bench.take(3) == b"abc"


def test_what_the_board_sends_is_collected_and_told_of() -> None:
    line = Line()
    line.bench.send(b"abc")
    line.bench.run_ns(3 * BYTE_NS)
    assert (line.events, line.adapter.waiting_bytes()) == (3, 3)
    assert line.adapter.read() == b"abc"
    assert line.adapter.read() == b""


@pytest.mark.parametrize("pin", [0, 1])
def test_a_pin_that_the_firmware_gave_to_something_else_carries_nothing(pin: int) -> None:
    line = Line()
    line.choose(pin, FUNCTION_SIO)
    line.adapter.write(b"x")
    line.bench.send(b"y")
    line.bench.run_ns(BYTE_NS)
    arrived = (line.adapter.read(), line.bench.read(FR) & RXFE == 0)
    assert arrived == ((b"", True) if pin == 0 else (b"y", False))


def test_it_tells_whether_the_firmware_listens() -> None:
    line = Line()
    assert line.adapter.is_heard
    line.bench.write(CR, 0)
    assert not line.adapter.is_heard


def test_what_nobody_listens_to_is_lost() -> None:
    line = Line()
    line.bench.uart.reset()
    line.adapter.write(b"ab")
    line.bench.run_ns(BYTE_NS)
    line.bench.set_up()
    line.bench.run_ns(BYTE_NS)
    assert line.bench.take(1) == b"b"


@pytest.mark.parametrize(
    ("baud", "is_right"), [(1_030_000, True), (970_000, True), (115_200, False)]
)
def test_rates_that_differ_too_much_garble_both_ways(baud: int, is_right: bool) -> None:
    line = Line(baud)
    line.adapter.write(b"x")
    line.bench.send(b"y")
    line.bench.run_ns(10 * BYTE_NS)
    assert (line.adapter.read() == b"y", line.bench.take(1) == b"x") == (is_right, is_right)


def test_clearing_forgets_what_was_queued_and_what_came() -> None:
    line = Line()
    line.bench.send(b"y")
    line.bench.run_ns(BYTE_NS)
    line.adapter.write(b"abc")
    line.adapter.clear()
    line.bench.run_ns(10 * BYTE_NS)
    assert (line.adapter.read(), line.bench.read(FR) & RXFE) == (b"", RXFE)


def test_after_clearing_it_sends_again() -> None:
    line = Line()
    line.adapter.write(b"abc")
    line.adapter.clear()
    line.adapter.write(b"d")
    line.bench.run_ns(BYTE_NS)
    assert line.bench.take(1) == b"d"
