"""What a throttle remembers, as octets: MECHANISM.md section 9, by example.

Under the small policy a save is made `SAVED_BEFORE_MS` before the boot at time 0, by what is read.
"""

import pytest

from commshub.entries import LEVEL, THROTTLED_SEQ
from commshub.memory import ACCOUNTS
from commshub.policy import LONGEST_MS
from commshub.resume import read_throttle
from commshub.snapshot import Damaged
from commshub.telling import (
    DEVICE_TABLE,
    INCIDENT_CLOSE,
    INCIDENT_OPEN,
    KEY_TABLE,
    OVERLOAD_END,
    OVERLOAD_START,
    RED,
    SUMMARY,
    TABLE_FULL,
)
from commshub.throttle import SAMPLE, SUPPRESS
from throttle_bench import (
    METER,
    OTHER_CODE,
    OTHER_METER,
    THIRD_METER,
    Bench,
    SavingBench,
    make_policy,
    octets_of,
)

SAVED_BEFORE_MS = make_policy().save_interval_ms
DAY_MS = 86_400_000
DEVICES = 16
KEYS = 128


def originator(number):
    return number.to_bytes(8, "big")


def crowded():
    """Full tables: 8 red devices with 16 keys each, of which 4 are overloaded, and 8 idle ones."""
    bench = SavingBench(flush_ms=5000)
    for number in range(8):
        bench.make_red(number, originator=originator(number))
    for number in range(8, DEVICES):
        bench.alert(number, originator=originator(number))
    for code in range(16):
        for number in range(8):
            copies = 4 + number if code < 4 else 2
            bench.alerts(copies, 100 + code, originator=originator(number), code=code)
    return bench


def read_again(bench, t):
    """What is read, not yet booted, from what is written at `t`."""
    return read_throttle(octets_of(bench.throttle, t), bench._on_event, None)


def restarted(bench, t):
    """This bench with what it remembered at `t`, after a boot; events before are forgotten."""
    bench.throttle = read_again(bench, t)
    bench.heard.clear()
    bench.throttle.boot()
    return bench


def names(entries):
    return [entry.name for entry in entries]


def assert_damaged(octets):
    with pytest.raises(Damaged):
        read_throttle(octets, None, None)


# There and back.


def test_full_tables_are_read_whole():
    bench = crowded()
    again = read_again(bench, 200)
    assert (len(names(again.all_devices())), len(names(again.all_keys()))) == (DEVICES, KEYS)
    assert names(again.all_devices()) == names(bench.throttle.all_devices())
    assert names(again.all_keys()) == names(bench.throttle.all_keys())


def test_what_is_read_is_written_again_the_same_but_for_the_shift_and_the_blocks():
    bench = crowded()
    again = read_again(bench, 3000)
    again.next_overload_id = bench.throttle.next_overload_id
    for key in again.overloads:
        key.words[key.at + THROTTLED_SEQ] = bench.throttle.key(*key.name).throttled_seq
    assert octets_of(again, -SAVED_BEFORE_MS) == octets_of(bench.throttle, 3000)


def test_order_of_creation_survives():
    bench = crowded()
    bench.alert(120, originator=originator(0))  # the last counted, and still the first made
    again = read_again(bench, 200)
    made = sorted(again.all_devices(), key=lambda device: device.made)
    assert names(made) == [originator(number) for number in range(DEVICES)]


def test_entry_that_is_made_after_a_restart_is_the_last_in_order():
    bench = restarted(crowded(), 200)
    bench.alert(0, originator=originator(99))
    last = max(bench.throttle.all_devices(), key=lambda device: device.made)
    assert last.name == originator(99)


def test_same_device_gives_way_next():
    bench = Bench(device_capacity=3)
    bench.alert(0)
    bench.alert(0, originator=OTHER_METER)
    bench.alert(0)
    restarted(bench, 0).alert(0, originator=THIRD_METER)
    bench.alert(0, originator=originator(99))
    assert bench.throttle.device(OTHER_METER) is None
    assert bench.throttle.device(METER) is not None


