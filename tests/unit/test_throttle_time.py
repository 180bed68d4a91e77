"""What time does: MECHANISM.md section 6, and the clock of section 1, by example."""

from commshub.policy import COUNT
from commshub.telling import (
    AMBER,
    INCIDENT_CLOSE,
    INCIDENT_OPEN,
    OVERLOAD_END,
    OVERLOAD_START,
    RED,
    SUMMARY,
)
from commshub.throttle import PASS, SAMPLE, SUPPRESS
from throttle_bench import METER, OTHER_CODE, OTHER_METER, THIRD_METER, Bench

# A device window closes.


def test_incident_closes_at_the_end_of_the_last_of_its_quiet_windows():
    bench = Bench()
    bench.make_red(300)  # closes 10300 (not quiet), 20300, 30300
    assert bench.advance(30299) == []
    assert bench.advance(30300) == [(INCIDENT_CLOSE, 30300, METER, RED)]


def test_amber_incident_closes_too_and_says_so():
    bench = Bench()
    bench.alerts(3, 0)
    assert bench.advance(30000) == [(INCIDENT_CLOSE, 30000, METER, AMBER)]


def test_close_bears_the_time_it_was_due_however_late_it_is_found():
    bench = Bench()
    bench.make_red()
    assert bench.advance(10**8) == [(INCIDENT_CLOSE, 30000, METER, RED)]


def test_count_at_red_clear_threshold_is_quiet():
    bench = Bench()
    bench.make_red()
    bench.alert(10000)
    bench.alert(20000)
    assert bench.advance(30000) == [(INCIDENT_CLOSE, 30000, METER, RED)]


def test_count_above_red_clear_threshold_starts_the_quiet_run_again():
    bench = Bench()
    bench.make_red()
    bench.alerts(2, 20000)  # 10000-20000 was quiet, 20000-30000 is not
    assert bench.advance(49999) == []
    assert bench.advance(50000) == [(INCIDENT_CLOSE, 50000, METER, RED)]


def test_alert_at_the_end_of_a_window_does_not_make_that_window_loud():
    bench = Bench()
    bench.make_red()
    bench.alert(29999)
    bench.alert(30000)
    assert bench.heard == [(INCIDENT_CLOSE, 30000, METER, RED)]


def test_quiet_run_lives_through_windows_in_which_nobody_looked():
    bench = Bench(red_clear_windows=5)
    bench.make_red()
    bench.alert(39000)  # 10000-40000 are quiet, with counts 0, 0, 1
    assert bench.advance(60000) == [(INCIDENT_CLOSE, 60000, METER, RED)]


def test_quiet_run_is_not_cut_by_alerts_that_leave_it_quiet():
    bench = Bench(red_clear_windows=3)
    bench.make_red()
    for t in (10000, 20000, 30000):
        bench.alert(t)
    assert bench.advance(40000) == [(INCIDENT_CLOSE, 40000, METER, RED)]


def test_escalation_does_not_restart_the_windows():
    bench = Bench(red_clear_windows=1)
    bench.alerts(3, 0)
    bench.alerts(2, 9000)
    assert bench.advance(20000) == [(INCIDENT_CLOSE, 20000, METER, RED)]


def test_device_is_forgotten_when_its_incident_closes():
    bench = Bench()
    bench.make_red()
    bench.alerts(1, 29999)
    bench.advance(30000)
    bench.alerts(2, 30000)
    assert bench.kinds() == [INCIDENT_CLOSE]
    bench.alert(30000)
    assert bench.kinds() == [INCIDENT_CLOSE, INCIDENT_OPEN]


def test_device_that_comes_back_after_its_incident_has_a_new_place_in_the_order():
    bench = Bench(red_clear_windows=1)
    bench.make_red()
    bench.alert(20000, originator=OTHER_METER)
    assert bench.kinds() == [INCIDENT_CLOSE]
    bench.make_red(20000)
    bench.make_red(20000, originator=OTHER_METER)
    assert [event[2] for event in bench.advance(40000)] == [OTHER_METER, METER]


def test_key_that_is_not_overloaded_is_forgotten_when_the_incident_closes():
    bench = Bench(code_window_ms=1000000)
    bench.make_red()
    bench.alerts(2, 0)
    bench.advance(30000)
    bench.make_red(30000)
    assert bench.alerts(2, 30000) == [PASS, PASS]


def test_keys_end_in_order_of_creation_before_their_incident_closes():
    bench = Bench(code_clear_windows=100, flush_ms=10**6)
    bench.make_red()
    bench.alert(0, code=OTHER_CODE)  # made first, overloaded last
    bench.alerts(4, 0)
    bench.alerts(4, 0, code=OTHER_CODE)
    assert bench.advance(30000) == [
        (OVERLOAD_END, 30000, 2, 2, 2, 2),
        (OVERLOAD_END, 30000, 1, 2, 1, 1),
        (INCIDENT_CLOSE, 30000, METER, RED),
    ]


