"""The DSP twin: what is sent on, what is written down, what is told, throttled or not.

The policy of `Bench`: an incident is red from the second alert of a meter on; of a key the first
alert after that is a sample and the rest is suppressed, until a sample is due 1000 ms later. So of
alerts of one key at one time: 1 and 2 pass, 3 is the first sample, all others are suppressed.
"""

import contextlib
import sqlite3
from datetime import datetime, timezone

import pytest

from commshub.policy import Policy
from hubwire import gbcs
from hubwire.gbcs_make import Recipe, make
from hubwire.identities import ACCESS_CONTROL_BROKER, ESME, GSME, SUPPLIER
from stormbench.dsp import duis
from stormbench.dsp.store import Store
from stormbench.dsp.twin import DspSettings, DspTwin
from stormbench.link.northbound import Notice, Report, WanAlert
from stormbench.wan.departure import Arrival, Departure
from stormbench.wan.hop import HopCounts

CODE = 0x8F3E
HUB = 5
COMMAND = bytes.fromhex("DF0901") + bytes(40)


def make_policy(**fields):
    policy = Policy()
    numbers = {
        "device_window_ms": 100_000,
        "amber_threshold": 1,
        "red_threshold": 1,
        "red_clear_threshold": 0,
        "red_clear_windows": 2,
        "code_window_ms": 10_000,
        "code_limit": 0,
        "code_clear_limit": 0,
        "code_clear_windows": 1,
        "sample_period_ms": 1_000,
        "flush_ms": 5_000,
        "excluded_codes": set(),
    }
    for name, value in {**numbers, **fields}.items():
        setattr(policy, name, value)
    assert policy.refusal() is None
    return policy


def alert_message(counter=1, code=CODE, originator=ESME, target=SUPPLIER):
    recipe = Recipe(code=code, counter=counter, originator=originator, target=target)
    return gbcs.encode(make(recipe))


class Bench:
    """A twin, and its deliveries as (at_ms, recipient, counter, sequence, count, is_held)."""

    def __init__(self, policy=None, **settings):
        self.store = Store()
        chosen = DspSettings(policy=policy, device_capacity=8, key_capacity=8, **settings)
        self.twin = DspTwin(self.store, chosen)
        self.counter = 0

    def arrive(self, item, at_ms=0, hub_id=HUB):
        departure = Departure(at_ms, hub_id, item)
        return [told(delivery) for delivery in self.twin.on_arrival(Arrival(at_ms, departure))]

    def alert(self, at_ms=0, **key):
        """A pass of the hub; each has a counter of its own, from 1."""
        self.counter += 1
        message = alert_message(self.counter, **key)
        return self.arrive(WanAlert(at_ms, "PASS", None, message), at_ms)

    def report(self, carries, report, at_ms=0, hub_id=HUB, **key):
        """A sample of the hub, or one of its held copies."""
        self.counter += 1
        message = alert_message(self.counter, **key)
        return self.arrive(WanAlert(at_ms, carries, report, message), at_ms, hub_id)

    def notice(self, event, report, at_ms=0, shadow=False):
        key = (ESME, SUPPLIER, CODE)
        return self.arrive(Notice(at_ms, event, "", shadow, *key, report), at_ms)

    def advance(self, now_ms):
        return [told(delivery) for delivery in self.twin.advance(now_ms)]

    def overload(self):
        """Alerts 1 to 3 at time 0, all sent on; what follows is suppressed until 1000 ms."""
        assert [len(self.alert()) for _ in range(3)] == [1, 1, 1]

    def log(self, source):
        return [entry for entry in self.store.security_log() if entry.source == source]

    def anomalies(self):
        return [entry for entry in self.store.incidents() if entry.source == "anomaly"]


def told(delivery):
    if delivery.recipient != "user":
        return (delivery.at_ms, delivery.recipient, delivery.is_held)
    read = duis.read(delivery.body)
    counter = gbcs.decode(read.message).originator_counter
    numbers = (read.sequence, read.count)
    return (delivery.at_ms, "user", counter, *numbers, delivery.is_held)


@pytest.fixture
def forwarding():
    """A DSP as it was before it had a throttle."""
    bench = Bench()
    yield bench
    bench.store.close()


@pytest.fixture
def throttling():
    bench = Bench(make_policy())
    yield bench
    bench.store.close()


# Without a throttle.


def test_pass_is_sent_to_its_user_without_numbers(forwarding):
    assert forwarding.alert(7) == [(7, "user", 1, None, None, False)]


def test_sample_of_a_hub_is_sent_with_the_hubs_numbers(forwarding):
    sent = forwarding.report("SAMPLE", Report(1, 4, 30, 30), 7)
    assert sent == [(7, "user", 1, 4, 30, False)]


