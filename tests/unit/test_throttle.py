"""One alert: incidents, counting, sorting. MECHANISM.md sections 3 and 4, by example."""

import pytest

from commshub.policy import BOTH, COUNT, EITHER, PERIOD
from commshub.telling import (
    AMBER,
    INCIDENT_ESCALATE,
    INCIDENT_OPEN,
    OVERLOAD_END,
    OVERLOAD_START,
    RED,
    SUMMARY,
)
from commshub.throttle import PASS, SAMPLE, SUPPRESS, Throttle
from throttle_bench import (
    EXCLUDED,
    METER,
    NETWORK,
    OTHER_CODE,
    OTHER_METER,
    Bench,
    make_policy,
)

# Incidents.


def test_count_at_the_amber_threshold_opens_nothing():
    bench = Bench()
    bench.alerts(2, 0)
    assert bench.heard == []


def test_first_count_above_the_amber_threshold_opens_at_amber():
    bench = Bench()
    bench.alerts(3, 7)
    assert bench.heard == [(INCIDENT_OPEN, 7, METER, AMBER)]


def test_amber_throttles_nothing():
    bench = Bench(red_threshold=100)
    assert bench.alerts(100, 0) == [PASS] * 100


def test_count_at_the_red_threshold_does_not_escalate():
    bench = Bench()
    bench.alerts(4, 0)
    assert bench.kinds() == [INCIDENT_OPEN]


def test_alert_that_crosses_red_still_passes_and_escalates():
    bench = Bench(code_limit=0, code_clear_limit=0)
    bench.alerts(4, 0)
    bench.heard.clear()
    assert bench.alert(3) == PASS
    assert bench.heard == [(INCIDENT_ESCALATE, 3, METER, RED)]


def test_per_key_counting_starts_with_the_alert_after_the_one_that_crossed_red():
    bench = Bench(code_limit=0, code_clear_limit=0)
    bench.make_red()
    assert bench.alert(0) == SAMPLE


def test_red_is_opened_at_once_where_amber_and_red_are_crossed_together():
    bench = Bench(amber_threshold=4)
    bench.alerts(5, 0)
    assert bench.heard == [(INCIDENT_OPEN, 0, METER, RED)]


def test_thresholds_of_zero_open_with_the_first_alert():
    bench = Bench(amber_threshold=0, red_threshold=0, red_clear_threshold=0)
    assert bench.alert(0) == PASS
    assert bench.heard == [(INCIDENT_OPEN, 0, METER, RED)]


def test_red_incident_is_not_opened_again_by_more_alerts():
    bench = Bench()
    bench.make_red()
    bench.alerts(2, 0)
    assert bench.heard == []


def test_originators_are_counted_apart():
    bench = Bench()
    bench.alerts(2, 0)
    bench.alerts(2, 0, originator=OTHER_METER)
    assert bench.heard == []


def test_one_originators_incident_throttles_no_other():
    bench = Bench()
    bench.overload()
    assert bench.alerts(2, 0, originator=OTHER_METER) == [PASS] * 2


def test_device_level_counts_codes_and_targets_together():
    bench = Bench()
    bench.alert(0)
    bench.alert(0, target=NETWORK)
    bench.alert(0, code=OTHER_CODE)
    assert bench.kinds() == [INCIDENT_OPEN]


# Windows, to the millisecond.


def test_alert_in_the_last_ms_of_a_device_window_counts_in_it():
    bench = Bench()
    bench.alerts(2, 300)
    bench.alert(10299)
    assert bench.kinds() == [INCIDENT_OPEN]


def test_alert_at_the_end_of_a_device_window_is_in_the_next():
    bench = Bench()
    bench.alerts(2, 300)
    bench.alert(10300)
    assert bench.heard == []


def test_device_window_that_is_over_starts_afresh_at_the_next_alert():
    bench = Bench()
    bench.alert(0)
    bench.alerts(2, 15000)
    bench.alert(24999)  # 10000 to 20000 would be a window of the old anchor
    assert bench.heard == [(INCIDENT_OPEN, 24999, METER, AMBER)]


def test_escalation_counts_only_the_window_in_force():
    bench = Bench()
    bench.alerts(3, 0)
    bench.alerts(4, 10000)
    assert bench.kinds() == [INCIDENT_OPEN]
    bench.alert(19999)
    assert bench.kinds() == [INCIDENT_OPEN, INCIDENT_ESCALATE]


