"""Full tables: MECHANISM.md section 7, by example."""

from commshub.telling import (
    DEVICE_TABLE,
    INCIDENT_CLOSE,
    INCIDENT_ESCALATE,
    INCIDENT_OPEN,
    KEY_TABLE,
    TABLE_FULL,
)
from commshub.throttle import PASS, SAMPLE, SUPPRESS
from throttle_bench import (
    CODE,
    EXCLUDED,
    METER,
    NETWORK,
    OTHER_CODE,
    OTHER_METER,
    THIRD_METER,
    Bench,
)


def test_device_that_was_counted_least_recently_gives_way():
    bench = Bench(device_capacity=2)
    bench.alerts(2, 0)
    bench.alerts(2, 0, originator=OTHER_METER)
    bench.alert(0, originator=THIRD_METER)  # METER gives way
    bench.alert(0, originator=OTHER_METER)
    assert bench.heard == [(INCIDENT_OPEN, 0, OTHER_METER, 1)]
    assert bench.alerts(2, 0) == [PASS, PASS]  # in THIRD_METER's place, from nothing
    assert bench.kinds() == [INCIDENT_OPEN]


def test_least_recently_goes_by_the_order_of_calls_and_not_by_time():
    bench = Bench(device_capacity=2)
    bench.alert(0)
    bench.alert(0, originator=OTHER_METER)
    bench.alert(0)  # all at one time; now OTHER_METER is the stalest
    bench.alert(0, originator=THIRD_METER)
    bench.alert(0)
    assert bench.heard == [(INCIDENT_OPEN, 0, METER, 1)]


def test_device_whose_window_is_over_is_not_preferred():
    bench = Bench(device_capacity=2)
    bench.alert(0, originator=OTHER_METER)
    bench.alerts(2, 9999)
    bench.alert(9999, originator=OTHER_METER)  # its window ends at 10000, METER's at 19999
    bench.alert(10000, originator=THIRD_METER)  # METER is the stalest and gives way
    bench.alert(10000)
    assert bench.heard == []


def test_device_with_an_incident_does_not_give_way():
    bench = Bench(device_capacity=2)
    bench.alerts(3, 0)
    bench.alert(0, originator=OTHER_METER)
    bench.alert(0, originator=THIRD_METER)
    bench.alerts(2, 0)
    assert bench.kinds() == [INCIDENT_OPEN, INCIDENT_ESCALATE]


def test_no_room_for_a_device_passes_and_moves_three_accounts():
    bench = Bench(device_capacity=1)
    bench.overload()
    assert bench.alerts(9, 3, originator=OTHER_METER) == [PASS] * 9
    assert bench.heard == [(TABLE_FULL, 3, DEVICE_TABLE)]
    throttle = bench.throttle
    assert (throttle.received, throttle.passed, throttle.untracked) == (17, 16, 9)
    assert (throttle.sampled, throttle.suppressed, throttle.excluded) == (1, 0, 0)


def test_alert_without_room_may_be_both_excluded_and_untracked():
    bench = Bench(device_capacity=0)
    assert bench.alert(0, code=EXCLUDED) == PASS
    assert (bench.throttle.excluded, bench.throttle.untracked) == (1, 1)


def test_table_full_is_told_once_in_a_run():
    bench = Bench(device_capacity=0)
    bench.alerts(5, 0)
    bench.alerts(5, 10**6, originator=OTHER_METER)
    assert bench.heard == [(TABLE_FULL, 0, DEVICE_TABLE)]
    assert bench.throttle.untracked == 10


def test_alert_that_needs_no_entry_does_not_end_the_run():
    bench = Bench(device_capacity=1)
    bench.make_red()
    bench.alert(0, originator=OTHER_METER)
    bench.alert(0)
    bench.alert(0, originator=OTHER_METER)
    assert bench.kinds() == [TABLE_FULL]