def test_first_sample_of_a_hub_is_sent_with_a_count_of_nothing(forwarding):
    assert forwarding.report("SAMPLE", Report(1, 1, 0, 0)) == [(0, "user", 1, 1, 0, False)]


def test_without_a_throttle_any_number_is_sent_on(forwarding):
    assert [len(forwarding.alert()) for _ in range(100)] == [1] * 100
    assert forwarding.twin.pending() == 0


@pytest.mark.parametrize("carries", ["SUMMARY", "OVERLOAD_END"])
def test_held_copy_of_a_hub_is_sent_on_as_one(forwarding, carries):
    sent = forwarding.report(carries, Report(1, 4, 30, 30))
    assert sent == [(0, "user", 1, 4, 30, True)]


def test_held_copy_of_a_hub_is_logged_as_the_event_it_stands_for(forwarding):
    forwarding.report("SUMMARY", Report(1, 4, 30, 30))
    entry = forwarding.store.security_log()[0]
    assert (entry.source, entry.hub_id, entry.event) == ("hub", HUB, "SUMMARY")
    assert (entry.code, entry.report) == ("8F3E", Report(1, 4, 30, 30))


def test_count_of_a_bare_notice_is_written_down_at_the_dsp(forwarding):
    assert forwarding.notice("SUMMARY", Report(1, 4, 30, 30)) == []
    assert forwarding.store.reported_to_dsp() == 30


def test_notices_are_logged_and_incidents_kept(forwarding):
    opened = Notice(3, "INCIDENT_OPEN", "red", False, ESME, None, None, None)
    forwarding.arrive(opened, 9)
    assert [entry.event for entry in forwarding.store.security_log()] == ["INCIDENT_OPEN"]
    (incident,) = forwarding.store.incidents()
    assert (incident.source, incident.hub_id, incident.opened_ms) == ("hub", HUB, 3)


def test_start_of_an_overload_counts_nothing(forwarding):
    forwarding.notice("OVERLOAD_START", Report(1, 1, 0, 0))
    assert forwarding.store.reported_to_dsp() == 0


def test_notice_in_shadow_is_logged_and_not_counted(forwarding):
    forwarding.notice("SUMMARY", Report(1, 4, 30, 30), shadow=True)
    assert forwarding.store.reported_to_dsp() == 0
    assert [entry.shadow for entry in forwarding.store.security_log()] == [True]


def test_what_arrived_is_counted(forwarding):
    forwarding.alert()
    forwarding.report("SAMPLE", Report(1, 1, 0, 0))
    forwarding.notice("SUMMARY", Report(1, 4, 30, 30))
    assert forwarding.twin.arrived == HopCounts(alerts=2, notices=1, bytes=124 + 140 + 43)


def test_arrival_before_the_latest_is_refused(forwarding):
    forwarding.alert(10)
    with pytest.raises(ValueError, match="back to 9 ms"):
        forwarding.alert(9)
    with pytest.raises(ValueError, match="back to 9 ms"):
        forwarding.advance(9)


# Lost and repeated reports.


def test_report_makes_good_the_one_that_was_lost_before_it(forwarding):
    forwarding.report("SAMPLE", Report(1, 2, 10, 10))
    sent = forwarding.report("SAMPLE", Report(1, 4, 5, 35))  # number 3, with 20, was lost
    assert sent[0][3:5] == (4, 25)


def test_report_that_comes_again_counts_nothing(forwarding):
    forwarding.report("SAMPLE", Report(1, 2, 10, 10))
    assert forwarding.report("SAMPLE", Report(1, 2, 10, 10))[0][4] == 0
    assert forwarding.report("OVERLOAD_END", Report(1, 2, 10, 10)) == []
    forwarding.notice("SUMMARY", Report(1, 2, 10, 10))
    assert forwarding.store.reported_to_dsp() == 0


def test_older_report_that_comes_late_counts_nothing(forwarding):
    forwarding.report("SAMPLE", Report(1, 3, 10, 30))
    forwarding.notice("SUMMARY", Report(1, 2, 20, 20))
    assert forwarding.report("SAMPLE", Report(1, 4, 1, 31))[0][4] == 1


def test_totals_of_other_hubs_and_other_overloads_are_others(forwarding):
    forwarding.report("SAMPLE", Report(1, 2, 10, 10))
    assert forwarding.report("SAMPLE", Report(2, 2, 10, 10))[0][4] == 10
    assert forwarding.report("SAMPLE", Report(1, 2, 10, 10), hub_id=6)[0][4] == 10


# Whom it is for.