def test_closing_ends_no_key_of_another_originator():
    bench = Bench(code_clear_windows=100, flush_ms=10**6)
    bench.overload(5000, originator=OTHER_METER)
    bench.alert(5000, originator=OTHER_METER)
    bench.make_red(5000)
    bench.alerts(2, 20000, originator=OTHER_METER)
    assert bench.advance(35000) == [(INCIDENT_CLOSE, 35000, METER, RED)]


# A key window closes.


def test_overload_ends_at_the_end_of_the_last_of_its_quiet_windows():
    bench = Bench(flush_ms=10**6)
    bench.overload(500)
    bench.alert(500)
    assert bench.advance(12499) == []
    assert bench.advance(12500) == [(OVERLOAD_END, 12500, 1, 2, 1, 1)]


def test_count_at_code_clear_limit_is_quiet():
    bench = Bench(flush_ms=10**6, sample_mode=COUNT)
    bench.overload()
    bench.alert(4000)
    bench.alert(8000)
    assert bench.advance(12000)[-1][:2] == (OVERLOAD_END, 12000)


def test_count_above_code_clear_limit_starts_the_quiet_run_again():
    bench = Bench(flush_ms=10**6)
    bench.overload()
    bench.alerts(2, 8000)
    assert bench.advance(19999) == []
    assert bench.advance(20000)[-1][:2] == (OVERLOAD_END, 20000)


def test_end_carries_zero_where_everything_was_reported():
    bench = Bench()
    bench.overload()
    bench.alerts(3, 0)
    assert bench.advance(12000) == [(SUMMARY, 700, 1, 2, 3, 3), (OVERLOAD_END, 12000, 1, 3, 0, 3)]


def test_overload_that_never_suppressed_has_neither_start_nor_end():
    bench = Bench()
    bench.overload()
    assert bench.advance(12000) == []
    assert bench.alerts(3, 12000) == [PASS, PASS, SAMPLE]
    assert bench.attached() == (2, 1, 0, 0)


def test_alert_at_the_end_of_an_overload_is_judged_after_it():
    bench = Bench()
    bench.overload()
    bench.alert(0)
    assert bench.alert(11999) == SAMPLE
    assert bench.alert(12000) == PASS
    assert bench.kinds()[-1] == OVERLOAD_END


# A flush.


def test_flush_comes_at_exactly_flush_ms_after_the_first_unreported():
    bench = Bench()
    bench.overload()
    bench.alert(100)
    bench.alert(600)
    assert bench.advance(799) == []
    assert bench.advance(800) == [(SUMMARY, 800, 1, 2, 2, 2)]


def test_alert_at_the_time_of_a_flush_is_not_in_it():
    bench = Bench()
    bench.overload()
    bench.alert(100)
    bench.alert(800)
    assert bench.heard[-1] == (SUMMARY, 800, 1, 2, 1, 1)
    assert bench.throttle.unreported == 1


def test_after_a_flush_the_wait_begins_with_the_next_suppression():
    bench = Bench(sample_mode=COUNT, sample_every=100)
    bench.overload()
    bench.alert(0)
    bench.alert(900)
    assert bench.advance(1599) == []
    assert bench.advance(1600) == [(SUMMARY, 1600, 1, 3, 1, 2)]


def test_after_a_sample_the_wait_begins_with_the_next_suppression():
    bench = Bench(sample_period_ms=300)
    bench.overload()
    bench.alert(0)
    assert bench.alert(300) == SAMPLE
    bench.alert(400)
    assert bench.advance(1099) == []
    assert bench.advance(1100) == [(SUMMARY, 1100, 1, 3, 1, 2)]


def test_nothing_is_flushed_where_nothing_is_unreported():
    bench = Bench(sample_mode=COUNT, sample_every=2)
    bench.overload()
    assert bench.alerts(2, 0) == [SUPPRESS, SAMPLE]
    assert bench.advance(11999) == []


# At equal times.


def test_events_due_at_different_times_leave_in_order_of_time():
    bench = Bench()
    bench.overload()
    bench.alert(0)
    assert [event[:2] for event in bench.advance(10**6)] == [
        (SUMMARY, 700),
        (OVERLOAD_END, 12000),
        (INCIDENT_CLOSE, 30000),
    ]


def test_end_comes_before_a_flush_due_at_the_same_time():
    bench = Bench(flush_ms=12000)
    bench.overload()
    bench.alert(0)
    assert bench.advance(12000) == [(OVERLOAD_END, 12000, 1, 2, 1, 1)]


