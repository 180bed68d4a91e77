"""What is queued goes north in order, and goes again until the host has acknowledged it."""

from typing import Any

import pytest

from commshub import wire
from commshub.courier import BASE, Courier
from commshub.north_queue import PASS_CLASS, SIGNED_CLASS
from commshub.outbox import Outbox
from commshub.retry import FIRST_MS, Retry
from hubwire.framing import Frame, Receiver

WINDOW = wire.WINDOW


class Road:
    """A courier, what comes out at its other end, and the time."""

    def __init__(self, base: int = 0) -> None:
        self.ticks_ms = 0
        self.takes_bytes = True
        self._said: list[Any] = []
        self._receiver = Receiver()
        self._made = 0
        outbox = Outbox(self._on_frame, lambda: self.takes_bytes)
        retry = Retry(lambda: self.ticks_ms, lambda later, earlier: later - earlier)
        self.courier = Courier(outbox, retry)
        self.courier.words[BASE] = base

    def _on_frame(self, buffer: bytearray, length: int) -> bool:
        self._said += self._receiver.feed(bytes(buffer[:length]))
        return True

    def take(self, count: int = 1, weight: int = PASS_CLASS, length: int = 4) -> "Road":
        """So many more items, numbered by their texts."""
        for _ in range(count):
            text = str(self._made).encode().ljust(length)
            self._made += 1
            self.courier.take((wire.LOG, weight, None), b"", text, 0, len(text))
        return self

    def pass_ms(self, ms: int) -> None:
        self.ticks_ms += ms
        self.courier.on_time()

    def said(self) -> list[tuple[int, int]]:
        """(number, text) of the frames since the last call."""
        said, self._said = self._said, []
        assert all(isinstance(frame, Frame) for frame in said)
        return [(frame.seq, int(frame["text"])) for frame in said]

    def numbers(self) -> list[int]:
        return [number for number, _ in self.said()]


def sent(road: Road) -> Road:
    road.said()
    return road


# Out.


def test_what_is_taken_is_sent_at_once_and_numbered_from_0() -> None:
    assert Road().take(3).said() == [(0, 0), (1, 1), (2, 2)]


def test_no_more_than_a_window_is_sent_without_an_acknowledgement() -> None:
    assert Road().take(WINDOW + 5).numbers() == list(range(WINDOW))


def test_as_many_as_are_acknowledged_follow() -> None:
    road = sent(Road().take(WINDOW + 5))
    assert road.courier.on_ack(3) is True
    assert road.said() == [(WINDOW + place, WINDOW + place) for place in range(3)]


def test_numbers_go_round_at_65536() -> None:
    road = Road(base=0xFFFE).take(4)
    assert road.numbers() == [0xFFFE, 0xFFFF, 0, 1]
    assert road.courier.on_ack(1) is True
    assert (road.courier.base, road.courier.queue.count) == (1, 1)


@pytest.mark.parametrize("number", [2, 1, 0xFFFF, 6, 0x8000])
def test_acknowledgement_of_nothing_new_or_of_what_was_never_sent_changes_nothing(
    number: int,
) -> None:
    road = sent(Road().take(5))
    road.courier.on_ack(2)
    assert road.courier.on_ack(number) is False
    assert (road.courier.base, road.courier.queue.count, road.said()) == (2, 3, [])


def test_what_waits_behind_the_window_cannot_be_acknowledged() -> None:
    road = sent(Road().take(WINDOW + 5))
    assert road.courier.on_ack(WINDOW + 1) is False
    assert road.courier.on_ack(WINDOW) is True


def test_next_number_counts_all_that_wait_too() -> None:
    road = Road(base=0xFFFE).take(WINDOW + 5)
    assert road.courier.made() == 0xFFFE + WINDOW + 5 - 0x10000
    road.courier.on_ack(1)
    assert road.courier.made() == 0xFFFE + WINDOW + 5 - 0x10000


def test_item_that_gives_way_takes_no_number() -> None:
    road = sent(Road().take(WINDOW, length=221).take(2, length=206))
    road.take(1, SIGNED_CLASS, length=206)
    assert road.courier.queue.gave_way[PASS_CLASS] == 1
    road.courier.on_ack(WINDOW)
    assert road.said() == [(WINDOW, WINDOW + 1), (WINDOW + 1, WINDOW + 2)]


def test_what_was_sent_does_not_give_way_to_what_comes() -> None:
    road = sent(Road().take(WINDOW, length=252))
    road.take(1, SIGNED_CLASS, length=252)
    assert road.courier.queue.gave_way[SIGNED_CLASS] == 1
    road.courier.begin_again()
    assert road.said() == [(place, place) for place in range(WINDOW)]