def test_same_keys_give_way_next_in_full_tables():
    bench = crowded()
    others = crowded()
    restarted(others, 200)
    for code in range(100, 160):
        bench.alert(200, originator=originator(0), code=code)
        others.alert(0, originator=originator(0), code=code)
        assert names(others.throttle.all_keys()) == names(bench.throttle.all_keys())


def test_policy_survives():
    bench = Bench(shadow=1, excluded_codes={0, 0xFFFF, 7}, code_limits={5: 9, 0xFFFF: 2})
    assert vars(read_again(bench, 0).policy) == vars(bench.throttle.policy)


def test_capacities_survive():
    again = read_again(Bench(device_capacity=3, key_capacity=0), 0)
    assert (again.devices.capacity, again.keys.capacity) == (3, 0)


@pytest.mark.parametrize("place", set(range(len(ACCOUNTS))) - {ACCOUNTS.index("unreported")})
def test_each_account_survives_in_its_own_place(place):
    bench = Bench()
    bench.throttle.set_accounts(0xFFFFFFFF * (at == place) for at in range(len(ACCOUNTS)))
    values = [getattr(read_again(bench, 0), name) for name in ACCOUNTS]
    assert values == [0xFFFFFFFF * (at == place) for at in range(len(ACCOUNTS))]


def test_what_is_unreported_survives_with_its_keys():
    bench = Bench()
    bench.overload()
    bench.alerts(3, 0)
    assert read_again(bench, 0).unreported == bench.throttle.unreported == 3


def test_new_throttle_survives_as_a_new_one():
    bench = restarted(Bench(), 0)
    assert bench.throttle.next_due() is None
    bench.overload()
    assert bench.attached() == (64, 1, 0, 0)


# Times.


def test_overload_goes_on_as_if_the_save_had_been_an_interval_before_the_boot():
    bench = Bench(save_interval_ms=1000, sample_period_ms=5000, flush_ms=3000)
    bench.overload()
    bench.alerts(2, 100)
    restarted(bench, 400)  # everything is 1400 ms earlier now
    assert bench.throttle.next_due() == 3100 - 1400
    assert bench.alert(3599) == SUPPRESS
    assert bench.alert(3600) == SAMPLE
    assert bench.heard == [(SUMMARY, 1700, 1, 64, 2, 2)]
    assert bench.attached() == (1, 65, 1, 3)


def test_start_of_an_overload_is_not_told_again():
    bench = Bench(save_interval_ms=1000, sample_period_ms=5000)
    bench.overload()
    bench.alert(0)
    assert bench.kinds() == [OVERLOAD_START]
    assert restarted(bench, 0).alert(0) == SUPPRESS
    assert OVERLOAD_START not in bench.kinds()


def test_suppressed_since_the_sample_survives():
    bench = Bench(save_interval_ms=1000, sample_mode=1, flush_ms=60000)
    bench.overload()
    assert bench.alerts(2, 0) == [SUPPRESS] * 2
    assert restarted(bench, 0).alerts(2, 0) == [SUPPRESS, SAMPLE]


def test_quiet_run_survives():
    bench = Bench()
    bench.make_red()
    bench.advance(25000)  # 0..10000 was loud, 10000..20000 quiet, the next closes the incident
    restarted(bench, 25000)
    assert bench.heard == [(INCIDENT_CLOSE, -5000, METER, RED)]


def test_what_became_overdue_is_done_in_order_of_time():
    bench = Bench(save_interval_ms=60000, flush_ms=100)
    bench.overload()
    bench.alert(0)
    restarted(bench, 0)
    assert [event[:2] for event in bench.heard] == [
        (SUMMARY, -59900),
        (OVERLOAD_END, -48000),
        (INCIDENT_CLOSE, -30000),
    ]