def test_alert_that_gets_a_free_entry_ends_the_run():
    bench = Bench(device_capacity=1)
    bench.make_red()
    bench.alert(0, originator=OTHER_METER)
    bench.advance(30000)
    bench.make_red(30000, originator=OTHER_METER)
    bench.alert(30000)
    assert bench.heard == [(TABLE_FULL, 30000, DEVICE_TABLE)]


def test_alert_that_gets_an_entry_by_giving_way_ends_the_run():
    bench = Bench(key_capacity=1, flush_ms=10**6)
    bench.overload()
    bench.alert(0, code=OTHER_CODE)
    bench.alert(8000, code=OTHER_CODE)
    assert bench.kinds() == [TABLE_FULL]
    bench.alert(12000, code=OTHER_CODE)  # the overload, which suppressed nothing, has ended
    bench.alerts(3, 12000, code=CODE)  # OTHER_CODE gives way
    bench.alert(12000, code=OTHER_CODE)
    assert bench.kinds() == [TABLE_FULL, TABLE_FULL]


def test_no_room_for_a_key_passes_and_still_counts_the_device():
    bench = Bench(key_capacity=0, red_clear_windows=1)
    bench.make_red()
    assert bench.alerts(2, 10000) == [PASS, PASS]
    assert bench.heard == [(TABLE_FULL, 10000, KEY_TABLE)]
    throttle = bench.throttle
    assert (throttle.received, throttle.passed, throttle.untracked) == (7, 7, 2)
    assert bench.advance(20000) == []
    assert bench.advance(30000) == [(INCIDENT_CLOSE, 30000, METER, 2)]


def test_excluded_code_needs_no_key():
    bench = Bench(key_capacity=0)
    bench.make_red()
    bench.alert(0, code=EXCLUDED)
    assert (bench.heard, bench.throttle.untracked) == ([], 0)


def test_key_that_was_counted_least_recently_gives_way():
    bench = Bench(key_capacity=2)
    bench.make_red()
    bench.alerts(2, 0)
    bench.alerts(2, 0, code=OTHER_CODE)
    assert bench.alert(0, target=NETWORK) == PASS  # CODE to SUPPLIER gives way
    assert bench.alert(0, code=OTHER_CODE) == SAMPLE
    assert bench.alerts(2, 0) == [PASS, PASS]


def test_key_that_was_just_counted_again_does_not_give_way():
    bench = Bench(key_capacity=2)
    bench.make_red()
    bench.alert(0)
    bench.alert(0, code=OTHER_CODE)
    bench.alert(0)
    bench.alert(0, target=NETWORK)  # OTHER_CODE gives way
    assert bench.alert(0) == SAMPLE


def test_overloaded_key_does_not_give_way():
    bench = Bench(key_capacity=1)
    bench.overload()
    assert bench.alert(0, code=OTHER_CODE) == PASS
    assert bench.alert(0) == SUPPRESS


def test_keys_of_all_originators_share_one_table():
    bench = Bench(key_capacity=1)
    bench.overload()
    bench.make_red(originator=OTHER_METER)
    assert bench.alerts(4, 0, originator=OTHER_METER) == [PASS] * 4
    assert bench.heard == [(TABLE_FULL, 0, KEY_TABLE)]


def test_a_run_in_one_table_is_none_in_the_other():
    bench = Bench(device_capacity=1, key_capacity=0)
    bench.make_red()
    bench.alert(0, originator=OTHER_METER)
    bench.alert(0)
    assert bench.heard == [(TABLE_FULL, 0, DEVICE_TABLE), (TABLE_FULL, 0, KEY_TABLE)]


def test_entry_made_in_anothers_place_is_the_last_in_order():
    bench = Bench(device_capacity=2)
    bench.alert(0)
    bench.alert(0, originator=OTHER_METER)
    bench.alert(0, originator=THIRD_METER)  # in METER's place
    bench.alerts(2, 0, originator=THIRD_METER)
    bench.alerts(2, 0, originator=OTHER_METER)
    assert [event[2] for event in bench.advance(30000)] == [OTHER_METER, THIRD_METER]
