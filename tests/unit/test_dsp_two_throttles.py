"""Two throttles in a row, and the last copy: the counts of a hub that pass through the DSP's.

Everything is of one key unless it says so; see `test_dsp_twin.Bench` for the policy.
"""

import pytest

from commshub.policy import COUNT
from hubwire.identities import ACCESS_CONTROL_BROKER, GSME
from stormbench.link.northbound import Report
from test_dsp_twin import Bench, make_policy


@pytest.fixture
def bench():
    bench = Bench(make_policy())
    yield bench
    bench.store.close()


def test_first_sample_of_the_dsp_bears_its_sequence(bench):
    bench.alert()
    bench.alert()
    assert bench.alert() == [(0, "user", 3, 1, 0, False)]


def test_alert_that_the_dsp_suppresses_is_not_sent_and_pending(bench):
    bench.overload()
    assert bench.alert() == []
    assert bench.twin.pending() == 1


def test_sample_of_the_dsp_reports_what_it_suppressed(bench):
    bench.overload()
    bench.alert()
    bench.alert()
    assert bench.alert(1000) == [(1000, "user", 6, 2, 2, False)]
    assert bench.twin.pending() == 0


def test_sample_of_a_hub_that_passes_the_dsp_keeps_the_hubs_numbers(bench):
    assert bench.report("SAMPLE", Report(1, 4, 30, 30)) == [(0, "user", 1, 4, 30, False)]


def test_sample_of_a_hub_that_the_dsp_samples_bears_the_dsps_sequence_and_the_sum(bench):
    bench.overload()
    bench.alert()
    sent = bench.report("SAMPLE", Report(1, 9, 30, 30), 1000)
    assert sent == [(1000, "user", 5, 2, 1 + 30, False)]


def test_count_of_a_suppressed_sample_waits_at_the_dsp(bench):
    bench.overload()
    assert bench.report("SAMPLE", Report(1, 9, 30, 30)) == []
    assert bench.twin.pending() == 1 + 30


def test_carried_count_leaves_with_the_dsps_next_sample(bench):
    bench.overload()
    bench.report("SAMPLE", Report(1, 9, 30, 30))
    assert bench.alert(1000) == [(1000, "user", 5, 2, 1 + 30, False)]
    assert bench.twin.pending() == 0


def test_carried_counts_of_several_samples_leave_together(bench):
    bench.overload()
    bench.report("SAMPLE", Report(1, 9, 30, 30))
    bench.report("SAMPLE", Report(1, 10, 4, 34))
    sent = bench.report("SAMPLE", Report(1, 11, 6, 40), 1000)
    assert sent == [(1000, "user", 6, 2, 2 + 40, False)]


def test_carried_count_leaves_once(bench):
    bench.overload()
    bench.report("SAMPLE", Report(1, 9, 30, 30))
    bench.alert(1000)
    assert bench.alert(2000) == [(2000, "user", 6, 3, 0, False)]


def test_carried_count_leaves_with_the_dsps_next_summary(bench):
    bench.overload()
    bench.report("SAMPLE", Report(1, 9, 30, 30))
    assert bench.advance(5_000) == [(5_000, "user", 4, 2, 1 + 30, True)]
    assert bench.twin.pending() == 0


def test_carried_count_leaves_with_the_end_of_the_dsps_overload():
    bench = Bench(make_policy(flush_ms=50_000))
    bench.overload()
    bench.report("SAMPLE", Report(1, 9, 30, 30))
    bench.advance(19_999)
    assert bench.advance(20_000) == [(20_000, "user", 4, 2, 1 + 30, True)]
    bench.store.close()


def test_carried_count_of_one_key_does_not_leave_with_another(bench):
    bench.overload()
    bench.report("SAMPLE", Report(1, 9, 30, 30))
    for _ in range(3):
        bench.alert(1, originator=GSME)
    assert bench.alert(1001, originator=GSME)[0][3:5] == (2, 0)


def test_summary_is_sent_as_the_newest_suppressed_message(bench):
    bench.overload()
    bench.alert()
    bench.alert(1)
    assert bench.advance(5_000) == [(5_000, "user", 5, 2, 2, True)]