def test_device_window_of_an_incident_keeps_its_anchor():
    bench = Bench()
    bench.alerts(3, 0)
    bench.alerts(4, 15000)
    bench.alert(20000)  # the windows end at 10000, 20000, not at 15000 + 10000
    assert bench.kinds() == [INCIDENT_OPEN]


def test_alert_in_the_last_ms_of_a_key_window_counts_in_it():
    bench = Bench()
    bench.make_red()
    bench.alerts(2, 100)
    assert bench.alert(4099) == SAMPLE


def test_alert_at_the_end_of_a_key_window_is_in_the_next():
    bench = Bench()
    bench.make_red()
    bench.alerts(2, 100)
    assert bench.alert(4100) == PASS


def test_key_window_that_is_over_starts_afresh_at_the_next_alert():
    bench = Bench()
    bench.make_red()
    bench.alert(0)
    assert bench.alerts(2, 6000) == [PASS] * 2
    assert bench.alert(9999) == SAMPLE


# Counting by key.


def test_code_limit_copies_pass_before_the_first_sample():
    bench = Bench()
    bench.make_red()
    assert bench.alerts(3, 0) == [PASS, PASS, SAMPLE]


def test_codes_are_counted_apart():
    bench = Bench()
    bench.make_red()
    bench.alerts(2, 0)
    assert bench.alerts(2, 0, code=OTHER_CODE) == [PASS] * 2


def test_targets_are_counted_apart():
    bench = Bench()
    bench.make_red()
    bench.alerts(2, 0)
    assert bench.alerts(2, 0, target=NETWORK) == [PASS] * 2


def test_code_limits_override_the_limit_of_their_code_only():
    bench = Bench(code_limits={OTHER_CODE: 1})
    bench.make_red()
    assert bench.alerts(2, 0, code=OTHER_CODE) == [PASS, SAMPLE]
    assert bench.alerts(3, 0) == [PASS, PASS, SAMPLE]


def test_excluded_code_passes_under_a_red_incident():
    bench = Bench()
    bench.make_red()
    assert bench.alerts(50, 0, code=EXCLUDED) == [PASS] * 50


def test_excluded_code_is_counted_at_device_level():
    bench = Bench()
    bench.alerts(5, 0, code=EXCLUDED)
    assert bench.kinds() == [INCIDENT_OPEN, INCIDENT_ESCALATE]
    assert bench.throttle.excluded == 5


# Sorting.


def test_first_sample_is_number_one_with_nothing_suppressed():
    bench = Bench()
    bench.overload()
    assert bench.attached() == (1, 1, 0, 0)


def test_nothing_is_attached_to_what_follows_a_sample():
    bench = Bench()
    bench.overload()
    bench.alert(0)
    assert bench.attached() is None


def test_start_leaves_with_the_first_suppression_and_not_with_the_first_sample():
    bench = Bench()
    bench.overload()
    assert bench.heard == []
    assert bench.alert(5) == SUPPRESS
    assert bench.heard == [(OVERLOAD_START, 5, 1)]


def test_start_leaves_once_in_an_overload():
    bench = Bench(flush_ms=100000)
    bench.overload()
    bench.alerts(2, 0)
    bench.alerts(2, 1000)
    assert bench.kinds() == [OVERLOAD_START]


def test_period_forwards_the_first_alert_after_sample_period_ms():
    bench = Bench(sample_mode=PERIOD)
    bench.overload(100)
    assert [bench.alert(t) for t in (100, 1099, 1100)] == [SUPPRESS, SUPPRESS, SAMPLE]


def test_period_runs_from_the_last_sample():
    bench = Bench(sample_mode=PERIOD)
    bench.overload()
    assert [bench.alert(t) for t in (1500, 2499, 2500)] == [SAMPLE, SUPPRESS, SAMPLE]


def test_count_forwards_one_in_sample_every():
    bench = Bench(sample_mode=COUNT)
    bench.overload()
    assert bench.alerts(8, 0) == [SUPPRESS, SUPPRESS, SUPPRESS, SAMPLE] * 2


def test_count_of_one_in_one_suppresses_nothing():
    bench = Bench(sample_mode=COUNT, sample_every=1)
    bench.overload()
    assert bench.alerts(5, 0) == [SAMPLE] * 5
    assert bench.heard == []


def test_either_forwards_by_count_before_the_period_is_over():
    bench = Bench(sample_mode=EITHER)
    bench.overload()
    assert bench.alerts(4, 0) == [SUPPRESS] * 3 + [SAMPLE]


def test_either_forwards_by_period_before_the_count_is_reached():
    bench = Bench(sample_mode=EITHER)
    bench.overload()
    assert [bench.alert(t) for t in (999, 1000)] == [SUPPRESS, SAMPLE]


