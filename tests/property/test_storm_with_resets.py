"""A day of storm through a whole hub whose power is cut every 3, 30 or 300 s: MECHANISM.md 9.

The default policy, on the host's clock, in process. What the text promises is that a copy per
`sample_period_ms` of the time the hub was up still goes north; the laws of the throttle alone,
with any policy, are in `test_restart_laws.py`.
"""

from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import pytest

from commshub.policy import Policy
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient
from stormbench.link.northbound import Northbound, Report
from stormbench.policy_file import frame_values
from stormbench.replay.run import message_of, reset
from stormbench.replay.trace_file import Row

DAY_MS = 86_400_000
POLICY = Policy()
LATE_MS = 7_000  # alerts come so long after a reset, or it would have lived for 0 ms

METER = bytes.fromhex("00DB123456780001")
TARGET = bytes.fromhex("90B3D51F30010000")
TO_OVERLOAD = POLICY.red_threshold + 1 + POLICY.code_limit + 1


@dataclass(frozen=True)
class Storm:
    """One key's alerts, and how often the hub loses power meanwhile."""

    reset_every_ms: int
    alert_every_ms: int
    for_ms: int = DAY_MS


# A boot takes 3 ms here, so a day of 28,800 of them is for the soak.
SLOW = [Storm(300_000, 20_000), Storm(30_000, 20_000), Storm(3_000, 20_000, DAY_MS // 8)]
FAST = Storm(3_000, 100, 1_800_000)
WHOLE_DAY = pytest.param(Storm(3_000, 20_000), marks=pytest.mark.soak)


@dataclass
class Day:
    """What came of it: when copies of the one key left, and every report that did."""

    copies_ms: list[int] = field(default_factory=list)
    suppressed: int = 0
    reports: list[Report] = field(default_factory=list)

    def hear(self, north: tuple[Northbound, ...] | list[Northbound]) -> None:
        """Keep the reports; the number of an overload that begins is not one."""
        for item in north:
            is_start = getattr(item, "event", None) == "OVERLOAD_START"
            if item.report is not None and not is_start:
                self.reports.append(item.report)


@cache
def through(storm: Storm) -> Day:
    """What comes of it: enough at once for an overload, and then an alert now and then."""
    client = HubClient(SimPort())
    client.set_policy(frame_values(POLICY))
    client.use_hosts_clock(0)
    day = Day()
    row = Row(0, METER, TARGET, 0x8F3E)
    times_ms = [1] * TO_OVERLOAD + list(range(LATE_MS, storm.for_ms, storm.alert_every_ms))
    reset_ms = storm.reset_every_ms
    for counter, t_ms in enumerate(times_ms, 1):
        while reset_ms <= t_ms:
            day.hear(reset(client, reset_ms))
            reset_ms += storm.reset_every_ms
        judged = client.alert(t_ms, message_of(row, counter))
        day.hear(judged.north)
        if judged.verdict == "SUPPRESS":
            day.suppressed += 1
        else:
            day.copies_ms.append(t_ms)
    return day


@pytest.mark.parametrize("storm", [*SLOW, FAST, WHOLE_DAY])
def test_a_copy_is_forwarded_in_each_sample_period_through_resets(storm: Storm) -> None:
    times_ms = [*through(storm).copies_ms, storm.for_ms]
    gaps_ms = [later - earlier for earlier, later in pairwise(times_ms)]
    assert max(gaps_ms) <= POLICY.sample_period_ms + storm.alert_every_ms


@pytest.mark.parametrize("storm", [*SLOW[:2], FAST])
def test_most_of_a_storm_is_still_suppressed_through_resets(storm: Storm) -> None:
    """Not a slow one with resets every 3 s: what never comes to a save is never over a limit."""
    day = through(storm)
    print(f"{storm}: {len(day.copies_ms)} copies, {day.suppressed} suppressed")
    assert day.suppressed > 10 * len(day.copies_ms)


@pytest.mark.parametrize("storm", [*SLOW, FAST, WHOLE_DAY])
def test_no_number_is_used_twice_through_resets(storm: Storm) -> None:
    numbers = [(r.overload_id, r.throttled_seq) for r in through(storm).reports]
    assert len(numbers) == len(set(numbers)) > 0


@pytest.mark.parametrize("storm", SLOW[:2])
def test_what_was_suppressed_is_told_through_resets(storm: Storm) -> None:
    """All but what was counted after the last save of each life: half of it at the least.

    A hub that lives for 3 s comes to no save after its first, so what it counts may be lost.
    """
    day = through(storm)
    totals: dict[int, int] = {}
    for report in day.reports:
        before = totals.get(report.overload_id, 0)
        totals[report.overload_id] = max(before, report.total_suppressed)
    print(f"{storm}: {sum(totals.values())} of {day.suppressed} told")
    assert day.suppressed / 2 < sum(totals.values()) <= day.suppressed