def test_alert_for_the_broker_goes_there_and_its_count_to_the_dsp(forwarding):
    broker = {"target": ACCESS_CONTROL_BROKER}
    assert forwarding.report("SAMPLE", Report(1, 2, 9, 9), **broker) == [(0, "acb", False)]
    assert forwarding.report("SUMMARY", Report(1, 3, 1, 10), **broker) == [(0, "acb", True)]
    assert forwarding.store.reported_to_dsp() == 10


def test_the_broker_has_the_identity_that_it_is_given():
    bench = Bench(access_control_broker=SUPPLIER)
    assert bench.alert() == [(0, "acb", False)]
    bench.store.close()


@pytest.mark.parametrize("code", [0x8F66, 0x8F67])
def test_count_beside_a_future_dated_outcome_goes_to_the_dsp(forwarding, code):
    sent = forwarding.report("SAMPLE", Report(1, 2, 9, 9), code=code)
    assert sent == [(0, "user", 1, None, None, False)]
    assert forwarding.store.reported_to_dsp() == 9


def test_messages_that_are_no_alerts_pass_untouched(throttling):
    sent = [throttling.arrive(WanAlert(0, "PASS", None, COMMAND)) for _ in range(9)]
    assert sent == [[(0, "elsewhere", False)]] * 9
    assert (throttling.twin.not_alerts, throttling.twin.unreadable) == (9, 0)


def test_unreadable_messages_pass_untouched(throttling):
    departure = Departure(0, HUB, WanAlert(0, "PASS", None, b"garbage"))
    (sent,) = throttling.twin.on_arrival(Arrival(0, departure))
    assert (sent.recipient, sent.body) == ("elsewhere", b"garbage")
    assert (throttling.twin.not_alerts, throttling.twin.unreadable) == (0, 1)


@pytest.mark.parametrize("carries", ["SAMPLE", "SUMMARY"])
def test_count_beside_an_unreadable_message_is_not_lost(forwarding, carries):
    forwarding.arrive(WanAlert(0, carries, Report(1, 2, 9, 9), b"garbage"))
    assert forwarding.store.reported_to_dsp() == 9


# Anomaly detection.


def test_alerts_and_suppressed_counts_are_watched_wherever_they_come(forwarding):
    forwarding.alert(originator=GSME)
    forwarding.report("SAMPLE", Report(1, 2, 3, 3), originator=GSME)
    forwarding.report("SUMMARY", Report(1, 3, 5, 8), originator=GSME)
    assert forwarding.anomalies() == []  # 1 + 4 + 5 = 10: the threshold is to be exceeded
    forwarding.alert(originator=GSME)
    assert [incident.level for incident in forwarding.anomalies()] == ["amber"]


def test_count_of_a_bare_notice_is_watched(forwarding):
    forwarding.notice("SUMMARY", Report(1, 2, 21, 21))
    assert [incident.level for incident in forwarding.anomalies()] == ["red"]


def test_what_the_dsp_suppresses_is_watched_once():
    bench = Bench(make_policy(), anomaly_policy=make_policy(amber_threshold=6, red_threshold=7))
    for _ in range(7):
        bench.alert()
    bench.advance(5_000)
    assert [incident.level for incident in bench.anomalies()] == ["amber"]
    bench.store.close()


def test_anomaly_closes_when_time_has_come_without_an_alert(forwarding):
    forwarding.notice("SUMMARY", Report(1, 2, 21, 21))
    forwarding.advance(10**9)
    assert [incident.closed_ms is None for incident in forwarding.anomalies()] == [False]


def test_anomaly_detection_goes_by_the_throttles_policy_where_it_has_none_of_its_own(throttling):
    throttling.alert()
    throttling.alert()
    assert [incident.level for incident in throttling.anomalies()] == ["red"]


# What a run leaves.


def test_documents_bear_scenario_time_from_the_epoch_on():
    bench = Bench(epoch=datetime(2031, 2, 3, tzinfo=timezone.utc))
    departure = Departure(0, HUB, WanAlert(0, "PASS", None, alert_message()))
    (sent,) = bench.twin.on_arrival(Arrival(1_500, departure))
    assert b">2031-02-03T00:00:01.500Z<" in sent.body
    bench.store.close()


def test_finish_makes_the_store_last(tmp_path):
    path = tmp_path / "dsp.sqlite"
    with Store(path) as store:
        twin = DspTwin(store, DspSettings(policy=None, device_capacity=1, key_capacity=1))
        opened = Notice(3, "INCIDENT_OPEN", "red", False, ESME, None, None, None)
        twin.on_arrival(Arrival(3, Departure(3, HUB, opened)))
        twin.finish(3)
        with contextlib.closing(sqlite3.connect(path)) as other:
            assert other.execute("SELECT COUNT(*) FROM incident").fetchone() == (1,)