def test_both_waits_for_the_count_after_the_period():
    bench = Bench(sample_mode=BOTH)
    bench.overload()
    assert bench.alerts(4, 1000) == [SUPPRESS] * 3 + [SAMPLE]


def test_both_waits_for_the_period_after_the_count():
    bench = Bench(sample_mode=BOTH)
    bench.overload()
    assert bench.alerts(5, 999) == [SUPPRESS] * 5
    assert bench.alert(1000) == SAMPLE


def test_sample_carries_the_count_since_the_last_report_and_the_total():
    bench = Bench(flush_ms=100000)
    bench.overload()
    bench.alerts(3, 0)
    bench.alert(1000)
    assert bench.attached() == (1, 2, 3, 3)
    bench.alerts(2, 1000)
    bench.alert(2000)
    assert bench.attached() == (1, 3, 2, 5)


def test_sample_after_a_flush_carries_only_what_the_flush_did_not():
    bench = Bench()
    bench.overload()
    bench.alerts(3, 0)
    assert bench.advance(700) == [(SUMMARY, 700, 1, 2, 3, 3)]
    bench.alert(800)
    bench.alert(1000)
    assert bench.attached() == (1, 3, 1, 4)


def test_flush_does_not_touch_the_count_between_samples():
    bench = Bench(sample_mode=COUNT)
    bench.overload()
    bench.alerts(2, 0)
    bench.advance(700)
    assert bench.alerts(2, 700) == [SUPPRESS, SAMPLE]


def test_flush_does_not_touch_the_period_between_samples():
    bench = Bench(sample_mode=PERIOD)
    bench.overload()
    bench.alert(0)
    bench.advance(700)
    assert bench.alert(1000) == SAMPLE


def test_another_overload_gets_another_id_and_numbers_from_one():
    bench = Bench()
    bench.overload()
    bench.alert(0)
    bench.alerts(3, 0, code=OTHER_CODE)
    assert bench.attached() == (2, 1, 0, 0)


def test_key_that_ended_is_counted_from_nothing_again():
    bench = Bench(red_clear_windows=10)
    bench.overload()
    bench.alert(0)
    bench.advance(12000)
    assert bench.kinds()[-1] == OVERLOAD_END
    assert bench.alerts(3, 12000) == [PASS, PASS, SAMPLE]
    assert bench.attached() == (2, 1, 0, 0)


def test_key_that_ended_is_suppressed_from_nothing_again():
    bench = Bench(sample_mode=COUNT, red_clear_windows=10)
    bench.overload()
    bench.alerts(2, 0)
    bench.advance(12000)
    bench.alerts(3, 12000)
    assert bench.alerts(4, 12000) == [SUPPRESS, SUPPRESS, SUPPRESS, SAMPLE]
    assert bench.attached() == (2, 2, 3, 3)


def test_suppressed_alerts_count_at_device_level():
    """Discarded alerts still count: the incident lives as long as the storm does."""
    bench = Bench(red_clear_windows=1, sample_period_ms=100000, code_clear_windows=100)
    bench.overload()
    assert bench.alerts(2, 10000) == [SUPPRESS] * 2
    assert bench.alert(20000) == SUPPRESS


@pytest.mark.parametrize("code", [0x0000, 0xFFFF])
def test_codes_at_the_ends_of_their_range_are_throttled(code):
    bench = Bench()
    bench.overload(code=code)
    assert bench.alert(0, code=code) == SUPPRESS


# Accounts.


def test_every_alert_is_in_one_account():
    bench = Bench(flush_ms=100000)
    bench.overload()
    bench.alerts(3, 0)
    bench.alert(1000)
    bench.alerts(2, 1000, code=EXCLUDED)
    bench.alert(1001)
    throttle = bench.throttle
    assert (throttle.received, throttle.passed) == (15, 9)
    assert (throttle.sampled, throttle.suppressed) == (2, 4)
    assert (throttle.reported, throttle.unreported) == (3, 1)
    assert (throttle.excluded, throttle.untracked) == (2, 0)


def test_event_of_a_key_names_its_originator_target_and_code():
    told = []
    policy = make_policy(amber_threshold=0, red_threshold=0, red_clear_threshold=0)
    throttle = Throttle(policy, lambda event, _, subject, level: told.append((subject, level)))
    for _ in range(5):
        throttle.on_alert(0, METER, NETWORK, OTHER_CODE)
    key, level = told[-1]
    assert (key.originator, key.target, key.code) == (METER, NETWORK, OTHER_CODE)
    assert level == 0
