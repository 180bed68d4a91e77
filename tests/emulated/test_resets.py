"""A storm through power cuts on the real image: saves on littlefs, its own clock, real boots.

A whole day of it, in process, is in `tests/property/test_storm_with_resets.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from storm_on_pico import StormHub, storm_hub, storm_policy
from stormbench.link.northbound import Northbound, Report, WanAlert

S = 1_000_000
ALERT_EVERY_US = 20 * S
US_PER_MS = 1000

POLICY = storm_policy()  # but for early thresholds the default one: a copy and a flush each 600 s


@dataclass
class Told:
    """What went north of the one key, and when its copies did, in device time."""

    copies_us: list[int] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    suppressed: int = 0
    boots: int = 0
    end_us: int = 0

    def hear(self, north: tuple[Northbound, ...]) -> None:
        """Keep the reports; the number of an overload that begins is not one."""
        for item in north:
            is_start = not isinstance(item, WanAlert) and item.event == "OVERLOAD_START"
            if item.report is not None and not is_start:
                self.reports.append(item.report)


def storm(hub: StormHub, reset_every_us: int, for_us: int) -> Told:
    """An alert each 20 s of device time, and a power cut now and then."""
    told = Told()
    pico = hub.pico
    begun_us = pico.now_us
    next_alert_us, next_cut_us = begun_us, begun_us + reset_every_us
    while min(next_alert_us, next_cut_us) < begun_us + for_us:
        if next_alert_us <= next_cut_us:
            listen_until(hub, next_alert_us, told)
            sent_us = max(next_alert_us, pico.now_us)
            judged = hub.alert()
            told.hear(judged.north)
            if judged.verdict == "SUPPRESS":
                told.suppressed += 1
            else:
                told.copies_us.append(sent_us)
            next_alert_us += ALERT_EVERY_US
        else:
            listen_until(hub, next_cut_us, told)
            told.hear(hub.client.power_cut())
            told.boots += 1
            assert hub.client.hello.start == "resumed"
            next_cut_us += reset_every_us
    told.end_us = pico.now_us
    return told


def listen_until(hub: StormHub, until_us: int, told: Told) -> None:
    """Hear what the hub says up to that device time."""
    left_us = max(0, until_us - hub.pico.now_us)
    told.hear(hub.client.listen(left_us // US_PER_MS))


STORMS = [  # resets every so many seconds, for so many minutes
    (300, 25),
    (30, 12),
    pytest.param((3, 60), marks=pytest.mark.soak),
]


@pytest.fixture(scope="module", params=STORMS)
def told(request: pytest.FixtureRequest) -> Iterator[Told]:
    """One storm; the tests look at what came of it."""
    reset_every_s, minutes = request.param
    with storm_hub(policy=POLICY) as hub:
        yield storm(hub, reset_every_s * S, minutes * 60 * S)


def test_a_copy_is_forwarded_in_each_sample_period_of_up_time(told: Told) -> None:
    """Whatever time a boot takes counts as well: it comes to less than what a restart adds."""
    times_us = [*told.copies_us, told.end_us]
    gaps_us = [later - earlier for earlier, later in pairwise(times_us)]
    print(f"{told.boots} boots, {len(told.copies_us)} copies, {told.suppressed} suppressed")
    assert max(gaps_us) <= POLICY.sample_period_ms * 1000 + ALERT_EVERY_US + S


def test_what_was_suppressed_is_told_although_the_hub_restarts(told: Told) -> None:
    counts = [report.throttled_count for report in told.reports]
    assert any(counts), "no report bore a count"
    assert sum(counts) <= told.suppressed


def test_no_number_is_used_twice_over_restarts(told: Told) -> None:
    numbers = [(report.overload_id, report.throttled_seq) for report in told.reports]
    assert len(numbers) == len(set(numbers)) > 1
