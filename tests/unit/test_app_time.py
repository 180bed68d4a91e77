"""The hub and time: whose clock it is, what becomes due, times far away, and how long to sleep."""

from hub_bench import (
    PASSES,
    TICKS_PERIOD_MS,
    HubBench,
    events,
    forwarded,
    is_done,
    message,
    numbers,
    refusal,
    verdicts,
)
from stormbench.policy_file import frame_values
from throttle_bench import make_policy

DAY_MS = 86_400_000
FAR_MS = 1 << 46
SMALL_POLICY = frame_values(make_policy())


# Clock.


def test_advance_on_the_hubs_own_clock_is_refused() -> None:
    assert refusal(HubBench().send("Advance", at_ms=5)) == "the hub is on its own clock"


def test_clock_of_neither_kind_is_refused_and_changes_nothing() -> None:
    hub = HubBench().on_hosts_clock()
    assert "0, own, or 1, host" in refusal(hub.send("SetClock", source=2, start_ms=0))
    assert is_done(hub.send("Advance", at_ms=5))


def test_on_its_own_clock_an_alert_is_stamped_by_the_hub() -> None:
    hub = HubBench()
    hub.pass_ms(250)
    *_, ack = hub.alert(999_999, message())
    assert ack["entries"] == [{"verdict": 0, "at_ms": 250}]


def test_own_clock_goes_on_from_what_it_was_set_to() -> None:
    hub = HubBench()
    hub.send("SetClock", source=0, start_ms=FAR_MS)
    hub.pass_ms(250)
    *_, ack = hub.alert(0, message())
    assert ack["entries"][0]["at_ms"] == FAR_MS + 250


def test_on_its_own_clock_what_becomes_due_leaves_by_itself() -> None:
    hub = HubBench()
    hub.send("SetPolicy", **SMALL_POLICY)
    hub.alerts(PASSES + 3, 0)
    assert forwarded(hub.pass_ms(699)) == []
    assert [frame["carries"] for frame in forwarded(hub.pass_ms(1))] == [2]


def test_on_the_hosts_clock_the_hubs_own_time_does_nothing() -> None:
    hub = HubBench().overloaded(suppressed=2)
    assert hub.pass_ms(DAY_MS) == []


def test_choosing_a_clock_ends_what_is_open_on_the_clock_before() -> None:
    hub = HubBench().overloaded(at_ms=10, suppressed=2)
    said = hub.send("SetClock", source=0, start_ms=FAR_MS)
    assert [frame["at_ms"] for frame in forwarded(said)] == [10]
    assert events(said) == ["INCIDENT_CLOSE"] and is_done(said)


def test_clock_may_be_set_back() -> None:
    hub = HubBench().on_hosts_clock(start_ms=1000)
    hub.alert(1000, message(1))
    hub.send("SetClock", source=1, start_ms=0)
    *_, ack = hub.alert(5, message(2))
    assert ack["entries"][0]["at_ms"] == 5


def test_alert_from_the_past_is_stamped_with_the_time_that_it_was_counted_with() -> None:
    hub = HubBench().on_hosts_clock()
    hub.alert(10_000, message(1))
    north, ack = hub.alert(5_000, message(2))
    assert (north["at_ms"], ack["entries"][0]["at_ms"]) == (10_000, 10_000)


# Far away and for long.


def test_jump_of_the_hosts_clock_to_2_to_the_46_reports_in_order_and_goes_on() -> None:
    hub = HubBench().overloaded(suppressed=2)
    said = hub.alert(FAR_MS, message(50))
    assert [frame["at_ms"] for frame in forwarded(said)] == [700, FAR_MS]
    assert events(said) == ["OVERLOAD_END", "INCIDENT_CLOSE"]
    assert verdicts(said) == ["PASS"]


def test_throttle_counts_in_small_numbers_however_far_the_clock_is() -> None:
    hub = HubBench().on_hosts_clock()
    for step in range(1, 5):
        hub.alert(step * FAR_MS // 2, message(step))
        assert (
            hub.app._timeline.throttle.now < 1 << 30
        )  # on the Pico a larger one is a heap object


def test_storm_after_a_jump_is_throttled_like_any_other() -> None:
    hub = HubBench().on_hosts_clock()
    hub.send("Advance", at_ms=FAR_MS)
    assert verdicts(hub.alerts(PASSES + 2, FAR_MS + 7)) == ["PASS"] * PASSES + [
        "SAMPLE",
        "SUPPRESS",
    ]
    (summary,) = forwarded(hub.send("Advance", at_ms=FAR_MS + 707))
    assert summary["at_ms"] == FAR_MS + 707


def test_start_at_2_to_the_46_is_as_good_as_at_0() -> None:
    hub = HubBench().overloaded(at_ms=FAR_MS, suppressed=3)
    (summary,) = forwarded(hub.send("Advance", at_ms=FAR_MS + 700))
    assert (summary["at_ms"], numbers(summary)) == (FAR_MS + 700, (1, 2, 3, 3))


def test_largest_time_that_a_trace_may_have_is_taken() -> None:
    hub = HubBench().on_hosts_clock()
    *_, ack = hub.alert(1 << 47, message())
    assert ack["entries"][0]["at_ms"] == 1 << 47


def test_many_days_of_storm_at_once_end_with_every_alert_reported() -> None:
    hub = HubBench().on_hosts_clock()
    for day in range(40):
        hub.alerts(3, day * DAY_MS)
        hub.alerts(12, day * DAY_MS + 1)
    hub.send("Advance", at_ms=400 * DAY_MS)
    counters = hub.counters()
    assert (counters["received"], counters["unreported"]) == (600, 0)
    assert counters["suppressed"] == counters["reported"] == 40 * (15 - PASSES - 1)


def test_own_clock_goes_on_for_months_while_the_ticks_wrap() -> None:
    hub = HubBench()
    slept_ms = 0
    while slept_ms < 3 * TICKS_PERIOD_MS:
        nap_ms = hub.app.wait_ms()
        assert 0 < nap_ms < TICKS_PERIOD_MS // 2
        hub.pass_ms(nap_ms)
        slept_ms += nap_ms
    *_, ack = hub.alert(0, message())
    assert ack["entries"][0]["at_ms"] == slept_ms


# Sleep.


def test_hub_on_the_hosts_clock_waits_for_bytes_alone() -> None:
    assert HubBench().overloaded(suppressed=1).app.wait_ms() == -1


def test_hub_on_its_own_clock_wakes_when_a_count_is_due() -> None:
    hub = HubBench()
    hub.send("SetPolicy", **SMALL_POLICY)
    hub.alerts(PASSES + 3, 0)
    hub.pass_ms(300)
    assert hub.app.wait_ms() == 400


def test_hub_that_is_late_does_not_wait() -> None:
    hub = HubBench()
    hub.send("SetPolicy", **SMALL_POLICY)
    hub.alerts(PASSES + 3, 0)
    hub.ticks_ms += 5000
    assert hub.app.wait_ms() == 0


def test_alert_after_the_last_time_that_a_frame_can_bear_is_judged_all_the_same() -> None:
    hub = HubBench()
    hub.send("SetClock", source=0, start_ms=(1 << 48) - 1)
    hub.pass_ms(5000)
    *_, north, ack = hub.alert(0, message())
    assert (north["at_ms"], verdicts([ack])) == ((1 << 48) - 1, ["PASS"])
