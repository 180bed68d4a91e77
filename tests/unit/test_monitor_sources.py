"""Where a monitor's records come from: a file that grows, a hub; and how long it looks at them."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from capture_bench import records_of, storm_capture, write_capture
from monitor_bench import begun
from stormbench.capture.records import HEAD, Record, Reopened
from stormbench.errors import HubTimeout, InvalidInput
from stormbench.link.client import HubClient
from stormbench.monitor import pace
from stormbench.monitor.capture_source import CaptureReplaced, follow
from stormbench.monitor.hub_source import HubSource, look_once
from stormbench.monitor.pace import paced
from stormbench.monitor.run import watch
from stormbench.monitor.watch import Watches


def no_wait() -> None:
    """Nobody waits in a test."""


def taken(records: Iterator[Record | None]) -> list[Record]:
    """What comes up to the next silence."""
    return list(iter(lambda: next(records), None))


# A capture that is written.


def test_what_is_in_the_file_comes_first(tmp_path: Path) -> None:
    path = storm_capture(tmp_path)
    assert taken(follow(path, no_wait)) == records_of(path)


def test_file_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "new.capture"
    records = follow(path, no_wait)
    assert next(records) is None
    path.write_bytes(HEAD[:4])
    assert next(records) is None
    path.write_bytes(storm_capture(tmp_path).read_bytes())
    assert taken(records) == records_of(path)


def test_what_is_appended_comes_however_it_is_cut(tmp_path: Path) -> None:
    whole = storm_capture(tmp_path).read_bytes()
    path = tmp_path / "growing.capture"
    records, came = follow(path, no_wait), []
    for end in range(0, len(whole) + 700, 700):
        path.write_bytes(whole[:end])
        came += taken(records)
    assert came == records_of(tmp_path / "storm.capture")


def test_file_that_was_replaced_is_not_read_on(tmp_path: Path) -> None:
    path = storm_capture(tmp_path)
    records = follow(path, no_wait)
    taken(records)
    path.write_bytes(HEAD + b"\x00")
    with pytest.raises(CaptureReplaced, match="cut or replaced"):
        taken(records)


@pytest.mark.parametrize("content", [b"t_ms,originator,target,code\n", None])
def test_what_is_no_capture_is_not_followed(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a"
    path.write_bytes(content) if content else path.mkdir()
    with pytest.raises(InvalidInput):
        next(follow(path, no_wait))


def test_frames_of_another_protocol_are_not_followed(tmp_path: Path) -> None:
    path = write_capture(tmp_path / "a.capture", [begun()])
    with pytest.raises(InvalidInput, match="protocol version"):
        next(follow(path, no_wait))


# A hub.


def test_hub_that_is_looked_at_once_tells_policy_and_counters() -> None:
    watches = Watches()
    with HubSource("sim", None, look_once) as source:
        assert watch(source, watches)
    assert watches.watch.is_ended
    assert watches.watch.link.counters["received"] == 0


def test_what_the_work_raises_is_raised_where_it_is_seen() -> None:
    def fails(client: HubClient, stop: Event) -> None:
        raise HubTimeout("no answer")

    with (
        HubSource("sim", None, fails) as source,
        pytest.raises(HubTimeout, match="no answer"),
    ):
        watch(source, Watches())


def test_work_is_told_to_end_when_nobody_looks_any_longer() -> None:
    ended = Event()

    def works(client: HubClient, stop: Event) -> None:
        while not stop.is_set():
            client.counters()  # more than the queue takes
        ended.set()

    with HubSource("sim", None, works) as source:
        assert next(iter(source)) is not None
    assert ended.is_set()


# How long it is looked at.


class Seen:
    """A view that has seen enough after so many looks."""

    every_s = 0.0

    def __init__(self, enough: int) -> None:
        self.looks = 0
        self._enough = enough

    def __enter__(self) -> "Seen":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to restore."""

    def show(self) -> bool:
        self.looks += 1
        return self.looks < self._enough

    def linger(self) -> None:
        """Never."""


def real_time(*port_s: int) -> list[Record]:
    return [begun("/dev/ttyACM0"), *(Reopened(1, s * 1_000_000, s * 1_000_000) for s in port_s)]


def test_it_ends_when_the_time_has_come() -> None:
    watches = Watches()
    assert not watch(real_time(0, 1, 2, 3), watches, until_ms=2_000)
    assert watches.watch.now_ms == 2_000


def test_it_ends_when_a_person_has_seen_enough() -> None:
    view = Seen(3)
    assert not watch(real_time(*range(9)), Watches(), view)
    assert view.looks == 3


def test_it_comes_to_its_end() -> None:
    view = Seen(99)
    assert watch(real_time(0, 1), Watches(), view)


@pytest.mark.parametrize(("is_live", "passes"), [(True, True), (False, False)])
def test_silence_is_time_only_of_what_happens_now(is_live: bool, passes: bool) -> None:
    watches = Watches()
    watch([*real_time(0), Reopened(1, 1, 1), None], watches, is_live=is_live)
    assert (watches.watch.now_ms > 0) is passes


class Clock:
    """Passes while somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, duration_s: float) -> None:
        self.now_s += duration_s


def test_records_come_at_their_time_divided_by_the_speed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wall, watches = Clock(), Watches()
    monkeypatch.setattr(pace, "monotonic", wall.monotonic)
    monkeypatch.setattr(pace, "sleep", wall.sleep)
    seen_s = []
    for record in paced(real_time(0, 10, 40), lambda: watches.watch.now_ms, speed=10):
        if record is not None:
            watches.take(record)
            seen_s.append(round(wall.now_s - 100.0, 3))
    assert seen_s == [0.0, 0.0, 0.0, 1.0]
    assert wall.now_s == pytest.approx(104.0)
