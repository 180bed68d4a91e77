"""What befalls a throttle as a whole: shadow, a new policy, another epoch, other tables."""

import pytest

from commshub.policy import LONGEST_MS
from commshub.telling import (
    DEVICE_TABLE,
    INCIDENT_CLOSE,
    INCIDENT_OPEN,
    OVERLOAD_END,
    RED,
    SUMMARY,
    TABLE_FULL,
)
from commshub.throttle import PASS, SAMPLE, SUPPRESS
from throttle_bench import METER, OTHER_CODE, OTHER_METER, Bench, make_policy

# Shadow.


def test_shadow_passes_everything_with_nothing_attached():
    bench = Bench(shadow=1)
    for _ in range(30):
        assert bench.alert(0) == PASS
        assert bench.attached() is None


def test_shadow_counts_what_it_would_have_done():
    bench = Bench(shadow=1)
    bench.alerts(10, 0)
    bench.alert(600)
    bench.advance(700)
    bench.alert(800)
    throttle = bench.throttle
    assert (throttle.received, throttle.passed) == (12, 12)
    assert (throttle.sampled, throttle.suppressed, throttle.reported) == (0, 0, 0)
    assert (throttle.would_sample, throttle.would_suppress) == (1, 4)
    assert (throttle.would_report, throttle.unreported) == (3, 1)


def test_shadow_emits_the_same_events():
    plain, shadow = Bench(), Bench(shadow=1)
    for bench in (plain, shadow):
        bench.alerts(10, 0)
        bench.throttle.advance(10**6)
    assert shadow.heard == plain.heard
    assert OVERLOAD_END in shadow.kinds()


# A new policy.


def test_new_policy_ends_overloads_then_closes_incidents_device_by_device():
    bench = Bench(flush_ms=10**6)
    bench.overload(originator=OTHER_METER)
    bench.overload()
    bench.alerts(2, 0, originator=OTHER_METER)
    bench.alert(0)
    bench.heard.clear()
    bench.throttle.apply(make_policy(), 50)
    assert bench.heard == [
        (OVERLOAD_END, 50, 1, 2, 2, 2),
        (INCIDENT_CLOSE, 50, OTHER_METER, RED),
        (OVERLOAD_END, 50, 2, 2, 1, 1),
        (INCIDENT_CLOSE, 50, METER, RED),
    ]


def test_new_policy_goes_by_the_order_of_entries_and_not_of_incidents():
    bench = Bench()
    bench.alert(0, originator=OTHER_METER)
    bench.alerts(3, 0)
    bench.alerts(2, 0, originator=OTHER_METER)
    bench.heard.clear()
    bench.throttle.apply(make_policy(), 0)
    assert [event[2] for event in bench.heard] == [OTHER_METER, METER]


def test_what_is_due_at_a_new_policy_is_done_under_the_old_one():
    bench = Bench()
    bench.overload()
    bench.alert(0)
    bench.heard.clear()
    bench.throttle.apply(make_policy(flush_ms=1), 700)
    assert bench.heard == [
        (SUMMARY, 700, 1, 2, 1, 1),
        (OVERLOAD_END, 700, 1, 3, 0, 1),
        (INCIDENT_CLOSE, 700, METER, RED),
    ]


def test_new_policy_at_an_earlier_time_takes_effect_at_the_latest():
    bench = Bench()
    bench.alerts(3, 500)
    bench.heard.clear()
    bench.throttle.apply(make_policy(), 100)
    assert [event[:2] for event in bench.heard] == [(INCIDENT_CLOSE, 500)]


def test_new_policy_empties_the_tables_of_what_has_no_incident_too():
    bench = Bench()
    bench.alerts(2, 0)
    bench.throttle.apply(make_policy(), 0)
    bench.alert(0)
    assert bench.heard == []


def test_new_policy_is_in_force_with_the_next_alert():
    bench = Bench()
    bench.alert(0)
    bench.throttle.apply(make_policy(amber_threshold=1), 0)
    bench.alerts(2, 0)
    assert bench.kinds() == [INCIDENT_OPEN]


def test_counters_and_overload_ids_go_on_under_a_new_policy():
    bench = Bench()
    bench.overload()
    bench.alert(0)
    bench.throttle.apply(make_policy(), 0)
    bench.overload()
    assert bench.attached() == (2, 1, 0, 0)
    throttle = bench.throttle
    assert (throttle.received, throttle.sampled, throttle.suppressed) == (17, 2, 1)
    assert (throttle.reported, throttle.unreported) == (1, 0)


def test_a_run_of_table_full_goes_on_under_a_new_policy():
    bench = Bench(device_capacity=0)
    bench.alert(0)
    bench.throttle.apply(make_policy(), 0)
    bench.alert(0)
    assert bench.heard == [(TABLE_FULL, 0, DEVICE_TABLE)]


# Another epoch.


