"""Alarm floods: more than 10 in ten minutes begin one, fewer than 5 end it."""

import pytest

from stormbench.monitor.floods import Floods

MINUTE_MS = 60_000


def flooded(*times_ms: int) -> Floods[str]:
    floods: Floods[str] = Floods()
    for now_ms in times_ms:
        floods.add(now_ms, "8F3E")
    return floods


def one_a_second(count: int) -> Floods[str]:
    return flooded(*range(0, count * 1000, 1000))


@pytest.mark.parametrize(("count", "is_flood"), [(10, False), (11, True)])
def test_more_than_ten_in_ten_minutes_are_a_flood(count: int, is_flood: bool) -> None:
    assert one_a_second(count).is_flood is is_flood


def test_eleven_that_are_more_than_ten_minutes_apart_are_none() -> None:
    assert not flooded(*range(0, 11 * MINUTE_MS, MINUTE_MS)).floods


def test_flood_goes_on_while_five_are_left_and_ends_with_four() -> None:
    floods = one_a_second(11)
    floods.pass_to(605_999)  # the sixth left at 605 s, of those at 0 s to 10 s
    assert (floods.is_flood, floods.tally.in_span) == (True, 5)
    floods.pass_to(606_000)
    assert (floods.is_flood, floods.tally.in_span) == (False, 4)


def test_time_in_flood_is_from_the_eleventh_to_the_end() -> None:
    floods = one_a_second(11)
    floods.pass_to(1_192_000)
    assert floods.flood_ms(1_192_000) == 606_000 - 10_000
    assert floods.time_share(1_192_000) == 0.5


def test_flood_that_is_under_way_counts_up_to_now() -> None:
    assert one_a_second(11).flood_ms(70_000) == 60_000


def test_flood_that_comes_again_is_another_one() -> None:
    floods = one_a_second(11)
    for second in range(11):
        floods.add(3_600_000 + second * 1000, "8F3E")
    assert floods.floods == 2


def test_peak_is_the_most_in_any_ten_minutes() -> None:
    floods = one_a_second(30)
    floods.add(3_600_000, "8F3E")
    assert floods.peak == 30


def test_days_of_silence_end_a_flood_when_it_ended() -> None:
    floods = one_a_second(11)
    floods.pass_to(13 * 86_400_000)
    assert floods.flood_ms(13 * 86_400_000) == 596_000


def test_share_of_the_ten_most_frequent_kinds_leaves_out_the_eleventh() -> None:
    floods: Floods[int] = Floods()
    for kind in [*range(11), *range(9), 0, 0]:
        floods.add(0, kind)
    assert floods.top_share == (4 + 8 * 2 + 1) / 22


def test_nothing_watched_is_no_flood() -> None:
    floods: Floods[str] = Floods()
    assert (floods.time_share(0), floods.top_share, floods.peak) == (0.0, 0.0, 0)
