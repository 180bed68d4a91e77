"""GetKey and KeyState: what the hub tells of a key, and that asking changes nothing."""

from dataclasses import replace
from typing import Any

import pytest

from commshub.key_state import key_state
from commshub.policy import LONGEST_MS
from hub_bench import PASSES, HubBench, message
from hubwire.framing import Frame
from hubwire.gbcs import decode as decode_message
from throttle_bench import Bench

TO_RED = 5
OTHER = {"originator": bytes(8)}
NO_KEY = {
    "key_count": 0,
    "key_window_left_ms": 0,
    "key_room": 1,
    "overloaded": 0,
    "overload_id": 0,
    "throttled_seq": 0,
    "unreported": 0,
    "total_suppressed": 0,
    "suppressed_since_sample": 0,
    "since_sample_ms": 0,
    "flush_left_ms": 0,
}
OF_THE_STORM = {
    "key_count": 7,
    "key_window_left_ms": 2800,
    "key_room": 1,
    "overloaded": 1,
    "overload_id": 1,
    "throttled_seq": 3,
    "unreported": 1,
    "total_suppressed": 3,
    "suppressed_since_sample": 1,
    "since_sample_ms": 300,
    "flush_left_ms": 550,
}
NO_DEVICE = {"device_level": 0, "device_count": 0, "device_window_left_ms": 0, "device_room": 1}


def told(state: Frame, like: dict[str, int]) -> dict[str, int]:
    """The fields of a KeyState that are named in `like`."""
    return {name: state[name] for name in like}


# The device.


def test_device_that_was_never_heard_has_nothing_but_room() -> None:
    state = HubBench().on_hosts_clock().key_state()
    assert told(state, NO_DEVICE | NO_KEY) == NO_DEVICE | NO_KEY


def test_answer_names_the_question_and_bears_the_hubs_time() -> None:
    hub = HubBench().on_hosts_clock(start_ms=1 << 46)
    hub.send("Advance", at_ms=(1 << 46) + 25)
    alert = decode_message(message())
    (state,) = hub.send(
        "GetKey", seq=0xBEEF, originator=alert.originator, target=alert.target, code=0
    )
    assert (state["command_seq"], state["at_ms"]) == (0xBEEF, (1 << 46) + 25)


@pytest.mark.parametrize(("copies", "level"), [(2, 0), (3, 1), (4, 1), (5, 2)])
def test_device_level_follows_the_count(copies: int, level: int) -> None:
    hub = HubBench().on_hosts_clock()
    hub.alerts(copies, 0)
    state = hub.key_state()
    assert (state["device_count"], state["device_level"]) == (copies, level)


@pytest.mark.parametrize(
    ("at_ms", "count", "left_ms"), [(0, 2, 10000), (9999, 2, 1), (10000, 0, 0), (99999, 0, 0)]
)
def test_device_window_without_an_incident_runs_out(at_ms: int, count: int, left_ms: int) -> None:
    hub = HubBench().on_hosts_clock()
    hub.alerts(2, 0)
    hub.send("Advance", at_ms=at_ms)
    state = hub.key_state()
    assert (state["device_count"], state["device_window_left_ms"]) == (count, left_ms)


def test_device_window_of_an_incident_is_followed_by_the_next() -> None:
    hub = HubBench().on_hosts_clock(save_interval_ms=60_000)
    hub.alerts(TO_RED, 0)
    hub.send("Advance", at_ms=12_000)
    state = hub.key_state()
    assert (state["device_level"], state["device_count"]) == (2, 0)
    assert state["device_window_left_ms"] == 8000


def test_device_whose_incident_has_closed_has_nothing_but_room() -> None:
    hub = HubBench().overloaded(suppressed=2)
    hub.send("Advance", at_ms=30_000)
    assert told(hub.key_state(), NO_DEVICE | NO_KEY) == NO_DEVICE | NO_KEY


# The key.


def test_key_is_not_counted_before_the_device_is_red() -> None:
    hub = HubBench().on_hosts_clock()
    hub.alerts(TO_RED, 0)
    assert told(hub.key_state(), NO_KEY) == NO_KEY


def test_key_under_its_limit_has_a_count_and_no_overload() -> None:
    hub = HubBench().on_hosts_clock()
    hub.alerts(TO_RED + 2, 0)
    hub.send("Advance", at_ms=1500)
    assert told(hub.key_state(), NO_KEY) == NO_KEY | {"key_count": 2, "key_window_left_ms": 2500}


