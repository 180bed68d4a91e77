"""The oracle's saves and restarts by examples worked out by hand from MECHANISM.md section 9.

The other throttle is held to the oracle; here the oracle is held to arithmetic. With the policy
below, alerts 1 and 2 open an incident (amber), 3 makes it red, 4 begins an overload and is its
sample number 1, and from 5 on they are suppressed.
"""

from commshub.policy import COUNT
from oracle import (
    AMBER,
    INCIDENT_CLOSE,
    INCIDENT_OPEN,
    KEY_TABLE,
    OVERLOAD_END,
    PASS,
    RED,
    SAMPLE,
    SUMMARY,
    SUPPRESS,
    TABLE_FULL,
    Oracle,
    Sample,
)
from side_by_side import Ear
from traces import CODES, ORIGINATORS, TARGETS, make_policy

METER = ORIGINATORS[0]
KEY = METER, TARGETS[0], CODES[0]
OTHER_KEY = METER, TARGETS[1], CODES[0]


def policy_with(**fields):
    numbers = {
        "device_window_ms": 4000,
        "amber_threshold": 1,
        "red_threshold": 2,
        "red_clear_threshold": 1,
        "red_clear_windows": 1,
        "code_window_ms": 4000,
        "code_limit": 0,
        "code_clear_limit": 0,
        "code_clear_windows": 3,
        "sample_mode": COUNT,
        "sample_every": 100,
        "flush_ms": 1500,
        "save_interval_ms": 1000,
        "excluded_codes": set(),
    }
    return make_policy(**{**numbers, **fields})


class Example:
    def __init__(self, capacity=(16, 128), **fields):
        self.ear = Ear()
        self.oracle = Oracle(policy_with(**fields), self.ear, *capacity)

    def alerts(self, *times, key=KEY):
        return [self.oracle.on_alert(t, *key) for t in times]

    def storm(self):
        """Incident at 100, overload 1 at 200, first suppression at 300: its flush is due 1800."""
        assert self.alerts(100, 100, 100, 200, 300) == [PASS, PASS, PASS, SAMPLE, SUPPRESS]
        self.ear.take()
        return self

    def heard(self):
        """(event, t, numbers and all) of what happened since, less the names of the parties."""
        return [
            (event, t, *said[3:]) if event in (SUMMARY, OVERLOAD_END) else (event, t)
            for event, t, said, _ in self.ear.take()
        ]


def test_first_act_is_a_save_and_beginnings_are_saved_but_not_an_escalation():
    example = Example().storm()
    assert example.oracle.save_times == [0, 100, 200]


def test_while_an_incident_is_open_time_makes_saves_and_after_it_none():
    example = Example(save_interval_ms=1003).storm()
    example.oracle.advance(4099)
    # 200 + 1003, + 1003, + 1003; the flush at 1800 is no reason for one.
    assert example.oracle.save_times == [0, 100, 200, 1203, 2206, 3209]
    example.oracle.advance(50000)
    # Windows of the device: 100..4100 holds 5; 4100..8100 holds 0 and closes the incident, which
    # ends the overload at the same time: one save. Between: 4212, 5215, 6218, 7221; not 8224.
    assert example.oracle.save_times[6:] == [4212, 5215, 6218, 7221, 8100]


def test_restored_times_are_as_if_the_save_had_been_made_an_interval_before_boot():
    example = Example().storm()
    example.alerts(1250)  # after the save at 1200: lost
    assert (example.oracle.received, example.oracle.unreported) == (6, 2)
    example.oracle.power_cut(1400)
    # Every time moves by 1400 - (1200 + 1000) = -800: the first suppression from 300 to -500, so
    # its flush from 1800 to 1000, with the number after those up to 63.
    assert example.heard() == [(SUMMARY, 1000, 1, 64, 1, 1)]
    assert (example.oracle.received, example.oracle.reported, example.oracle.unreported) == (
        5,
        1,
        0,
    )
    # The device window from 4100 to 3300; the key window ends at 4200 - 800 = 3400.
    assert example.oracle.next_due() == 3300
    assert (example.oracle.save_times[-1], example.oracle.next_save) == (1400, 2400)


def test_a_save_holds_what_was_before_an_alert_at_its_time():
    example = Example().storm()
    assert example.alerts(1200, 1200) == [SUPPRESS, SUPPRESS]
    assert example.oracle.save_times[-1] == 1200
    example.oracle.power_cut(1201)
    assert (example.oracle.suppressed, example.oracle.received) == (1, 5)
    # Moved by 1201 - 2200 = -999: the flush is due at 801.
    assert example.heard() == [(SUMMARY, 801, 1, 64, 1, 1)]


