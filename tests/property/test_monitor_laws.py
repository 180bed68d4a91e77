"""Laws of what a monitor counts: sums, shares, and floods against a simpler reckoning."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from stormbench.capture.records import Ended, Record, Reopened
from stormbench.monitor.floods import Floods
from stormbench.monitor.tally import SPAN_S, Tally
from stormbench.monitor.watch import Watch
from stormbench.monitor.watched_time import WatchedTime

_steps = st.lists(
    st.one_of(st.integers(0, 3), st.integers(0, 700))
    | st.sampled_from([0, 599, 600, 601, 90_000]),
    max_size=80,
)


def seconds_of(steps: list[int]) -> list[int]:
    """Seconds that never run back, with bursts and long silences."""
    return list(accumulate(steps))


def in_span(seconds: list[int], now_s: int) -> int:
    return sum(now_s - SPAN_S < second <= now_s for second in seconds)


@given(_steps, st.integers(0, 1_000), st.integers(1, SPAN_S), st.integers(1, 80))
def test_curve_of_any_span_sums_to_what_is_within_it(
    steps: list[int], quiet_s: int, span_s: int, points: int
) -> None:
    tally, seconds = Tally(), seconds_of(steps)
    for second in seconds:
        for _ in tally.leave(second * 1000):
            pass
        tally.add(second * 1000)
    now_s = (seconds[-1] if seconds else 0) + quiet_s
    for _ in tally.leave(now_s * 1000):
        pass
    expected = sum(now_s - span_s < second <= now_s for second in seconds)
    assert tally.within(now_s * 1000, span_s) == expected
    assert sum(tally.curve(now_s * 1000, span_s, points)) == expected
    assert (tally.in_span, tally.total) == (in_span(seconds, now_s), len(seconds))


@given(_steps, st.integers(0, 2_000))
def test_floods_are_those_of_a_reckoning_second_by_second(steps: list[int], quiet_s: int) -> None:
    steps = [min(step, 2_000) for step in steps[:40]]
    floods: Floods[int] = Floods()
    seconds = seconds_of(steps)
    for second in seconds:
        floods.add(second * 1000, 0)
    end_s = (seconds[-1] if seconds else 0) + quiet_s
    floods.pass_to(end_s * 1000)

    count, is_flood, flood_s, peak = 0, False, 0, 0
    for now_s in range(end_s + 1):
        here = in_span(seconds, now_s)
        peak = max(peak, here)
        if is_flood and here - seconds.count(now_s) < 5:  # before those of this second came
            is_flood = False
        if not is_flood and here > 10:
            is_flood, count = True, count + 1
        flood_s += is_flood and now_s < end_s
    assert (floods.floods, floods.is_flood, floods.peak) == (count, is_flood, peak)
    assert floods.flood_ms(end_s * 1000) == flood_s * 1000


@given(st.lists(st.sampled_from(["PASS", "SAMPLE", "SUPPRESS"]), min_size=1))
def test_shares_of_verdicts_sum_to_one(verdicts: list[str]) -> None:
    watch = Watch()
    watch.verdicts.update(verdicts)
    assert abs(sum(map(watch.share, ("PASS", "SAMPLE", "SUPPRESS"))) - 1) < 1e-9


@given(st.lists(st.integers(0, 5), min_size=1), st.integers(0, 2_000_000))
def test_share_of_the_top_is_the_whole_of_ten_kinds_and_less(kinds: list[int], now: int) -> None:
    floods: Floods[int] = Floods()
    for kind in kinds:
        floods.add(now, kind)
    assert floods.top_share == 1.0


_times = st.integers(0, 2**40)
_records = st.one_of(
    st.builds(Reopened, st.just(1), _times, _times), st.builds(Ended, st.just(1), _times, _times)
)
_told = st.one_of(
    _records,
    st.tuples(st.booleans(), st.none() | _times),
    _times,
)


@given(st.lists(_told))
def test_time_that_is_watched_never_runs_back(
    told: list[Record | tuple[bool, int | None] | int],
) -> None:
    time, reached = WatchedTime(), 0
    for each in told:
        if isinstance(each, tuple):
            time.on_clock(*each)
        elif isinstance(each, int):
            time.on_alert_time(each)
            time.pass_to(each)
        else:
            time.on_record(each)
        assert time.now_ms >= reached
        reached = time.now_ms
