"""The UART of the emulated chip: when bytes pass, its FIFOs, its interrupts, its overruns."""

import pytest

from uart_bench import (
    ALL_ON,
    BUSY,
    BYTE_NS,
    CLK_PERI_CTRL,
    CR,
    DR,
    DR_OE,
    EIGHT_BITS,
    FBRD,
    FR,
    IBRD,
    ICR,
    IFLS,
    IMSC,
    LCR_H,
    MASKED,
    OE,
    RIS,
    RSR,
    RSR_OE,
    RT,
    RX,
    RXFE,
    RXFF,
    TX,
    TXFE,
    TXFF,
    USB_PLL_ON,
    WITH_FIFOS,
    UartBench,
)

FIFO_BYTES = 32
UART0_IRQ = 20  # RP2040 data sheet, 2.3.2
SMALLEST_LEVELS = 0


# Sending.


def test_a_byte_leaves_after_its_ten_bits() -> None:
    bench = UartBench()
    bench.send(b"x")
    bench.run_ns(BYTE_NS - 1)
    assert bench.left == []
    bench.run_ns(1)
    assert bench.left == [(BYTE_NS, ord("x"))]


def test_bytes_leave_one_after_the_other_without_a_gap() -> None:
    bench = UartBench()
    bench.send(b"abc")
    bench.run_ns(10 * BYTE_NS)
    assert bench.left == [(BYTE_NS, 97), (2 * BYTE_NS, 98), (3 * BYTE_NS, 99)]


@pytest.mark.parametrize(
    ("line_control", "bits"),
    [
        (WITH_FIFOS, 7),  # start, 5, stop
        (EIGHT_BITS | 1 << 3, 11),  # two stop bits
        (EIGHT_BITS | 1 << 1, 11),  # parity
    ],
)
def test_a_byte_takes_as_many_bits_as_its_format_has(line_control: int, bits: int) -> None:
    bench = UartBench(line_control)
    bench.send(b"x")
    bench.run_ns(100 * BYTE_NS)
    assert bench.left[0][0] == bits * BYTE_NS // 10


def test_the_rate_follows_the_clock_that_the_firmware_chose_for_peripherals() -> None:
    bench = UartBench()
    bench.chip.write_uint32(CLK_PERI_CTRL, USB_PLL_ON)
    bench.write(IBRD, 3)
    bench.write(FBRD, 0)
    bench.write(LCR_H, EIGHT_BITS | WITH_FIFOS)  # 48 MHz / 16 / 3
    bench.send(b"x")
    bench.run_ns(BYTE_NS)
    assert bench.left == [(BYTE_NS, ord("x"))]


def test_a_new_divisor_counts_from_the_next_write_to_the_line_control() -> None:
    bench = UartBench()
    bench.write(IBRD, 70)
    bench.send(b"x")
    bench.run_ns(BYTE_NS)
    assert len(bench.left) == 1


def test_32_bytes_wait_behind_the_one_that_leaves_and_more_are_lost() -> None:
    bench = UartBench()
    bench.send(bytes(range(40)))
    bench.run_ns(100 * BYTE_NS)
    assert [byte for _, byte in bench.left] == list(range(1 + FIFO_BYTES))


def test_flags_tell_of_the_transmit_fifo_and_the_line() -> None:
    bench = UartBench()
    assert bench.flags(TXFE | TXFF | BUSY) == TXFE
    bench.send(b"x")
    assert bench.flags(TXFE | TXFF | BUSY) == TXFE | BUSY
    bench.send(bytes(FIFO_BYTES - 1))
    assert bench.flags(TXFE | TXFF | BUSY) == BUSY
    bench.send(b"x")
    assert bench.flags(TXFE | TXFF | BUSY) == TXFF | BUSY
    bench.run_ns(100 * BYTE_NS)
    assert bench.flags(TXFE | TXFF | BUSY) == TXFE


def test_a_transmitter_that_is_off_keeps_what_it_has() -> None:
    bench = UartBench()
    bench.send(b"abc")
    bench.write(CR, 0)
    bench.run_ns(10 * BYTE_NS)
    assert len(bench.left) == 1  # the one that was on its way
    bench.write(CR, ALL_ON)
    bench.run_ns(10 * BYTE_NS)
    assert len(bench.left) == 3


def test_sending_interrupts_when_the_fifo_drains_to_its_level() -> None:
    bench = UartBench()
    bench.write(IFLS, SMALLEST_LEVELS)
    bench.send(bytes(9))  # one leaves, 8 wait
    bench.run_ns(4 * BYTE_NS - 1)
    assert not bench.read(RIS) & TX
    bench.run_ns(1)
    assert bench.read(RIS) & TX


def test_sending_a_byte_does_not_interrupt_by_itself() -> None:
    bench = UartBench()
    bench.send(b"x")
    bench.run_ns(10 * BYTE_NS)
    assert not bench.read(RIS) & TX


def test_without_fifos_each_byte_that_begins_to_leave_interrupts() -> None:
    bench = UartBench(EIGHT_BITS)
    bench.send(b"x")
    assert bench.read(RIS) & TX


def test_an_interrupt_that_was_cleared_stays_so() -> None:
    bench = UartBench(EIGHT_BITS)
    bench.send(b"x")
    bench.write(ICR, TX)
    bench.run_ns(10 * BYTE_NS)
    assert not bench.read(RIS) & TX


# Receiving.


def test_what_comes_in_is_read_in_its_order() -> None:
    bench = UartBench()
    bench.come_in(b"abc")
    assert bench.take(3) == b"abc"


