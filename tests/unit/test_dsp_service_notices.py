"""Service notices: which Users the DSP tells of what a throttle does, and when.

The policy of `test_dsp_twin.Bench`: of alerts of one key at one time 1 and 2 pass, with the second
the incident is red; 3 is the first sample, all others are suppressed.
"""

import copy

import pytest

from hubwire.identities import ACCESS_CONTROL_BROKER, ESME, GSME, NETWORK_OPERATOR, SUPPLIER
from stormbench.dsp.service_notices import ServiceNotice
from stormbench.dsp.users import Recipients
from stormbench.link.northbound import Notice, Report
from test_dsp_twin import CODE, HUB, Bench, make_policy

NO_NUMBERS = Report(1, 1, 0, 0)


@pytest.fixture
def forwarding():
    """A DSP without a throttle, behind a hub with one."""
    bench = Bench()
    yield bench
    bench.store.close()


@pytest.fixture
def throttling():
    bench = Bench(make_policy())
    yield bench
    bench.store.close()


def told(bench):
    """What Users were told, as (at_ms, user, event)."""
    return [(n.at_ms, n.user, n.notice.event) for n in bench.twin.service_notices]


def users_told(bench, event):
    return [user for _, user, of in told(bench) if of == event]


def of_key(event, target=SUPPLIER, at_ms=0, shadow=False, code=CODE):
    return Notice(at_ms, event, "", shadow, ESME, target, code, NO_NUMBERS)


def of_incident(event, at_ms=0, originator=ESME):
    return Notice(at_ms, event, "red", False, originator, None, None, None)


# Of a hub's throttle.


def test_target_of_an_overloaded_key_is_told_of_its_start(forwarding):
    forwarding.arrive(of_key("OVERLOAD_START"))
    assert told(forwarding) == [(0, SUPPLIER, "OVERLOAD_START")]


def test_user_is_told_when_the_notice_arrives_and_of_when_it_happened(forwarding):
    notice = of_key("OVERLOAD_START", at_ms=3)
    forwarding.arrive(notice, at_ms=9)
    assert forwarding.twin.service_notices == [ServiceNotice(9, SUPPLIER, HUB, notice)]


def test_other_target_of_the_same_meter_is_not_told_of_the_start(forwarding):
    forwarding.alert(target=NETWORK_OPERATOR)
    forwarding.arrive(of_key("OVERLOAD_START"))
    assert users_told(forwarding, "OVERLOAD_START") == [SUPPLIER]


@pytest.mark.parametrize("event", ["INCIDENT_OPEN", "INCIDENT_ESCALATE", "INCIDENT_CLOSE"])
def test_all_targets_of_a_meter_are_told_of_its_incident_in_the_order_of_their_alerts(
    forwarding, event
):
    forwarding.alert(target=NETWORK_OPERATOR)
    forwarding.alert(target=SUPPLIER)
    forwarding.alert(target=NETWORK_OPERATOR)
    forwarding.arrive(of_incident(event))
    assert users_told(forwarding, event) == [NETWORK_OPERATOR, SUPPLIER]


def test_target_of_another_meter_is_not_told_of_an_incident(forwarding):
    forwarding.alert(target=NETWORK_OPERATOR, originator=GSME)
    forwarding.arrive(of_incident("INCIDENT_OPEN"))
    assert told(forwarding) == []


def test_target_of_which_only_a_held_copy_came_is_told_of_the_incident(forwarding):
    forwarding.report("SUMMARY", Report(1, 2, 9, 9))
    forwarding.arrive(of_incident("INCIDENT_CLOSE"))
    assert users_told(forwarding, "INCIDENT_CLOSE") == [SUPPLIER]


def test_target_of_which_only_a_notice_came_is_told_of_the_incident(forwarding):
    forwarding.arrive(of_key("OVERLOAD_START"))
    forwarding.arrive(of_incident("INCIDENT_CLOSE"))
    assert users_told(forwarding, "INCIDENT_CLOSE") == [SUPPLIER]


def test_full_table_concerns_no_user(forwarding):
    forwarding.alert()
    forwarding.arrive(Notice(0, "TABLE_FULL", "key", False, None, None, None, None))
    assert told(forwarding) == []


def test_nobody_is_told_of_a_hub_in_shadow(forwarding):
    forwarding.arrive(of_key("OVERLOAD_START", shadow=True))
    assert told(forwarding) == []


def test_broker_is_not_told_of_an_overload(forwarding):
    forwarding.arrive(of_key("OVERLOAD_START", target=ACCESS_CONTROL_BROKER))
    assert told(forwarding) == []


def test_broker_is_not_told_of_an_incident(forwarding):
    forwarding.alert(target=ACCESS_CONTROL_BROKER)
    forwarding.alert(target=SUPPLIER)
    forwarding.arrive(of_incident("INCIDENT_OPEN"))
    assert users_told(forwarding, "INCIDENT_OPEN") == [SUPPLIER]