def test_device_windows_come_before_key_windows_of_the_same_time():
    """At 30000 one originator's overload ends and another's incident closes."""
    bench = Bench(code_window_ms=10000, flush_ms=10**6)
    bench.overload(originator=OTHER_METER)
    bench.alert(0, originator=OTHER_METER)
    bench.make_red()
    bench.alerts(2, 20000, originator=OTHER_METER, code=OTHER_CODE)  # that incident stays
    assert bench.advance(30000) == [
        (INCIDENT_CLOSE, 30000, METER, RED),
        (OVERLOAD_END, 30000, 1, 2, 1, 1),
    ]


def test_closing_incident_ends_its_keys_before_their_own_windows_and_flushes():
    bench = Bench(code_window_ms=10000, flush_ms=30000)
    bench.overload()
    bench.alert(0)
    assert bench.advance(30000) == [
        (OVERLOAD_END, 30000, 1, 2, 1, 1),
        (INCIDENT_CLOSE, 30000, METER, RED),
    ]


def test_key_windows_come_before_flushes_of_the_same_time():
    """At 12000 the first key has a flush and the second, made later, its end."""
    bench = Bench(sample_mode=COUNT, sample_every=100, code_clear_windows=2, flush_ms=700)
    bench.overload()
    bench.alerts(3, 0, code=OTHER_CODE)
    bench.alert(0, code=OTHER_CODE)
    bench.alerts(2, 4000)
    bench.alert(11300)
    assert bench.advance(12000) == [
        (OVERLOAD_END, 12000, 2, 3, 0, 1),
        (SUMMARY, 12000, 1, 3, 1, 3),
    ]


def test_incidents_that_close_at_one_time_close_in_the_order_of_their_entries():
    bench = Bench()
    bench.alert(0, originator=THIRD_METER)
    bench.alert(0, originator=OTHER_METER)
    bench.make_red()
    bench.make_red(originator=OTHER_METER)
    bench.alerts(4, 0, originator=THIRD_METER)
    closed = [event[2] for event in bench.advance(30000)]
    assert closed == [THIRD_METER, OTHER_METER, METER]


def test_overloads_that_end_at_one_time_end_in_the_order_of_their_entries():
    bench = Bench(flush_ms=10**6)
    bench.make_red()
    bench.alert(0, code=OTHER_CODE)
    bench.alerts(4, 0)
    bench.alerts(3, 0, code=OTHER_CODE)
    assert [event[2] for event in bench.advance(12000)] == [2, 1]


def test_flushes_of_one_time_leave_in_the_order_of_their_entries():
    bench = Bench()
    bench.make_red()
    bench.alert(0, code=OTHER_CODE)
    bench.alerts(4, 0)
    bench.alerts(3, 0, code=OTHER_CODE)
    assert [event[:3] for event in bench.advance(700)] == [(SUMMARY, 700, 2), (SUMMARY, 700, 1)]


# The clock.


def test_alert_of_an_earlier_time_is_taken_at_the_latest():
    bench = Bench()
    bench.overload(500)
    bench.alert(900)
    assert bench.alert(100) == SUPPRESS
    assert bench.heard == [(OVERLOAD_START, 900, 1)]
    assert bench.alert(1499) == SUPPRESS
    assert bench.alert(1500) == SAMPLE


def test_alert_after_an_advance_is_never_earlier_than_it():
    bench = Bench()
    bench.alerts(2, 0)
    bench.advance(10000)
    bench.alert(9999)
    assert bench.heard == []


def test_advance_to_an_earlier_time_does_nothing():
    bench = Bench()
    bench.overload()
    bench.alert(600)
    assert bench.advance(10) == []
    assert bench.throttle.next_due() == 1300


# next_due.


def test_nothing_is_due_without_an_incident():
    bench = Bench()
    assert bench.throttle.next_due() is None
    bench.alerts(2, 0)
    assert bench.throttle.next_due() is None


def test_end_of_an_incidents_window_is_due_first():
    bench = Bench()
    bench.alerts(3, 300)
    assert bench.throttle.next_due() == 10300
    bench.advance(10300)
    assert bench.throttle.next_due() == 20300


def test_end_of_an_overloads_window_is_due_where_it_is_earlier():
    bench = Bench()
    bench.overload(300)
    assert bench.throttle.next_due() == 4300
    bench.advance(8300)
    assert bench.throttle.next_due() == 10300


def test_end_of_a_key_window_is_not_due_without_an_overload():
    bench = Bench()
    bench.make_red()
    bench.alerts(2, 0)
    assert bench.throttle.next_due() == 10000


def test_flush_is_due_where_it_is_earlier():
    bench = Bench()
    bench.overload()
    bench.alert(200)
    assert bench.throttle.next_due() == 900


def test_nothing_is_due_after_the_last_incident_closed():
    bench = Bench()
    bench.overload()
    bench.alert(0)
    bench.advance(30000)
    assert bench.throttle.next_due() is None
