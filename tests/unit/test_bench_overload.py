"""Overload of a hub: alerts at times of their own, what waits, what is lost, which laws hold."""

from itertools import pairwise

import pytest

from hubwire.frames import WINDOW
from hubwire.gbcs import decode
from stormbench.bench.overload import law_broken, measure_overload, offer, overload_policy, text_of
from stormbench.errors import InvalidInput
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient

US_PER_ALERT = 2_000


class BusyClient(HubClient):
    """Each alert takes it 2 ms, and who waits for it moves its clock on."""

    at_us = 0

    def submit(self, at_ms, message):
        self.at_us += US_PER_ALERT
        return super().submit(at_ms, message)

    def hear(self, timeout_ms):
        judged = super().hear(0)
        if not judged:
            self.at_us += timeout_ms * 1_000
        return judged

    def now_us(self):
        return self.at_us


@pytest.fixture
def found():
    return measure_overload(BusyClient(SimPort()), 100, lambda: None, [10, 100, 300])


def loads(*, lost=0, quiet_not_passed=0, highest=100.0):
    """What `law_broken` looks at."""
    kept = {"lost": 0, "quiet_not_passed": 0, "goodput_alerts_per_s": 100.0}
    last = {"lost": lost, "quiet_not_passed": quiet_not_passed, "goodput_alerts_per_s": highest}
    return {"loads": [{"offered_percent": 100, **kept}, {"offered_percent": 300, **last}]}


def test_alerts_are_offered_at_even_times_and_all_different():
    offered = list(offer(500, 50, 7))
    assert {later.at_us - each.at_us for each, later in pairwise(offered)} == {2_000}
    assert len({each.message for each in offered}) == 50


def test_one_alert_in_25_is_the_quiet_devices():
    originators = {decode(each.message).originator: each.is_quiet for each in offer(1, 50, 1)}
    assert sorted(originators.values()) == [False, True]
    assert sum(each.is_quiet for each in offer(1, 50, 1)) == 2


def test_every_alert_that_was_offered_is_accounted_for(found):
    for load in found["loads"]:
        assert sum(load["verdicts"].values()) == 100 and load["lost"] == 0


def test_quiet_device_passes_at_every_load(found):
    assert [load["quiet_not_passed"] for load in found["loads"]] == [0, 0, 0]
    assert all(load["verdicts"]["PASS"] == 4 for load in found["loads"])


def test_goodput_is_what_is_offered_or_else_what_the_hub_carries(found):
    low, full, over = (load["goodput_alerts_per_s"] for load in found["loads"])
    assert low == pytest.approx(50, rel=0.05)
    assert full == pytest.approx(500, rel=0.05) and over == pytest.approx(500, rel=0.05)


def test_latency_counts_from_the_time_that_an_alert_was_meant_to_go_out(found):
    over = found["loads"][-1]
    # Of 100 alerts at 1,500 a second the last is meant to go out at 66 ms, and does at 200.
    assert over["latency_us"]["max"] == pytest.approx(134_000, rel=0.1)
    assert over["hub_latency_us"]["max"] <= WINDOW * US_PER_ALERT


def test_what_the_hub_does_not_take_waits_at_the_host(found):
    assert found["loads"][0]["longest_host_queue"] <= 1
    assert found["loads"][-1]["longest_host_queue"] > 50


def test_text_has_a_line_for_each_load(found):
    assert [line.split()[0] for line in text_of(found).splitlines()[2:]] == ["10%", "100%", "300%"]


def test_laws_that_hold_are_not_told():
    assert law_broken(loads()) == []


def test_lost_alert_breaks_a_law():
    assert law_broken(loads(lost=1)) == ["300 %: 1 alerts are lost"]


def test_harmed_quiet_device_breaks_a_law():
    assert law_broken(loads(quiet_not_passed=2)) == ["300 %: 2 of the quiet device did not pass"]


@pytest.mark.parametrize(("highest", "is_broken"), [(89.9, True), (90.0, False)])
def test_goodput_that_collapses_breaks_a_law(highest, is_broken):
    assert bool(law_broken(loads(highest=highest))) is is_broken


def test_policy_has_room_for_the_quiet_device_or_is_refused():
    assert overload_policy(65_535).refusal() is None
    with pytest.raises(InvalidInput, match="65536 alerts of a quiet device"):
        overload_policy(65_536)