def test_nothing_is_sent_while_the_port_takes_nothing() -> None:
    road = Road()
    road.takes_bytes = False
    road.take(3)
    road.takes_bytes = True
    assert road.said() == []
    road.pass_ms(FIRST_MS)
    assert road.said() == [(0, 0)]
    road.courier.on_ack(1)
    assert (road.said(), road.courier.repeats) == ([(1, 1), (2, 2)], 0)


# Again.


def test_oldest_goes_again_alone_and_less_and_less_often() -> None:
    road = sent(Road().take(3))
    for wait_ms in (500, 1000, 2000, 4000, 8000, 16000):
        assert road.courier.wait_ms() == wait_ms
        road.pass_ms(wait_ms - 1)
        assert road.numbers() == []
        road.pass_ms(1)
        assert road.said() == [(0, 0)]
    assert road.courier.repeats == 6


def test_new_items_wait_while_the_oldest_goes_again() -> None:
    road = sent(Road().take(3))
    road.pass_ms(FIRST_MS)
    road.take(2)
    assert road.said() == [(0, 0)]


def test_new_items_do_not_put_off_the_time_at_which_the_oldest_goes_again() -> None:
    road = sent(Road().take(1))
    road.pass_ms(FIRST_MS - 1)
    sent(road.take(1))
    road.pass_ms(1)
    assert road.said() == [(0, 0)]


def test_all_of_the_window_goes_again_once_somebody_answers() -> None:
    road = sent(Road().take(5))
    road.pass_ms(FIRST_MS)
    road.said()
    road.courier.on_ack(1)
    assert road.numbers() == [1, 2, 3, 4]
    assert road.courier.wait_ms() == FIRST_MS


def test_part_of_an_acknowledgement_starts_the_wait_anew() -> None:
    road = sent(Road().take(3))
    road.pass_ms(FIRST_MS - 1)
    road.courier.on_ack(1)
    assert road.courier.wait_ms() == FIRST_MS


def test_nothing_is_waited_for_once_all_is_acknowledged() -> None:
    road = sent(Road().take(3))
    road.courier.on_ack(3)
    assert road.courier.wait_ms() is None
    road.pass_ms(100_000)
    assert road.said() == []


def test_nothing_is_waited_for_where_there_is_nothing_to_send() -> None:
    assert Road().courier.wait_ms() is None


def test_wait_after_a_quiet_time_is_short_again() -> None:
    road = sent(Road().take(1))
    road.pass_ms(FIRST_MS)
    road.courier.on_ack(1)
    road.take(1)
    assert road.courier.wait_ms() == FIRST_MS


def test_host_that_misses_one_gets_all_again_from_there() -> None:
    road = sent(Road().take(5))
    road.courier.on_ack(2)
    road.courier.on_missing()
    assert road.said() == [(2, 2), (3, 3), (4, 4)]
    assert road.courier.repeats == 3


def test_host_that_says_so_for_each_frame_behind_a_lost_one_gets_them_again_once() -> None:
    road = sent(Road().take(5))
    for _ in range(4):
        road.courier.on_missing()
    assert road.numbers() == [0, 1, 2, 3, 4]


def test_host_that_misses_another_one_later_gets_that_again_too() -> None:
    road = sent(Road().take(5))
    road.courier.on_missing()
    road.courier.on_ack(3)
    road.said()
    road.courier.on_missing()
    assert road.numbers() == [3, 4]


def test_host_that_misses_one_after_time_outs_gets_the_window_again() -> None:
    road = sent(Road().take(5))
    road.pass_ms(FIRST_MS)
    road.said()
    road.courier.on_missing()
    assert road.numbers() == [0, 1, 2, 3, 4]


def test_host_that_comes_back_gets_all_that_it_did_not_acknowledge_at_once() -> None:
    road = sent(Road().take(WINDOW + 2))
    for _ in range(3):
        road.pass_ms(8000)
    road.said()
    road.courier.begin_again()
    assert road.said() == [(place, place) for place in range(WINDOW)]
    assert road.courier.wait_ms() == FIRST_MS


def test_host_that_has_all_gets_nothing_when_it_comes_back() -> None:
    road = sent(Road().take(2))
    road.courier.on_ack(2)
    road.courier.begin_again()
    assert (road.said(), road.courier.wait_ms()) == ([], None)


def test_first_sending_is_no_repeat() -> None:
    road = Road().take(WINDOW + 5)
    road.courier.on_ack(WINDOW)
    assert road.courier.repeats == 0


def test_everything_arrives_in_order_over_a_road_that_loses_every_third_frame() -> None:
    road = Road(base=0xFFF0).take(40)
    expected, came, frames = 0xFFF0, [], 0
    for _ in range(200):
        for number, text in road.said():
            frames += 1
            if frames % 3 == 0:
                continue
            if number == expected:
                came.append(text)
                expected = (expected + 1) & 0xFFFF
            road.courier.on_ack(expected)
        road.pass_ms(FIRST_MS)
    assert came == list(range(40)) and road.courier.queue.count == 0
