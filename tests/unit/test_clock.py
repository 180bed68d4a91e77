"""Whose time it is: ticks that wrap, a host's u48, and an epoch that moves."""

import pytest

from commshub.clock import Clock

PERIOD_MS = 1 << 30
LARGEST_U48 = (1 << 48) - 1


class WrappingTicks:
    """The Pico's `ticks_ms` and `ticks_diff`, at a time that the test sets."""

    def __init__(self, now_ms: int = 0) -> None:
        self.now_ms = now_ms

    def ticks_ms(self) -> int:
        return self.now_ms % PERIOD_MS

    def ticks_diff(self, later: int, earlier: int) -> int:
        half = PERIOD_MS // 2
        return (later - earlier + half) % PERIOD_MS - half

    def clock(self) -> Clock:
        return Clock(self.ticks_ms, self.ticks_diff)


def on_wire(t: int) -> tuple[bytes, int]:
    """A frame with `t` in it, and where."""
    return b"..." + t.to_bytes(6, "little") + b".", 3


@pytest.mark.parametrize("start_ms", [0, 12345, PERIOD_MS - 1])
def test_own_clock_begins_at_zero_whatever_the_ticks_say(start_ms: int) -> None:
    assert WrappingTicks(start_ms).clock().own() == 0


def test_own_clock_goes_on_across_the_wrap_of_the_ticks() -> None:
    ticks = WrappingTicks(PERIOD_MS - 10)
    clock = ticks.clock()
    ticks.now_ms += 25
    assert clock.own() == 25


def test_own_clock_counts_months_in_which_the_ticks_wrap_again_and_again() -> None:
    ticks = WrappingTicks(777)
    clock = ticks.clock()
    for _ in range(40):
        ticks.now_ms += PERIOD_MS // 2 - 1
        clock.own()
    assert clock.own() == 40 * (PERIOD_MS // 2 - 1)


def test_looking_twice_at_one_tick_moves_nothing() -> None:
    ticks = WrappingTicks()
    clock = ticks.clock()
    ticks.now_ms = 5
    assert [clock.own(), clock.own()] == [5, 5]


def test_on_the_hosts_clock_an_alert_arrives_when_it_says() -> None:
    clock = WrappingTicks().clock()
    clock.choose(True, 1000)
    assert clock.told(*on_wire(1250)) == 250


@pytest.mark.parametrize("t", [0, (1 << 32) - 1, 1 << 32, LARGEST_U48])
def test_host_time_comes_back_on_the_wire_as_it_was(t: int) -> None:
    clock = WrappingTicks().clock()
    clock.choose(True, 5)
    assert clock.on_the_wire(clock.told(*on_wire(t))) == t


def test_moving_the_epoch_changes_no_time_on_the_wire() -> None:
    ticks = WrappingTicks()
    clock = ticks.clock()
    ticks.now_ms = 500
    before = clock.on_the_wire(clock.own())
    clock.move_epoch(400)
    assert (before, clock.on_the_wire(clock.own())) == (500, 500)


def test_moving_the_epoch_makes_times_smaller_by_that() -> None:
    ticks = WrappingTicks()
    clock = ticks.clock()
    ticks.now_ms = 500
    clock.own()
    clock.move_epoch(400)
    ticks.now_ms = 510
    assert clock.own() == 110


def test_own_clock_shows_what_it_was_set_to() -> None:
    ticks = WrappingTicks(900)
    clock = ticks.clock()
    clock.choose(False, 1 << 40)
    ticks.now_ms += 3
    assert clock.on_the_wire(clock.own()) == (1 << 40) + 3


def test_time_on_the_hosts_clock_does_not_count_for_the_own_one() -> None:
    ticks = WrappingTicks()
    clock = ticks.clock()
    clock.choose(True, 0)
    ticks.now_ms = 10_000
    clock.choose(False, 0)
    ticks.now_ms += 7
    assert clock.own() == 7


def test_time_goes_no_further_on_the_wire_than_a_u48_holds() -> None:
    ticks = WrappingTicks()
    clock = ticks.clock()
    clock.choose(False, LARGEST_U48 - 5)
    ticks.now_ms += 6
    assert clock.on_the_wire(clock.own()) == LARGEST_U48