@pytest.mark.parametrize(
    ("saved_at", "opens"), [(LONGEST_MS - 10001, [INCIDENT_OPEN]), (LONGEST_MS - 10000, [])]
)
def test_window_of_seven_days_is_over_when_seven_days_have_gone_by(saved_at, opens):
    bench = Bench(device_window_ms=LONGEST_MS)
    bench.alerts(2, 0)
    restarted(bench, saved_at).alert(0)
    assert bench.kinds() == opens


@pytest.mark.parametrize("days", [7, 8, 50])
def test_window_that_was_over_for_days_stays_over(days):
    bench = Bench(device_window_ms=LONGEST_MS)
    bench.alerts(2, 0)
    restarted(bench, days * DAY_MS).alert(0)
    assert bench.heard == []


@pytest.mark.parametrize("days", [7, 8, 50])
def test_sample_of_long_ago_is_long_ago(days):
    bench = Bench(
        device_window_ms=LONGEST_MS,
        red_clear_windows=65535,
        code_window_ms=LONGEST_MS,
        code_clear_windows=65535,
        sample_period_ms=LONGEST_MS,
        flush_ms=LONGEST_MS,
    )
    bench.overload()
    assert restarted(bench, days * DAY_MS).alert(0) == SAMPLE


# Runs of full tables.


def test_run_of_a_full_device_table_goes_on():
    bench = Bench(device_capacity=1)
    bench.make_red()
    bench.alert(0, originator=OTHER_METER)
    restarted(bench, 0).alert(0, originator=OTHER_METER)
    assert (bench.heard, bench.throttle.untracked) == ([], 2)


def test_run_of_a_full_key_table_goes_on():
    bench = Bench(key_capacity=1, save_interval_ms=1000)
    bench.overload()
    bench.alert(0, code=OTHER_CODE)
    restarted(bench, 0).alert(0, code=OTHER_CODE)
    assert (bench.heard, bench.throttle.untracked) == ([], 2)


@pytest.mark.parametrize(
    ("table", "others"), [(DEVICE_TABLE, {"originator": OTHER_METER}), (KEY_TABLE, {"code": 7})]
)
def test_run_that_had_not_begun_is_told_after_a_restart(table, others):
    bench = Bench(device_capacity=1, key_capacity=1, save_interval_ms=1000)
    bench.overload()
    restarted(bench, 0).alert(0, **others)
    assert bench.heard == [(TABLE_FULL, 0, table)]


# Damage.


def test_cut_off_at_any_length_is_damage():
    bench = Bench(code_limits={5: 9})
    bench.overload()
    bench.alert(0, code=OTHER_CODE)
    octets = octets_of(bench.throttle, 0)
    for length in range(len(octets)):
        assert_damaged(octets[:length])


@pytest.mark.parametrize("octet", [b"\x00", b"\xff"])
def test_one_octet_too_many_is_damage(octet):
    bench = Bench()
    bench.overload()
    assert_damaged(octets_of(bench.throttle, 0) + octet)


@pytest.mark.parametrize(
    ("field", "value"), [("sample_mode", 4), ("amber_threshold", 5), ("save_interval_ms", 999)]
)
def test_policy_that_is_refused_is_damage(field, value):
    bench = Bench()
    setattr(bench.throttle.policy, field, value)
    assert_damaged(octets_of(bench.throttle, 0))


@pytest.mark.parametrize("table", ["devices", "keys"])
def test_more_entries_than_there_is_room_for_are_damage(table):
    bench = Bench()
    bench.overload()
    getattr(bench.throttle, table).capacity = 0
    assert_damaged(octets_of(bench.throttle, 0))


def test_key_whose_device_is_not_red_is_damage():
    bench = Bench()
    bench.overload()
    device = bench.throttle.device(METER)
    device.words[device.at + LEVEL] -= 1
    assert_damaged(octets_of(bench.throttle, 0))


def test_key_whose_device_is_not_there_is_damage():
    bench = Bench()
    bench.overload()
    bench.throttle.devices.in_order_counted = list  # type: ignore[method-assign]
    assert_damaged(octets_of(bench.throttle, 0))
