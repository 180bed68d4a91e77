"""The loop of the hub: what becomes of a fault in it, and when the watchdog is fed and rests."""

from typing import Any

import pytest

from commshub import shell
from commshub.framer import Framer
from commshub.leaving import FOR_RESET, STAYS
from hubwire.framing import Frame, encode


class Hub:
    """All that the shell knows: an app, its lanes, its link, its outbox and its watchdog."""

    def __init__(self, wait_ms: int = 0, rounds: int = 3) -> None:
        self.leaves_for = STAYS
        self.framer = Framer()
        self.link = self
        self.wait_is = wait_ms
        self.rounds = rounds
        self.fault: Exception | None = None
        self.stream = b""
        self.done: list[str] = []

    def boot(self) -> None: ...

    def settle(self) -> None:
        self.done.append("round")
        self.rounds -= 1
        if self.rounds < 0:
            self.leaves_for = FOR_RESET

    def wait_ms(self) -> int:
        return self.wait_is

    def on_time(self) -> None:
        if self.fault is not None:
            raise self.fault

    def take_alerts(self, framer: Framer) -> bool:
        return False

    def on_frame(self, *frame: Any) -> None:
        raise ValueError("of this frame")

    def look_aside(self, app: Any) -> None: ...

    def is_waiting(self) -> bool:
        return bool(self.stream)

    def receive(self, framer: Framer) -> bool:
        taken, self.stream = self.stream[:16], self.stream[16:]
        framer.take(taken, len(taken))
        return True

    def wait(self, wait_ms: int) -> bool:
        self.done.append(f"wait {wait_ms}")
        return False

    def log(self, text: str) -> None:
        self.done.append("log")

    def feed(self) -> None:
        self.done.append("feed")

    def rest(self) -> None:
        self.done.append("rest")

    def wake(self) -> None:
        self.done.append("wake")

    def run(self, with_watchdog: bool = False) -> list[str]:
        """What was done, in order."""
        assert shell.run(self, self, self, self if with_watchdog else None) == FOR_RESET
        return self.done


def test_fault_that_comes_again_whatever_is_done_leaves_the_loop() -> None:
    hub = Hub(rounds=1000)
    hub.fault = ValueError("for ever")
    with pytest.raises(ValueError, match="for ever"):
        hub.run()
    assert hub.done.count("log") == 9


def test_faults_of_frames_never_leave_the_loop() -> None:
    hub = Hub()
    frame = encode(Frame("GetCounters", 1, {}, 1))
    hub.stream = frame.ljust(32, b"\x00") * 40
    assert hub.run().count("log") == 40


def test_fault_that_cannot_be_told_leaves_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    hub.fault = ValueError("the first")
    monkeypatch.setattr(hub, "log", lambda text: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        hub.run()


def test_watchdog_is_fed_each_round_and_rests_at_the_end() -> None:
    done = Hub(wait_ms=10, rounds=2).run(with_watchdog=True)
    assert done == ["feed", "round", "wait 10"] * 3 + ["rest"]


@pytest.mark.parametrize("wait_ms", [-1, 60_000])
def test_watchdog_rests_in_a_long_wait(wait_ms: int) -> None:
    done = Hub(wait_ms=wait_ms, rounds=0).run(with_watchdog=True)
    assert done[2:] == ["wait 4000", "rest", f"wait {wait_ms}", "wake", "rest"]


def test_watchdog_rests_where_a_fault_leaves_the_loop() -> None:
    hub = Hub(rounds=1000)
    hub.fault = ValueError("for ever")
    with pytest.raises(ValueError, match="for ever"):
        hub.run(with_watchdog=True)
    assert hub.done[-1] == "rest"
