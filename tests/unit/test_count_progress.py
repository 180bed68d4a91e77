"""How far long work is: nothing at first, then how many, how fast, how long yet."""

import pytest

from stormbench.cli._count_progress import CountProgress


class Clock:
    """Its time only the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 0.0
        monkeypatch.setattr("stormbench.cli._count_progress.monotonic", lambda: self.now_s)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return Clock(monkeypatch)


def said_after(
    clock: Clock, capsys: pytest.CaptureFixture[str], took_s: float, done: int, total: int
) -> str:
    with CountProgress("work", total) as progress:
        clock.now_s = took_s
        progress(done)
    return capsys.readouterr().err


def test_short_work_says_nothing(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    assert said_after(clock, capsys, 1.9, 5, 10) == ""


@pytest.mark.parametrize(
    ("took_s", "done", "total", "said"),
    [
        (4, 1_000, 10_000, "1,000 of 10,000, 250.0 a second, 36 s left"),
        (10, 4, 10, "4 of 10, 2.5 s each, 15 s left"),
        (10, 10, 310, "10 of 310, 1.0 a second, 5 min left"),
        (10, 1, 901, "1 of 901, 10.0 s each, 2.5 h left"),
        (2, 10, 10, "10 of 10, 5.0 a second, 0 s left"),
    ],
)
def test_long_work_says_how_many_how_fast_and_how_long_yet(
    took_s: float,
    done: int,
    total: int,
    said: str,
    clock: Clock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert said_after(clock, capsys, took_s, done, total) == f"stormbench: work: {said}\n"


def test_line_comes_every_two_seconds(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with CountProgress("work", 100) as progress:
        for _ in range(50):
            clock.now_s += 0.1
            progress()
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_work_that_has_done_nothing_yet_has_no_rate_to_tell(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said_after(clock, capsys, 60, 0, 10) == ""


def test_bar_on_a_terminal_has_the_rate(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    assert "250.0 a second" in said_after(clock, capsys, 4, 1_000, 10_000)


def test_bar_stays_away_where_the_terminal_is_for_something_else(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with CountProgress("work", 10_000, is_bar=False) as progress:
        clock.now_s = 4
        progress(1_000)
    assert capsys.readouterr().err.startswith("stormbench: work: 1,000 of 10,000, ")
