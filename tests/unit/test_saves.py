"""When a throttle saves, and its hub: MECHANISM.md section 9, by example.

The states are those of `throttle_bench` and `hub_bench`.
"""

import pytest

from commshub.clock import EPOCH_SPAN_MS
from commshub.policy import COUNT
from commshub.saves import Saves, next_block
from hub_bench import PASSES, HubBench, is_done, message
from stormbench.policy_file import frame_values
from throttle_bench import (
    METER,
    OTHER_CODE,
    OTHER_METER,
    Bench,
    SavingBench,
    make_policy,
)

# At once.


def test_first_act_after_boot_is_a_save():
    assert SavingBench().saves == [0]


def test_nothing_is_saved_while_nothing_is_open():
    bench = SavingBench()
    bench.alerts(2, 5)
    bench.advance(10**6)
    assert bench.saves == [0]


def test_incident_that_opens_is_saved_at_once():
    bench = SavingBench()
    bench.alerts(3, 5)
    assert bench.saves == [0, 5]


def test_escalation_is_no_reason_for_a_save():
    bench = SavingBench()
    bench.alerts(3, 5)
    bench.alerts(2, 6)
    assert bench.saves == [0, 5]


def test_incident_that_opens_at_red_is_one_save():
    bench = SavingBench(amber_threshold=0, red_threshold=0, red_clear_threshold=0)
    bench.alert(5)
    assert bench.saves == [0, 5]


def test_overload_that_begins_is_saved_at_once():
    bench = SavingBench()
    bench.make_red()
    bench.alerts(3, 7)
    assert bench.saves == [0, 0, 7]


def test_suppression_is_no_reason_for_a_save():
    bench = SavingBench()
    bench.overload()
    bench.saves.clear()
    bench.alerts(20, 7)
    assert bench.saves == []


def test_overload_that_ends_is_saved_at_once():
    bench = SavingBench()
    bench.overload()
    bench.advance(11999)
    bench.saves.clear()
    bench.advance(12000)
    assert bench.saves == [12000]


def test_incident_that_closes_is_saved_at_once_and_nothing_after_it():
    bench = SavingBench()
    bench.make_red()
    bench.advance(29999)
    bench.saves.clear()
    bench.advance(30000)
    bench.advance(10**6)
    assert bench.saves == [30000]


def test_save_holds_the_alert_that_called_for_it():
    bench = SavingBench()
    bench.alerts(3, 5)
    bench.restart()
    assert (bench.throttle.received, len(bench.throttle.incidents)) == (3, 1)


# In between.


def test_while_an_incident_is_open_a_save_comes_an_interval_after_the_last():
    bench = SavingBench(save_interval_ms=1003)
    bench.alerts(3, 5)
    bench.advance(1007)
    assert bench.saves == [0, 5]
    bench.advance(1008)
    assert bench.saves == [0, 5, 1008]


def test_interval_runs_from_the_last_save_whatever_that_was_for():
    bench = SavingBench(save_interval_ms=1000)
    bench.make_red()
    bench.alerts(3, 300)
    assert bench.throttle.next_save_due() == 1300


def test_alert_at_the_time_of_a_save_is_not_in_it():
    bench = SavingBench(save_interval_ms=1000)
    bench.make_red()
    bench.alert(1000)
    assert bench.saves[-1] == 1000
    bench.restart()
    assert bench.throttle.received == 5


def test_intervals_that_went_by_with_nothing_in_between_are_one_save():
    bench = SavingBench(save_interval_ms=1000)
    bench.alerts(3, 5)
    bench.advance(4999)
    assert bench.saves == [0, 5, 4005]


def test_none_is_due_without_an_incident():
    bench = SavingBench()
    bench.alerts(2, 5)
    assert bench.throttle.next_save_due() is None


def test_none_is_due_once_the_last_incident_has_closed():
    bench = SavingBench()
    bench.make_red()
    bench.advance(30000)
    assert bench.throttle.next_save_due() is None


# Several changes in one call.


def test_incident_that_closes_with_its_overloads_is_one_save():
    bench = SavingBench(code_clear_windows=100)
    bench.overload()
    bench.alerts(3, 0, code=OTHER_CODE)
    bench.advance(29999)
    bench.saves.clear()
    bench.advance(30000)
    assert bench.saves == [30000]


def test_incidents_that_close_at_one_time_are_one_save():
    bench = SavingBench()
    bench.make_red()
    bench.make_red(originator=OTHER_METER)
    bench.advance(29999)
    bench.saves.clear()
    bench.advance(30000)
    assert bench.saves == [30000]


def test_new_policy_is_one_save_which_holds_it():
    bench = SavingBench()
    bench.overload()
    bench.make_red(originator=OTHER_METER)
    bench.saves.clear()
    bench.throttle.apply(make_policy(flush_ms=701), 50)
    assert bench.saves == [50]
    bench.restart()
    assert bench.throttle.policy.flush_ms == 701


def test_new_capacity_is_one_save_which_holds_it():
    bench = SavingBench()
    bench.overload()
    bench.saves.clear()
    bench.throttle.resize(3, 5, 50)
    assert bench.saves == [50]
    bench.restart()
    assert (bench.throttle.devices.capacity, bench.throttle.keys.capacity) == (3, 5)