def test_flags_tell_of_the_receive_fifo() -> None:
    bench = UartBench()
    assert bench.flags(RXFE | RXFF) == RXFE
    bench.come_in(bytes(FIFO_BYTES - 1))
    assert bench.flags(RXFE | RXFF) == 0
    bench.come_in(b"x")
    assert bench.flags(RXFE | RXFF) == RXFF


@pytest.mark.parametrize(("field", "level"), list(enumerate((4, 8, 16, 24, 28))))
def test_receiving_interrupts_at_the_level_and_not_before(field: int, level: int) -> None:
    bench = UartBench()
    bench.write(IFLS, field << 3)
    bench.come_in(bytes(level - 1))
    assert not bench.read(RIS) & RX
    bench.come_in(b"x")
    assert bench.read(RIS) & RX


def test_reading_below_the_level_drops_the_interrupt() -> None:
    bench = UartBench()
    bench.write(IFLS, SMALLEST_LEVELS)
    bench.come_in(bytes(5))
    bench.take(1)
    assert bench.read(RIS) & RX
    bench.take(1)
    assert not bench.read(RIS) & RX


def test_a_byte_that_comes_above_the_level_interrupts_again() -> None:
    bench = UartBench()
    bench.write(IFLS, SMALLEST_LEVELS)
    bench.come_in(bytes(10))
    bench.write(ICR, RX)
    assert not bench.read(RIS) & RX
    bench.come_in(b"x")
    assert bench.read(RIS) & RX


def test_what_waits_is_told_of_after_32_bits_without_a_byte() -> None:
    bench = UartBench()
    bench.come_in(b"x")
    bench.run_ns(3.2 * BYTE_NS - 1)
    assert not bench.read(RIS) & RT
    bench.run_ns(1)
    assert bench.read(RIS) & RT


def test_a_byte_in_time_puts_the_time_out_off() -> None:
    bench = UartBench()
    bench.come_in(b"x")
    bench.run_ns(2 * BYTE_NS)
    bench.come_in(b"y")
    bench.run_ns(3 * BYTE_NS)
    assert not bench.read(RIS) & RT


def test_no_time_out_where_all_was_read() -> None:
    bench = UartBench()
    bench.come_in(b"x")
    bench.take(1)
    bench.run_ns(10 * BYTE_NS)
    assert not bench.read(RIS) & RT


def test_reading_all_drops_the_time_out() -> None:
    bench = UartBench()
    bench.come_in(b"xy")
    bench.run_ns(10 * BYTE_NS)
    bench.take(1)
    assert bench.read(RIS) & RT
    bench.take(1)
    assert not bench.read(RIS) & RT


def test_only_what_is_wanted_interrupts_the_core() -> None:
    bench = UartBench()
    bench.write(IFLS, SMALLEST_LEVELS)
    bench.come_in(bytes(4))
    assert (bench.read(MASKED), bench.interrupts) == (0, [])
    bench.write(IMSC, RX | RT)
    assert (bench.read(MASKED), bench.interrupts) == (RX, [UART0_IRQ])


@pytest.mark.parametrize("control", [0, ALL_ON & ~1, ALL_ON & ~(1 << 9)])
def test_a_receiver_that_is_off_hears_nothing(control: int) -> None:
    bench = UartBench()
    bench.write(CR, control)
    bench.come_in(b"x")
    assert bench.flags(RXFE)


# Overrun.


def overrun() -> UartBench:
    bench = UartBench()
    bench.come_in(bytes(range(FIFO_BYTES + 2)))
    return bench


def test_a_byte_that_finds_the_fifo_full_is_lost_and_the_others_are_not() -> None:
    bench = overrun()
    assert bench.take(FIFO_BYTES) == bytes(range(FIFO_BYTES))
    assert bench.flags(RXFE)


def test_an_overrun_shows_at_once_and_until_it_is_written_to() -> None:
    bench = overrun()
    bench.take(FIFO_BYTES)
    bench.write(ICR, 0x7FF)
    assert bench.read(RSR) == RSR_OE
    bench.write(RSR, 0)
    assert bench.read(RSR) == 0


def test_a_full_fifo_is_no_overrun_yet() -> None:
    bench = UartBench()
    bench.come_in(bytes(FIFO_BYTES))
    assert (bench.read(RSR), bench.read(RIS) & OE) == (0, 0)


def test_an_overrun_has_an_interrupt_which_can_be_cleared() -> None:
    bench = overrun()
    assert bench.read(RIS) & OE
    bench.write(ICR, OE)
    assert not bench.read(RIS) & OE


def test_the_first_byte_behind_those_that_were_lost_bears_the_overrun() -> None:
    bench = overrun()
    bench.take(2)
    bench.come_in(b"ab")
    entries = [bench.read(DR) for _ in range(FIFO_BYTES)]
    assert [entry & DR_OE for entry in entries[-3:]] == [0, DR_OE, 0]
    assert entries[-2] & 0xFF == ord("a")


# Reset.


def test_a_reset_empties_both_fifos_and_stills_the_line() -> None:
    bench = overrun()
    bench.send(b"abc")
    bench.uart.reset()
    bench.run_ns(10 * BYTE_NS)
    assert bench.left == []
    assert bench.read(FR) == TXFE | RXFE
    assert (bench.read(RSR), bench.read(RIS)) == (0, 0)


def test_after_a_reset_it_works_as_before() -> None:
    bench = overrun()
    bench.uart.reset()
    bench.set_up()
    bench.send(b"x")
    bench.come_in(b"y")
    assert bench.left == [(bench.now_ns, ord("x"))]
    assert bench.read(DR) == ord("y")
