"""What goes onto the WAN, in which order and how large."""

import pytest

from stormbench.link.northbound import Notice, Report, WanAlert
from stormbench.wan.departure import Departure, departures, merged, size_bytes
from stormbench.wan.hop import HopCounts


def notice(at_ms=0, shadow=False):
    return Notice(at_ms, "INCIDENT_OPEN", "red", shadow, bytes(8), None, None, None)


def test_pass_is_as_large_as_its_message():
    assert size_bytes(WanAlert(0, "PASS", None, bytes(85))) == 85


@pytest.mark.parametrize("carries", ["SAMPLE", "SUMMARY", "OVERLOAD_END"])
def test_report_adds_its_four_numbers_of_four_bytes(carries):
    assert size_bytes(WanAlert(0, carries, Report(1, 2, 3, 4), bytes(85))) == 101


def test_bare_notice_is_as_large_as_its_frames_payload_without_what_is_only_for_the_link():
    assert size_bytes(notice()) == 43


def test_departures_leave_when_the_hub_says_and_in_its_order():
    north = [notice(5), WanAlert(7, "PASS", None, b"a"), WanAlert(7, "PASS", None, b"b")]
    assert list(departures(3, north)) == [
        Departure(5, 3, north[0]),
        Departure(7, 3, north[1]),
        Departure(7, 3, north[2]),
    ]


def test_notices_of_a_hub_in_shadow_stay_off_the_wan():
    assert list(departures(1, [notice(shadow=True)])) == []


def test_streams_of_hubs_are_merged_by_time_and_then_by_hub():
    first = departures(1, [notice(1), notice(4), notice(4)])
    second = departures(2, [notice(0), notice(4)])
    order = [(departure.at_ms, departure.hub_id) for departure in merged(first, second)]
    assert order == [(0, 2), (1, 1), (4, 1), (4, 1), (4, 2)]


def test_hop_counts_alerts_and_notices_apart_and_bytes_together():
    hop = HopCounts()
    hop.add_alert(85)
    hop.add_notice(43)
    hop.add_notice(43)
    assert hop == HopCounts(alerts=1, notices=2, bytes=171)


def test_what_a_hub_says_after_a_restart_leaves_after_what_it_said_before():
    stamped = [WanAlert(at_ms, "PASS", None, b"a") for at_ms in (500, 900, 700, 1000)]
    assert [each.at_ms for each in departures(1, stamped)] == [500, 900, 900, 1000]