# Numbers in blocks.


@pytest.mark.parametrize(
    ("number", "first_of_next"), [(0, 64), (1, 64), (63, 64), (64, 128), (65, 128)]
)
def test_next_block_begins_behind_the_one_of_the_number(number, first_of_next):
    assert next_block(number) == first_of_next


def test_report_that_uses_up_a_block_of_numbers_is_saved():
    bench = SavingBench(sample_mode=COUNT, sample_every=1)
    bench.overload()
    bench.saves.clear()
    bench.alerts(61, 1)
    assert (bench.attached()[1], bench.saves) == (62, [])
    bench.alert(2)
    assert (bench.attached()[1], bench.saves) == (63, [2])


def test_numbers_go_on_behind_all_that_were_used_since_the_save():
    bench = SavingBench(sample_mode=COUNT, sample_every=1, save_interval_ms=1000)
    bench.overload()
    bench.alerts(100, 1)
    assert bench.attached()[:2] == (1, 101)
    bench.restart()
    bench.alert(0)
    assert bench.attached()[:2] == (1, 128)


def test_overload_ids_go_on_with_the_next_block():
    bench = SavingBench(save_interval_ms=1000)
    bench.overload()
    bench.restart()
    bench.alerts(3, 0, code=OTHER_CODE)
    assert bench.attached() == (64, 1, 0, 0)


# Boot, another epoch, another clock.


def test_boot_saves_before_it_does_what_is_overdue():
    bench = SavingBench(save_interval_ms=60000)
    bench.overload()
    heard = bench.restart()
    assert [event[1] for event in heard] == [-30000]
    assert bench.saves == [0, 0]


def test_next_save_moves_with_the_epoch():
    bench = SavingBench()
    bench.make_red()
    bench.advance(4000)
    bench.throttle.move_epoch(4000)
    assert bench.throttle.next_save_due() == 6000
    bench.saves.clear()
    bench.advance(5999)
    assert bench.saves == []
    bench.advance(6000)
    assert bench.saves == [6000]


def test_after_forgetting_time_an_earlier_change_is_saved_for_its_own_time():
    bench = SavingBench()
    bench.alerts(3, 10**6)
    bench.throttle.forget_time(10**6)
    bench.saves.clear()
    bench.alerts(3, 7)
    assert bench.saves == [7]


def test_change_from_before_the_boot_is_saved_for_the_time_of_the_boot():
    made = []
    saves = Saves(made.append)
    saves.owe(0)
    saves.owe(-500)
    saves.make()
    assert made == [0]


# Nobody to save.


def test_where_there_is_nobody_to_save_nothing_is_ever_due():
    bench = Bench()
    bench.throttle.boot()
    bench.overload()
    assert bench.throttle.next_save_due() is None
    bench.throttle.apply(make_policy(), 10**6)
    assert bench.heard[-1][2] == METER  # and what was open has ended all the same


def test_where_there_is_nobody_to_save_nothing_is_owed():
    saves = Saves(None)
    saves.owe(5)
    saves.come_to(10**6, 1000)
    assert not saves.is_owed


# The hub.


def test_overload_is_saved_before_its_first_sample_leaves() -> None:
    hub = HubBench().on_hosts_clock()
    hub.alerts(PASSES, 0)
    hub.said_before_saves.clear()
    said = hub.alert(0, message(PASSES + 1))
    assert [frame.name for frame in said] == ["WanAlert", "HanAck"]
    assert hub.said_before_saves == [[]]


def test_incident_is_saved_before_the_alert_that_opened_it_is_acknowledged() -> None:
    hub = HubBench().on_hosts_clock()
    hub.alerts(2, 0)
    hub.said_before_saves.clear()
    hub.alert(0, message(3))
    assert hub.said_before_saves == [["Notice"]]


def test_new_policy_is_saved_before_it_is_done() -> None:
    hub = HubBench()
    hub.said_before_saves.clear()
    assert is_done(hub.send("SetPolicy", **frame_values(make_policy())))
    assert hub.said_before_saves == [[]]


def test_save_that_is_due_wakes_the_hub() -> None:
    hub = HubBench().on_own_clock(save_interval_ms=1000)
    hub.alerts(3, 0)
    hub.pass_ms(250)
    assert hub.app.wait_ms() == 750
    hub.said_before_saves.clear()
    hub.pass_ms(750)
    assert len(hub.said_before_saves) == 1
    assert hub.app.wait_ms() == 1000


def test_hub_without_an_incident_has_no_save_to_wake_for() -> None:
    hub = HubBench().on_own_clock(save_interval_ms=1000)
    hub.alerts(2, 0)
    assert hub.app.wait_ms() == EPOCH_SPAN_MS


def test_saves_since_the_boot_are_counted() -> None:
    hub = HubBench().on_own_clock(save_interval_ms=1000)
    hub.alerts(3, 0)
    before = hub.counters()["saves"]
    hub.pass_ms(1000)
    assert hub.counters()["saves"] == before + 1
    hub.boot()
    assert hub.counters()["saves"] == 1