def test_broker_is_the_one_of_the_settings():
    bench = Bench(access_control_broker=SUPPLIER)
    bench.arrive(of_key("OVERLOAD_START", target=SUPPLIER))
    bench.arrive(of_key("OVERLOAD_START", target=ACCESS_CONTROL_BROKER))
    assert users_told(bench, "OVERLOAD_START") == [ACCESS_CONTROL_BROKER]
    bench.store.close()


def test_same_notice_that_comes_again_tells_nobody_again(forwarding):
    for at_ms in (0, 5):
        forwarding.arrive(of_key("OVERLOAD_START"), at_ms)
    assert told(forwarding) == [(0, SUPPLIER, "OVERLOAD_START")]


def test_same_notice_of_another_hub_is_another(forwarding):
    for hub_id in (5, 6):
        forwarding.arrive(of_key("OVERLOAD_START"), hub_id=hub_id)
    assert [n.hub_id for n in forwarding.twin.service_notices] == [5, 6]


# Summaries and ends, with and without a document.


@pytest.mark.parametrize("event", ["SUMMARY", "OVERLOAD_END"])
def test_user_is_told_of_a_report_that_no_document_carries(forwarding, event):
    forwarding.notice(event, Report(1, 4, 30, 30))
    assert told(forwarding) == [(0, SUPPLIER, event)]


def test_user_who_has_the_document_of_a_summary_is_not_told_again(forwarding):
    assert forwarding.report("SUMMARY", Report(1, 4, 30, 30)) != []
    assert told(forwarding) == []


def test_user_is_told_of_an_end_beside_the_document_with_its_count(forwarding):
    assert forwarding.report("OVERLOAD_END", Report(1, 4, 30, 30)) != []
    assert told(forwarding) == [(0, SUPPLIER, "OVERLOAD_END")]


def test_user_is_told_of_a_summary_that_a_future_dated_outcome_has_no_place_for(forwarding):
    forwarding.report("SUMMARY", Report(1, 4, 30, 30), code=0x8F66)
    assert told(forwarding) == [(0, SUPPLIER, "SUMMARY")]


# Of the DSP's own throttle.


def test_dsps_own_start_is_told_in_the_ms_of_the_first_suppression(throttling):
    throttling.overload()
    throttling.alert(7)
    start = throttling.twin.service_notices[-1]
    assert (start.at_ms, start.user, start.hub_id) == (7, SUPPLIER, None)
    assert start.notice.event == "OVERLOAD_START"


def test_target_whose_alert_opens_the_dsps_own_incident_is_told_of_it(throttling):
    throttling.alert(target=NETWORK_OPERATOR)
    throttling.alert(target=SUPPLIER)
    assert users_told(throttling, "INCIDENT_OPEN") == [NETWORK_OPERATOR, SUPPLIER]


def test_dsps_own_summary_is_told_by_its_document_and_its_end_at_its_time(throttling):
    throttling.overload()
    throttling.alert()
    throttling.advance(10**6)
    assert users_told(throttling, "SUMMARY") == []
    (end,) = [n for n in throttling.twin.service_notices if n.notice.event == "OVERLOAD_END"]
    assert end.at_ms == end.notice.at_ms < 10**6


def test_nobody_is_told_of_the_dsps_own_throttle_in_shadow():
    bench = Bench(make_policy(shadow=1))
    for _ in range(9):
        bench.alert()
    bench.advance(10**6)
    assert told(bench) == []
    bench.store.close()


def test_incidents_of_the_anomaly_detection_tell_no_user(forwarding):
    for _ in range(30):
        forwarding.alert()
    assert [incident.level for incident in forwarding.anomalies()] == ["red"]
    assert told(forwarding) == []


# Recipients.


def test_service_notices_move_neither_delivered_nor_reported_nor_a_hop():
    recipients, untouched = Recipients(), Recipients()
    recipients.take_notices([ServiceNotice(5, SUPPLIER, HUB, of_key("SUMMARY"))])
    assert (recipients.delivered, recipients.reported) == (0, 0)
    assert recipients.users.hop == untouched.users.hop
    assert recipients.elsewhere == untouched.elsewhere


def test_start_of_an_overload_is_told_when_it_is_first_heard_of():
    recipients = Recipients()
    first = ServiceNotice(5, SUPPLIER, HUB, of_key("OVERLOAD_START"))
    other = ServiceNotice(6, SUPPLIER, None, of_key("OVERLOAD_START"))
    end = ServiceNotice(1, SUPPLIER, HUB, of_key("OVERLOAD_END"))
    later = ServiceNotice(9, SUPPLIER, HUB, copy.copy(first.notice))
    recipients.take_notices([end, first, other, later])
    assert recipients.start_told_ms == {(HUB, 1): 5, (None, 1): 6}
    assert len(recipients.service_notices) == 4