def test_key_under_its_limit_whose_window_is_over_counts_nothing() -> None:
    hub = HubBench().on_hosts_clock()
    hub.alerts(TO_RED + 2, 0)
    hub.send("Advance", at_ms=4000)
    assert told(hub.key_state(), NO_KEY) == NO_KEY


def test_overloaded_key_tells_all_its_numbers() -> None:
    hub = HubBench().overloaded(sample_period_ms=900, flush_ms=750)
    hub.alert(100, message(20))
    hub.alert(150, message(21))
    hub.send("Advance", at_ms=850)  # a flush: number 2
    hub.alert(900, message(22))  # a sample: number 3
    hub.alert(1000, message(23))
    hub.send("Advance", at_ms=1200)
    assert told(hub.key_state(), NO_KEY) == OF_THE_STORM


def test_flush_changes_the_unreported_and_not_what_goes_to_the_next_sample() -> None:
    hub = HubBench().overloaded(suppressed=3)
    hub.send("Advance", at_ms=700)
    state = hub.key_state()
    assert (state["unreported"], state["flush_left_ms"]) == (0, 0)
    assert (state["suppressed_since_sample"], state["total_suppressed"]) == (3, 3)


@pytest.mark.parametrize("other", [{"code": 0x8155}, {"target": bytes(8)}])
def test_another_key_of_the_device_shares_the_device_alone(other: dict[str, Any]) -> None:
    hub = HubBench().overloaded(suppressed=3)
    state = hub.key_state(**other)
    assert (state["device_level"], state["device_count"]) == (2, PASSES + 4)
    assert told(state, NO_KEY) == NO_KEY


def test_another_device_shares_nothing() -> None:
    hub = HubBench().overloaded(suppressed=3)
    state = hub.key_state(**OTHER)
    assert told(state, NO_DEVICE | NO_KEY) == NO_DEVICE | NO_KEY


def test_time_since_a_sample_is_told_up_to_seven_days() -> None:
    bench = Bench(code_window_ms=LONGEST_MS, device_window_ms=LONGEST_MS, flush_ms=LONGEST_MS)
    bench.overload()
    bench.advance(LONGEST_MS + 1)
    (key,) = bench.throttle.overloads
    *_, since_sample_ms, _ = key_state(bench.throttle, key.originator, key.target, key.code)
    assert since_sample_ms == LONGEST_MS


# Room.


def test_no_room_is_told_to_those_who_have_no_place() -> None:
    hub = HubBench().on_hosts_clock()
    hub.send("SetCapacity", devices=1, keys=1)
    hub.alerts(PASSES + 1, 0)
    assert (hub.key_state()["device_room"], hub.key_state()["key_room"]) == (1, 1)
    assert hub.key_state(**OTHER)["device_room"] == 0
    assert hub.key_state(code=0x8155)["key_room"] == 0


def test_place_of_one_who_would_give_way_is_room() -> None:
    hub = HubBench().on_hosts_clock()
    hub.send("SetCapacity", devices=1, keys=1)
    hub.alert(0, message())
    assert hub.key_state(**OTHER)["device_room"] == 1


# Asking.


def all_said(asks: bool) -> list[Frame]:
    """A storm with pauses, and what follows it; the hub is asked in between, or not."""
    hub = HubBench().on_hosts_clock(flush_ms=900, sample_period_ms=800)
    said = []
    for counter in range(1, 120):
        at_ms = 130 * counter + 4000 * (counter // 30)
        said += hub.alert(at_ms, message(counter, code=0x8154 + counter % 2), seq=counter)
        if asks:
            hub.key_state()
            hub.key_state(code=0x8155)
            hub.key_state(**OTHER)
    said += hub.send("Advance", seq=500, at_ms=100_000)
    return [replace(frame, seq=0) for frame in said]


def test_asking_between_alerts_changes_nothing_that_is_said() -> None:
    quiet = all_said(asks=False)
    assert {"WanAlert", "Notice", "HanAck", "Result"} == {frame.name for frame in quiet}
    assert all_said(asks=True) == quiet


def test_asking_takes_no_place() -> None:
    bench = Bench(device_capacity=1, key_capacity=1)
    bench.throttle.advance(0)
    key_state(bench.throttle, b"nobody", b"nobody", 0)
    assert bench.throttle.devices.in_order_made() == bench.throttle.keys.in_order_made() == []


def test_what_is_asked_on_the_hubs_own_clock_is_as_of_now() -> None:
    hub = HubBench().on_own_clock()
    hub.alerts(PASSES + 3, 0)
    hub.ticks_ms += 300
    state = hub.key_state()
    assert (state["at_ms"], state["flush_left_ms"]) == (300, 400)
