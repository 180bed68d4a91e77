"""The cell: one slow server, a queue with an end, losses that cost time."""

import pytest

from stormbench.errors import InvalidInput
from stormbench.link.northbound import Notice, Report, WanAlert
from stormbench.wan.cell import Cell, WanSettings
from stormbench.wan.departure import Departure, departures
from stormbench.wan.hop import HopCounts

ALERT = bytes(100)
SUMMARY = "SUMMARY"


def cell(**settings):
    """100 bytes take 100 ms; room for three alerts; no delay, no loss."""
    small = {"bytes_per_s": 1000, "delay_ms": 0, "queue_bytes": 300, **settings}
    return Cell(WanSettings(**small), "test")


def alert(at_ms, hub_id=1, message=ALERT):
    return Departure(at_ms, hub_id, WanAlert(at_ms, "PASS", None, message))


def reported(at_ms, total, overload_id=1, hub_id=1, carries="SAMPLE"):
    """With its report a message of 84 bytes is as large as ALERT."""
    item = WanAlert(at_ms, carries, Report(overload_id, 2, 1, total), bytes(84))
    return Departure(at_ms, hub_id, item)


def notice(at_ms, event="INCIDENT_OPEN", report=None):
    return Departure(at_ms, 1, Notice(at_ms, event, "", False, bytes(8), None, None, report))


def arrivals_ms(cell, *departures):
    return [arrival and arrival.at_ms for arrival in map(cell.send, departures)]


def fill(cell, at_ms=0):
    """Three alerts, after which nothing fits until 100 ms later."""
    assert None not in arrivals_ms(cell, *[alert(at_ms)] * 3)


# Time.


def test_item_arrives_when_its_last_byte_is_sent():
    assert arrivals_ms(cell(), alert(5)) == [105]


def test_delay_is_added_after_the_last_byte():
    assert arrivals_ms(cell(delay_ms=40), alert(5)) == [145]


def test_items_wait_for_those_before_them_also_of_other_hubs():
    assert arrivals_ms(cell(), alert(0), alert(0, hub_id=2), alert(50)) == [100, 200, 300]


def test_delay_of_one_item_does_not_hold_up_the_next():
    assert arrivals_ms(cell(delay_ms=1000), alert(0), alert(0)) == [1100, 1200]


def test_idle_link_sends_at_once():
    assert arrivals_ms(cell(), alert(0), alert(500)) == [100, 600]


def test_arrival_is_rounded_up_to_a_whole_ms():
    assert arrivals_ms(cell(bytes_per_s=300_000), alert(0)) == [1]


def test_parts_of_a_ms_add_up_over_many_items():
    line = cell(bytes_per_s=300_000, queue_bytes=10**6)
    assert arrivals_ms(line, *[alert(0)] * 300)[-1] == 100


def test_departure_before_the_one_before_it_is_refused():
    line = cell()
    line.send(alert(10))
    with pytest.raises(ValueError, match="merge the hubs' streams"):
        line.send(alert(9))


def test_carry_leaves_out_what_was_dropped():
    arrived = list(cell().carry([alert(0)] * 4))
    assert [arrival.at_ms for arrival in arrived] == [100, 200, 300]


# The queue.


def test_item_that_fits_exactly_is_taken():
    line = cell()
    fill(line)
    assert line.dropped == HopCounts()


def test_item_that_does_not_fit_is_dropped():
    line = cell()
    fill(line)
    assert line.send(alert(0, message=b"1")) is None
    assert line.dropped == HopCounts(alerts=1, bytes=1)


def test_item_being_sent_still_takes_room():
    line = cell()
    fill(line)
    assert line.send(alert(99)) is None


def test_item_that_was_sent_makes_room_in_the_same_ms():
    line = cell()
    fill(line)
    assert arrivals_ms(line, alert(100)) == [400]


def test_dropped_item_takes_no_time():
    line = cell()
    fill(line)
    line.send(alert(0))
    assert arrivals_ms(line, alert(100)) == [400]


