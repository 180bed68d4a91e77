"""The hub's own clock on the board, where `ticks_ms` begins again at 2**30 and small ints end.

The hub keeps its own time and stamps each alert; the trace with those stamps, replayed on `sim`,
must be judged alike and say the same. So what is held against the oracle is all that the clock,
its epoch and the shell's waking do between alerts.
"""

import time
from collections.abc import Iterator

import pytest

from commshub.policy import Policy
from storm_on_pico import (
    CODE,
    METER,
    OTHER_METER,
    TARGET,
    StormHub,
    hub_as_it_comes,
    storm_hub,
    storm_policy,
)
from stormbench.hub.open import open_hub
from stormbench.link.northbound import Northbound, Report, WanAlert
from stormbench.replay.run import Event, Setting, events_of, replay
from stormbench.replay.trace_file import Row

DEVICES, KEYS = 2, 4
TICKS_WRAP_S = 2**30 / 1000
DAY_S = 86_400

# An overload that begins is sampled after 20 s, flushed after 15, and ends after 2 quiet minutes.
POLICY = storm_policy(
    device_window_ms=90_000,
    red_clear_windows=2,
    code_window_ms=60_000,
    code_clear_windows=2,
    sample_period_ms=20_000,
    flush_ms=15_000,
)
STORM_S = 45
EVENTS = {
    "INCIDENT_OPEN",
    "OVERLOAD_START",
    "SUMMARY",
    "OVERLOAD_END",
    "INCIDENT_CLOSE",
}


class Stamped:
    """A trace as the hub's own clock has it, and what the hub made of it."""

    def __init__(self, hub: StormHub) -> None:
        self._hub = hub
        self.rows: list[Row] = []
        self.verdicts: list[tuple[str, Report | None]] = []
        self.events: list[Event] = []

    def alert(self, originator: bytes = METER, code: int = CODE) -> None:
        """Send one now, and keep its stamp."""
        judged = self._hub.alert(originator, code)
        self.rows.append(Row(judged.at_ms, originator, TARGET, code))
        self.verdicts.append((judged.verdict, _sample_of(judged.north)))
        self.events += events_of(judged.north)

    def storm(self, seconds: int = STORM_S, every_s: float = 4) -> None:
        """Alerts of two devices; the first of them comes now."""
        for number in range(int(seconds / every_s)):
            self.alert(METER)
            if number % 3 == 0:
                self.alert(OTHER_METER)
            self._hub.pass_s(every_s)

    def wait_until_all_is_over(self) -> None:
        """Long enough for every end, and then an alert, with which all that was said comes."""
        self._hub.pass_s(600)
        self.alert(OTHER_METER)

    def assert_judged_alike_on_sim(self, policy: Policy = POLICY) -> None:
        """The bridge: the stamped trace on the host's clock, in process."""
        sim = open_hub("sim")
        setting = Setting(policy, device_capacity=DEVICES, key_capacity=KEYS)
        expected = replay(sim, self.rows, setting)
        assert self.verdicts == list(expected.verdicts)
        assert self.events == list(expected.events)


def _sample_of(north: tuple[Northbound, ...]) -> Report | None:
    for item in north:
        if isinstance(item, WanAlert) and item.carries == "SAMPLE":
            return item.report
    return None


@pytest.fixture
def hub() -> Iterator[StormHub]:
    """On its own clock since power-on, as a new hub is."""
    with storm_hub(DEVICES, KEYS, POLICY) as hub:
        yield hub


def test_a_storm_across_the_wrap_of_the_ticks_is_judged_as_on_sim(hub: StormHub) -> None:
    hub.pico.run_until(round((TICKS_WRAP_S - STORM_S / 2) * 1_000_000))
    stamped = Stamped(hub)
    stamped.storm()
    stamped.wait_until_all_is_over()
    before, after = stamped.rows[0].t_ms, stamped.rows[-1].t_ms
    assert before < 2**30 < after
    verdicts = [
        verdict
        for row, (verdict, _) in zip(stamped.rows, stamped.verdicts, strict=True)
        if row.t_ms > 2**30
    ]
    assert "SAMPLE" in verdicts, "no copy was due after the wrap"
    after_wrap = {event.event for event in stamped.events if event.t_ms > 2**30}
    assert {"SUMMARY", "OVERLOAD_END", "INCIDENT_CLOSE"} <= after_wrap
    stamped.assert_judged_alike_on_sim()


def test_a_storm_that_is_left_open_over_13_days_of_silence_is_judged_as_on_sim(
    hub: StormHub,
) -> None:
    stamped = Stamped(hub)
    stamped.storm()
    hub.pass_s(13 * DAY_S)
    stamped.storm()
    stamped.wait_until_all_is_over()
    assert {event.event for event in stamped.events} == EVENTS
    assert stamped.rows[-1].t_ms - stamped.rows[0].t_ms > 13 * DAY_S * 1000
    stamped.assert_judged_alike_on_sim()


def test_what_falls_due_in_days_of_silence_is_said_at_its_time(hub: StormHub) -> None:
    stamped = Stamped(hub)
    stamped.storm()
    ended_ms = stamped.rows[-1].t_ms
    hub.pass_s(3 * DAY_S)
    stamped.alert(OTHER_METER)
    ends = [event for event in stamped.events if event.event == "INCIDENT_CLOSE"]
    assert len(ends) == 2
    assert all(event.t_ms < ended_ms + 600_000 for event in ends)


def test_an_alert_as_the_first_frame_after_hello_passes_and_is_judged_as_on_sim() -> None:
    """On a new board, under the policy that it comes with."""
    with hub_as_it_comes() as hub:
        stamped = Stamped(hub)
        for _ in range(30):
            stamped.alert()
    assert stamped.verdicts[0] == ("PASS", None)
    assert "SUPPRESS" in [verdict for verdict, _ in stamped.verdicts]
    stamped.assert_judged_alike_on_sim(Policy())


def test_a_quiet_day_is_skipped_and_not_executed(hub: StormHub) -> None:
    cycles = hub.pico.executed_cycles
    begun_s = time.monotonic()
    hub.pass_s(DAY_S)
    print(f"a quiet day: {time.monotonic() - begun_s:.3f} s of wall time")
    assert hub.pico.executed_cycles - cycles < 1_000_000
