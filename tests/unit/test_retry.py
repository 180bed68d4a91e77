"""When it is time to send again what was not acknowledged."""

from commshub.retry import FIRST_MS, LONGEST_MS, Retry

PERIOD_MS = 1 << 30


class Ticks:
    """A board's ticks, which wrap a second from now."""

    def __init__(self) -> None:
        self.ms = PERIOD_MS - 1000

    def pass_ms(self, ms: int) -> None:
        self.ms = (self.ms + ms) % PERIOD_MS

    def retry(self) -> Retry:
        return Retry(lambda: self.ms, self.diff)

    @staticmethod
    def diff(later: int, earlier: int) -> int:
        half = PERIOD_MS // 2
        return (later - earlier + half) % PERIOD_MS - half


def waits_ms(ticks: Ticks, retry: Retry, times: int) -> list[int]:
    """How long it takes each time when nobody answers."""
    waits = []
    for _ in range(times):
        left_ms = retry.left_ms()
        assert left_ms is not None
        waits.append(left_ms)
        ticks.pass_ms(left_ms)
        retry.back_off()
    return waits


def test_nothing_is_waited_for_at_first() -> None:
    retry = Ticks().retry()
    assert (retry.is_running, retry.left_ms()) == (False, None)


def test_time_runs_down_from_the_start_and_stays_at_0() -> None:
    ticks = Ticks()
    retry = ticks.retry()
    ticks.pass_ms(300)
    retry.start()
    left = []
    for gone_ms in (0, 1, FIRST_MS - 2, 1, 10_000):
        ticks.pass_ms(gone_ms)
        left.append(retry.left_ms())
    assert left == [FIRST_MS, FIRST_MS - 1, 1, 0, 0]


def test_time_runs_down_over_the_wrap_of_the_ticks() -> None:
    ticks = Ticks()
    retry = ticks.retry()
    ticks.pass_ms(900)
    retry.start()
    ticks.pass_ms(200)
    assert (ticks.ms, retry.left_ms()) == (100, FIRST_MS - 200)


def test_each_wait_is_twice_the_one_before_up_to_the_longest() -> None:
    ticks = Ticks()
    retry = ticks.retry()
    retry.start()
    waits = waits_ms(ticks, retry, 16)
    assert waits[:6] == [500, 1000, 2000, 4000, 8000, 16000]
    assert waits[-2:] == [LONGEST_MS, LONGEST_MS]
    assert (FIRST_MS, LONGEST_MS) == (500, 3_600_000)


def test_wait_begins_anew_when_it_backs_off() -> None:
    ticks = Ticks()
    retry = ticks.retry()
    retry.start()
    ticks.pass_ms(FIRST_MS + 77)
    retry.back_off()
    assert retry.left_ms() == 2 * FIRST_MS


def test_stopped_retry_waits_for_nothing() -> None:
    retry = Ticks().retry()
    retry.start()
    retry.stop()
    assert (retry.is_running, retry.left_ms()) == (False, None)


def test_wait_after_an_answer_is_short_again() -> None:
    ticks = Ticks()
    retry = ticks.retry()
    retry.start()
    waits_ms(ticks, retry, 4)
    retry.stop()
    retry.start()
    assert retry.left_ms() == FIRST_MS


def test_start_while_backed_off_does_not_make_the_wait_short_again() -> None:
    retry = Ticks().retry()
    retry.start()
    retry.back_off()
    retry.start()
    assert retry.left_ms() == 2 * FIRST_MS