@pytest.mark.parametrize("by_ms", [1, 699, 2**29])
def test_nothing_changes_but_the_times_when_the_epoch_moves(by_ms):
    bench = Bench()
    bench.overload(2**29)
    bench.alert(2**29 + 50)
    bench.throttle.move_epoch(by_ms)
    start = 2**29 - by_ms
    assert bench.throttle.next_due() == start + 750
    assert bench.alert(start + 999) == SUPPRESS
    assert bench.attached() is None
    assert bench.alert(start + 1000) == SAMPLE
    assert bench.attached() == (1, 3, 1, 2)
    assert [event[:2] for event in bench.advance(start + 10**6)] == [
        (OVERLOAD_END, start + 12000),
        (INCIDENT_CLOSE, start + 30000),
    ]


def test_window_without_an_incident_survives_a_move_of_the_epoch():
    bench = Bench()
    bench.alerts(2, 2**29)
    bench.throttle.move_epoch(2**29)
    bench.alert(9999)
    assert bench.heard == [(INCIDENT_OPEN, 9999, METER, 1)]


def test_window_that_was_over_long_before_the_epoch_moved_stays_over():
    bench = Bench(device_window_ms=LONGEST_MS)
    bench.alerts(2, 0)
    bench.alert(LONGEST_MS, originator=OTHER_METER)
    bench.throttle.move_epoch(LONGEST_MS)
    bench.alert(0)
    assert bench.heard == []


def test_window_of_the_longest_length_survives_a_move_of_the_epoch():
    bench = Bench(device_window_ms=LONGEST_MS)
    bench.alerts(2, 0)
    bench.alert(LONGEST_MS - 1, originator=OTHER_METER)
    bench.throttle.move_epoch(LONGEST_MS - 1)
    bench.alert(0)
    assert bench.kinds() == [INCIDENT_OPEN]


def test_quiet_run_survives_a_move_of_the_epoch():
    bench = Bench()
    bench.make_red()
    bench.advance(29999)
    bench.throttle.move_epoch(29999)
    assert bench.advance(0) == []
    assert bench.advance(1) == [(INCIDENT_CLOSE, 1, METER, RED)]


def test_incident_that_is_older_than_the_longest_window_survives_a_move_of_the_epoch():
    bench = Bench(device_window_ms=10000, red_clear_windows=65535)
    bench.make_red()
    now = LONGEST_MS + 20 * 10**6
    bench.advance(now)
    bench.throttle.move_epoch(now)
    closes = 65536 * 10000 - now
    assert bench.advance(closes - 1) == []
    assert bench.advance(closes) == [(INCIDENT_CLOSE, closes, METER, RED)]


def test_epoch_of_an_unused_throttle_may_move():
    bench = Bench()
    bench.throttle.move_epoch(2**29)
    assert bench.alert(0) == PASS


def test_earlier_time_is_taken_at_the_latest_after_the_epoch_moved_too():
    bench = Bench()
    bench.make_red(1000)
    bench.throttle.move_epoch(400)
    bench.alerts(2, 0)
    assert bench.throttle.now == 600


# Other tables; another clock.


def test_resize_ends_what_is_open_and_goes_on_with_the_new_sizes():
    bench = Bench()
    bench.make_red()
    bench.throttle.resize(1, 2, 5)
    assert bench.heard == [(INCIDENT_CLOSE, 5, METER, RED)]
    assert (bench.throttle.devices.capacity, bench.throttle.keys.capacity) == (1, 2)
    bench.make_red(5)
    bench.alert(5, originator=OTHER_METER)
    assert bench.kinds() == [TABLE_FULL]


def test_after_forgetting_time_an_earlier_alert_is_taken_at_its_own_time():
    bench = Bench()
    bench.alerts(3, 10**6)
    bench.throttle.forget_time(10**6)
    assert bench.kinds() == [INCIDENT_OPEN, INCIDENT_CLOSE]
    bench.alerts(3, 7)
    assert bench.heard[-1][:2] == (INCIDENT_OPEN, 7)


# What a shell goes by.


def test_silenced_names_the_key_of_the_alert_that_was_just_suppressed():
    bench = Bench()
    bench.overload()
    assert bench.throttle.silenced is None
    bench.alert(0)
    silenced = bench.throttle.silenced
    assert silenced and silenced.total_suppressed == 1
    bench.alert(0, code=OTHER_CODE)
    assert bench.throttle.silenced is None


def test_shadow_silences_nobody():
    bench = Bench(shadow=1)
    bench.alerts(9, 0)
    assert bench.throttle.would_suppress == 1
    assert bench.throttle.silenced is None


def test_first_alert_of_a_new_throttle_passes_under_the_strictest_policy():
    bench = Bench(
        amber_threshold=0,
        red_threshold=0,
        red_clear_threshold=0,
        code_limit=0,
        code_clear_limit=0,
    )
    assert bench.alert(0) == PASS
    assert bench.alert(0) == SAMPLE
    assert bench.alert(0) == SUPPRESS