def test_what_left_the_hubs_is_counted_dropped_or_not():
    line = cell()
    fill(line)
    line.send(alert(0))
    line.send(notice(0))
    assert line.departed == HopCounts(alerts=4, notices=1, bytes=443)


def test_busy_time_is_that_of_what_was_taken():
    line = cell()
    fill(line)
    line.send(alert(0))
    assert line.busy_ms == 300


# What was lost.


def test_dropped_passes_and_samples_are_lost_alerts():
    line = cell()
    fill(line)
    arrivals_ms(line, alert(0), reported(0, total=5))
    assert line.dropped_alerts == 2


def test_dropped_held_copies_and_notices_are_no_lost_alerts():
    line = cell()
    fill(line)
    arrivals_ms(line, reported(0, total=5, carries=SUMMARY), notice(0))
    assert line.dropped_alerts == 0
    assert line.dropped == HopCounts(alerts=1, notices=1, bytes=143)


def test_count_of_a_dropped_report_is_lost():
    line = cell()
    fill(line)
    line.send(reported(0, total=7, carries=SUMMARY))
    assert line.lost_counts() == 7


def test_count_of_a_dropped_notice_is_lost():
    line = cell()
    fill(line)
    line.send(notice(0, SUMMARY, Report(1, 2, 7, 7)))
    assert line.lost_counts() == 7


def test_later_report_makes_a_lost_count_good():
    line = cell()
    fill(line)
    line.send(reported(0, total=7))
    line.send(reported(100, total=9))
    assert line.lost_counts() == 0


def test_only_what_came_after_the_last_report_that_got_through_is_lost():
    line = cell()
    line.send(reported(0, total=4))
    fill(line, 100)
    line.send(reported(100, total=9))
    assert line.lost_counts() == 5


def test_older_totals_that_come_later_change_nothing():
    line = cell()
    fill(line)
    arrivals_ms(line, reported(0, total=9), reported(0, total=4))
    assert line.lost_counts() == 9
    arrivals_ms(line, reported(100, total=7), reported(200, total=3))
    assert line.lost_counts() == 2


def test_counts_of_other_overloads_and_other_hubs_make_nothing_good():
    line = cell()
    fill(line)
    line.send(reported(0, total=7))
    line.send(reported(100, total=9, overload_id=2))
    line.send(reported(300, total=9, hub_id=2))
    assert line.lost_counts() == 7


# Losses on the way.


def test_lost_transmissions_cost_time_and_no_alert():
    line = cell(loss=0.5, queue_bytes=10**6)
    times = arrivals_ms(line, *[alert(0)] * 200)
    assert line.repeats > 100
    assert times[-1] == 100 * (200 + line.repeats) == line.busy_ms
    assert times == sorted(times)


def test_losses_are_those_of_the_cells_name():
    lossy = WanSettings(1000, 0, 10**6, 0.5)
    runs = [
        [arrival.at_ms for arrival in Cell(lossy, name).carry([alert(0)] * 50)]
        for name in ("a", "a", "b")
    ]
    assert runs[0] == runs[1] != runs[2]


# Settings.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bytes_per_s", 0),
        ("bytes_per_s", float("nan")),
        ("delay_ms", -1),
        ("queue_bytes", -1),
        ("loss", -0.01),
        ("loss", 1),
        ("loss", float("nan")),
    ],
)
def test_setting_outside_its_range_is_refused_by_name(name, value):
    with pytest.raises(InvalidInput, match=rf"^wan\.{name}: "):
        WanSettings(**{name: value})


def test_settings_at_the_ends_of_their_ranges_are_taken():
    WanSettings(bytes_per_s=0.001, delay_ms=0, queue_bytes=0, loss=0.999)


def test_queue_of_no_bytes_drops_everything():
    line = cell(queue_bytes=0)
    assert list(line.carry(departures(1, [WanAlert(0, "PASS", None, b"a")]))) == []