def test_nothing_is_saved_at_the_time_of_the_cut():
    example = Example().storm()
    example.oracle.power_cut(1200)
    # The save due at 1200 was not made. From the one at 200: 1200 - (200 + 1000) = 0, nothing
    # moves, and the suppression at 300 is lost.
    assert example.oracle.save_times == [0, 100, 200, 1200]
    assert (example.oracle.suppressed, example.oracle.received) == (0, 4)
    assert (example.oracle.next_due(), example.heard()) == (4100, [])


def test_what_is_due_at_the_time_of_the_cut_is_done_after_boot():
    example = Example().storm()
    example.oracle.advance(8099)
    assert example.heard() == [(SUMMARY, 1800, 1, 2, 1, 1)]
    example.oracle.power_cut(8100)
    # The last save is that of 7200: all moves by 8100 - 8200 = -100, so the incident closes at
    # 8000, before boot. The save that this calls for is one of the time of the boot.
    assert example.heard() == [(OVERLOAD_END, 8000, 1, 64, 0, 1), (INCIDENT_CLOSE, 8000)]
    assert example.oracle.save_times[-2:] == [8100, 8100]
    assert (example.oracle.next_due(), example.oracle.next_save) == (None, None)


def test_numbers_go_on_at_the_next_block_of_64():
    example = Example(sample_every=2).storm()
    example.oracle.power_cut(400)  # by the save at 200, the next of both numbers is 2 -> 64
    assert example.alerts(400, key=OTHER_KEY) == [SAMPLE]
    assert example.oracle.sample == Sample(64, 1, 0, 0)
    example.oracle.power_cut(500)  # by the save at 400: 65 -> 128, and of KEY 64 -> 128
    assert example.alerts(500, key=(METER, TARGETS[2], CODES[0])) == [SAMPLE]
    assert example.oracle.sample == Sample(128, 1, 0, 0)
    assert example.alerts(500, 500) == [SUPPRESS, SAMPLE]
    # The suppression at 300 came after the save at 200, and is in no total.
    assert example.oracle.sample == Sample(1, 128, 1, 1)


def test_a_used_up_block_is_saved_before_the_next_is_touched():
    example = Example(sample_every=1)
    example.alerts(10, 10, 10)
    example.alerts(*range(11, 73))  # numbers 1 to 62
    assert example.oracle.sample.throttled_seq == 62
    assert example.oracle.save_times == [0, 10, 11]
    example.alerts(73, 74)  # 63, 64
    assert example.oracle.save_times == [0, 10, 11, 73]
    assert example.oracle.sample.throttled_seq == 64
    example.oracle.power_cut(75)  # saved at 73: the next is 64 -> 128
    example.alerts(75)
    assert example.oracle.sample.throttled_seq == 128


def test_a_new_policy_is_saved_once_it_is_in_force():
    example = Example().storm()
    example.oracle.apply(policy_with(save_interval_ms=5000, amber_threshold=1), 900)
    assert example.heard() == [(OVERLOAD_END, 900, 1, 2, 1, 1), (INCIDENT_CLOSE, 900)]
    assert example.oracle.save_times == [0, 100, 200, 900]
    example.alerts(950, 950)  # an incident, saved
    example.oracle.power_cut(1000)
    # 1000 - (950 + 5000) = -4950: the device window of 4000 from 950 is over at 0; its two alerts
    # are more than the one that is quiet. The next ends at 4000.
    assert (example.oracle.next_due(), example.oracle.next_save) == (4000, 6000)
    assert (example.oracle.received, example.oracle.reported) == (7, 1)


def test_a_hub_that_never_lives_long_enough_to_save_still_moves_on():
    example = Example()
    example.alerts(100, 100)
    assert example.ear.take() == [(INCIDENT_OPEN, 100, METER, AMBER)]
    for t in range(101, 108):
        # Each boot is one interval later by the saves: the second window, 4100..8100 at first,
        # ends at t + 8000 - 1000 * boots, so at boot 8.
        example.oracle.power_cut(t)
        assert example.ear.take() == []
    example.oracle.power_cut(108)
    assert example.ear.take() == [(INCIDENT_CLOSE, 108, METER, AMBER)]


def test_runs_of_table_full_and_capacities_are_remembered_and_what_was_not_saved_is_not():
    example = Example(capacity=(2, 0))
    example.alerts(100, 100, 100)
    example.ear.take()
    example.alerts(300)
    assert example.ear.take() == [(TABLE_FULL, 300, None, KEY_TABLE)]
    example.oracle.power_cut(400)
    # The save at 100 holds an amber incident: alert 3 makes it red again, 4 finds no room again.
    assert example.alerts(400, 400) == [PASS, PASS]
    assert [heard[0] for heard in example.ear.take()] == [2, TABLE_FULL]
    example.oracle.advance(1400)  # a save by time
    example.oracle.power_cut(1500)
    example.alerts(1500)
    assert example.ear.take() == []
    assert (example.oracle.untracked, example.oracle.received) == (2, 5)
    assert example.oracle.devices[0].level == RED