def test_summary_is_due_at_its_own_time_however_late_time_comes(bench):
    bench.overload()
    bench.alert()
    assert bench.alert(8_000)[0] == (5_000, "user", 4, 2, 1, True)


def test_end_without_a_count_is_logged_and_not_sent(bench):
    bench.overload()
    bench.alert()
    bench.advance(5_000)
    assert bench.advance(10**6) == []
    events = [entry.event for entry in bench.log("dsp")]
    assert events[-2:] == ["OVERLOAD_END", "INCIDENT_CLOSE"]


def test_end_after_a_sample_that_reported_everything_is_not_sent(bench):
    bench.overload()
    bench.alert()
    bench.alert(1000)
    assert bench.advance(10**6) == []
    assert "OVERLOAD_END" in [entry.event for entry in bench.log("dsp")]


def test_events_of_the_dsp_are_logged_with_their_numbers(bench):
    bench.overload()
    bench.alert()
    bench.advance(5_000)
    entry = bench.store.security_log()[-1]
    assert (entry.source, entry.hub_id, entry.event, entry.t_ms) == ("dsp", None, "SUMMARY", 5_000)
    assert entry.report == Report(1, 2, 1, 1)


def test_held_copy_of_a_hub_is_no_alert_for_the_dsps_throttle(bench):
    bench.overload()
    sent = bench.report("SUMMARY", Report(1, 9, 30, 30))
    assert sent == [(0, "user", 4, 9, 30, True)]
    assert bench.twin.pending() == 0


def test_held_copy_of_a_hub_leaves_the_carried_count_alone(bench):
    bench.overload()
    bench.report("SAMPLE", Report(1, 9, 30, 30))
    bench.report("SUMMARY", Report(1, 10, 5, 35))
    assert bench.twin.pending() == 1 + 30


def test_counts_of_the_dsps_reports_for_the_broker_go_to_the_dsp(bench):
    broker = {"target": ACCESS_CONTROL_BROKER}
    for _ in range(4):
        bench.alert(**broker)
    assert bench.advance(5_000) == [(5_000, "acb", True)]
    assert bench.store.reported_to_dsp() == 1


def test_count_of_a_summary_of_future_dated_outcomes_goes_to_the_dsp(bench):
    for _ in range(4):
        bench.alert(code=0x8F66)
    assert bench.advance(5_000) == [(5_000, "user", 4, None, None, True)]
    assert bench.store.reported_to_dsp() == 1


def test_dsp_in_shadow_sends_everything_and_keeps_nothing():
    bench = Bench(make_policy(shadow=1))
    sent = [bench.alert() for _ in range(9)]
    assert sent == [[(0, "user", counter, None, None, False)] for counter in range(1, 10)]
    assert bench.twin.pending() == 0
    assert bench.advance(10**6) == []
    assert {entry.shadow for entry in bench.store.security_log() if entry.source == "dsp"} == {
        True
    }
    bench.store.close()


def test_dsp_in_shadow_leaves_the_hubs_numbers_alone():
    bench = Bench(make_policy(shadow=1))
    for _ in range(9):
        bench.alert()
    assert bench.report("SAMPLE", Report(1, 9, 30, 30)) == [(0, "user", 10, 9, 30, False)]
    bench.store.close()


def test_sampling_by_count_carries_as_well():
    bench = Bench(make_policy(sample_mode=COUNT, sample_every=3))
    bench.overload()
    sent = [bench.report("SAMPLE", Report(1, n, 10, 10 * n)) for n in range(1, 4)]
    assert sent == [[], [], [(0, "user", 6, 2, 2 + 30, False)]]
    bench.store.close()


def test_full_table_of_the_dsp_is_logged():
    bench = Bench(make_policy())
    for number in range(8):
        for _ in range(2):
            bench.alert(originator=number.to_bytes(8, "big"))
    bench.alert(originator=GSME)
    assert [
        entry.level for entry in bench.store.security_log() if entry.event == "TABLE_FULL"
    ] == ["device"]
    bench.store.close()


def test_finish_keeps_what_is_not_due_as_pending(bench):
    bench.overload()
    bench.alert()
    assert bench.twin.finish(4_999) == []
    assert bench.twin.pending() == 1
