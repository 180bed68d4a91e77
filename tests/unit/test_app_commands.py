"""What the host can ask of the hub, and what the hub refuses."""

import struct
from typing import Any

import pytest

from commshub import wire
from commshub.identity import VERSION
from commshub.policy import NUMBERS
from hub_bench import (
    BOOT_ID,
    PASSES,
    UNIQUE_ID,
    HubBench,
    events,
    forwarded,
    is_done,
    message,
    numbers,
    refusal,
    verdicts,
)
from hubwire.frames import BY_NAME, DEFINITIONS, HOST, HUB
from hubwire.framing import Frame, encode
from hubwire.generate import definition_hash, struct_format
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient, HubRefused
from stormbench.link.northbound import WanAlert
from stormbench.policy_file import frame_values
from throttle_bench import make_policy

LEAST_BYTES = {
    definition.name: struct.calcsize(struct_format(definition.layout))
    for definition in DEFINITIONS
    if definition.sender == HOST
}


def policy_values(**fields: Any) -> dict[str, Any]:
    return frame_values(make_policy(**fields))


def policy_in_force(hub: HubBench) -> dict[str, Any]:
    (frame,) = hub.send("GetPolicy")
    return {name: value for name, value in frame.values.items() if name != "command_seq"}


# Any frame.


@pytest.mark.parametrize("name", [name for name, least in LEAST_BYTES.items() if least])
def test_command_with_too_short_a_payload_is_refused(name: str) -> None:
    hub = HubBench()
    for length in range(LEAST_BYTES[name]):
        said = hub.send_raw(name, bytes(length))
        assert refusal(said) == f"{length} bytes, at least {LEAST_BYTES[name]}"
        assert said[0]["command"] == BY_NAME[name].kind


@pytest.mark.parametrize("name", [d.name for d in DEFINITIONS if d.sender == HUB])
def test_frame_that_only_a_hub_sends_is_refused(name: str) -> None:
    hub = HubBench()
    assert refusal(hub.send_raw(name, bytes(100))) == "no frame of this kind is taken"


def test_refusal_names_the_frame_that_it_answers_and_is_counted() -> None:
    hub = HubBench()
    (result,) = hub.send("Advance", seq=0xBEEF, at_ms=1)
    assert (result["command"], result["command_seq"]) == (wire.ADVANCE, 0xBEEF)
    assert hub.counters()["frames_refused"] == 1


def test_answer_names_the_frame_that_it_answers() -> None:
    hub = HubBench()
    (result,) = hub.send("SetCapacity", seq=0xBEEF, devices=4, keys=4)
    assert (result["command"], result["command_seq"]) == (wire.SET_CAPACITY, 0xBEEF)
    assert is_done([result])


@pytest.mark.parametrize("question", ["GetPolicy", "GetCounters", "GetMemory"])
def test_answer_to_a_question_names_it(question: str) -> None:
    (answer,) = HubBench().send(question, seq=0xBEEF)
    assert answer["command_seq"] == 0xBEEF


def test_hub_in_process_has_no_heap_to_tell_of() -> None:
    (memory,) = HubBench().send("GetMemory")
    assert (memory["heap_used"], memory["heap_free"], memory["collect_us"]) == (0, 0, 0)


# Hello.


def test_hello_answers_with_the_nonce_and_says_who_is_there() -> None:
    (hello,) = HubBench().send("HelloRequest", nonce=0xDEADBEEF)
    assert (hello["nonce"], hello["boot_id"]) == (0xDEADBEEF, BOOT_ID)
    assert (hello["unique_id"], hello["reset_cause"]) == (UNIQUE_ID, 1)
    assert hello["firmware_version"] == bytes(VERSION)
    assert hello["definition_hash"] == definition_hash()


def test_hello_tells_the_capacities_that_were_set() -> None:
    hub = HubBench()
    hub.send("SetCapacity", devices=3, keys=5)
    (hello,) = hub.send("HelloRequest", nonce=1)
    assert (hello["device_capacity"], hello["key_capacity"]) == (3, 5)


@pytest.mark.parametrize("source", [0, 1])
def test_hello_tells_the_clock_that_was_chosen(source: int) -> None:
    hub = HubBench()
    hub.send("SetClock", source=source, start_ms=0)
    (hello,) = hub.send("HelloRequest", nonce=1)
    assert hello["clock"] == source


def test_hello_that_nobody_asked_for_has_no_nonce() -> None:
    hub = HubBench()
    hub.app.say_hello(0)
    assert [(frame.name, frame["nonce"]) for frame in hub.said()] == [("Hello", 0)]


# Policy.


def test_policy_that_is_read_back_is_the_one_that_was_set() -> None:
    hub = HubBench()
    values = policy_values(
        excluded_codes={0x8F72, 0x0000, 0xFFFF}, code_limits={0x8154: 9, 0x8001: 2}, shadow=1
    )
    assert is_done(hub.send("SetPolicy", **values))
    assert policy_in_force(hub) == values


@pytest.mark.parametrize("place", range(len(NUMBERS)))
def test_each_number_of_a_policy_arrives_in_its_own_field(place: int) -> None:
    name, default, _, _ = NUMBERS[place]
    hub = HubBench()
    values = {**policy_in_force(hub), name: default + 1}
    assert is_done(hub.send("SetPolicy", **values))
    assert policy_in_force(hub) == values


def test_limit_of_a_code_counts_for_that_code() -> None:
    hub = HubBench().on_hosts_clock(code_limits={0x8154: 5})
    assert verdicts(hub.alerts(PASSES + 4, 0)) == ["PASS"] * (PASSES + 3) + ["SAMPLE"]


def test_policy_without_any_codes_is_taken() -> None:
    hub = HubBench()
    values = policy_values(excluded_codes=set(), code_limits={})
    assert is_done(hub.send("SetPolicy", **values))
    assert policy_in_force(hub)["codes"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("device_window_ms", 0),
        ("device_window_ms", 604_800_001),
        ("sample_mode", 4),
        ("shadow", 2),
        ("save_interval_ms", 999),
        ("amber_threshold", 5),
        ("code_clear_limit", 3),
    ],
)
def test_policy_that_is_refused_leaves_the_old_one_and_names_the_field(
    field: str, value: int
) -> None:
    hub = HubBench().on_hosts_clock()
    before = policy_in_force(hub)
    assert refusal(hub.send("SetPolicy", **{**before, field: value})).startswith(field + ": ")
    assert policy_in_force(hub) == before


@pytest.mark.parametrize(("excluded_count", "codes"), [(2, [1]), (0, [1]), (1, [1, 2]), (8, [])])
def test_policy_whose_codes_are_not_as_many_as_said_is_refused(
    excluded_count: int, codes: list[int]
) -> None:
    hub = HubBench()
    values = {**policy_values(), "excluded_count": excluded_count, "codes": codes}
    assert refusal(hub.send("SetPolicy", **values)).startswith("codes: ")


def test_policy_with_half_a_code_is_refused() -> None:
    hub = HubBench()
    payload = BY_NAME["SetPolicy"].layout.build(policy_values()) + b"\x00"
    assert refusal(hub.send_raw("SetPolicy", payload)).startswith("codes: ")


def test_policy_that_is_refused_ends_no_overload() -> None:
    hub = HubBench().overloaded(suppressed=2)
    refusal(hub.send("SetPolicy", **{**policy_values(), "sample_mode": 4}))
    assert verdicts(hub.alert(0, message(50))) == ["SUPPRESS"]


def test_new_policy_ends_what_is_open_and_reports_it_before_it_is_done() -> None:
    hub = HubBench().overloaded(suppressed=2)
    said = hub.send("SetPolicy", **policy_values())
    assert [numbers(frame) for frame in forwarded(said)] == [(1, 2, 2, 2)]
    assert events(said) == ["INCIDENT_CLOSE"] and is_done(said)


# Capacity.


@pytest.mark.parametrize(("devices", "keys"), [(1025, 1), (1, 1025), (65535, 65535)])
def test_capacity_above_1024_is_refused_and_changes_nothing(devices: int, keys: int) -> None:
    hub = HubBench().overloaded(suppressed=1)
    assert "at most 1024" in refusal(hub.send("SetCapacity", devices=devices, keys=keys))
    assert verdicts(hub.alert(0, message(50))) == ["SUPPRESS"]


@pytest.mark.parametrize(("devices", "keys"), [(0, 0), (1, 1), (1024, 1024)])
def test_capacity_up_to_1024_is_taken(devices: int, keys: int) -> None:
    assert is_done(HubBench().send("SetCapacity", devices=devices, keys=keys))


def test_new_capacity_ends_what_is_open_and_reports_it() -> None:
    hub = HubBench().overloaded(suppressed=2)
    said = hub.send("SetCapacity", devices=4, keys=4)
    assert [frame["carries"] for frame in forwarded(said)] == [3]
    assert hub.counters()["unreported"] == 0


def test_table_of_one_device_fails_open_for_the_second() -> None:
    hub = HubBench().overloaded(suppressed=1)
    hub.send("SetCapacity", devices=1, keys=1)
    hub.alerts(PASSES + 2, 0)
    other = {"originator": bytes(8), "code": 0x8155}
    assert verdicts(hub.alerts(20, 0, **other)) == ["PASS"] * 20
    assert hub.counters()["untracked"] == 20


# The same through the client and the simulated hub.


def test_client_meets_the_simulated_hub() -> None:
    hello = HubClient(SimPort()).hello
    assert (hello.transport, hello.clock, hello.keyed) == ("in_process", "own", False)
    assert (hello.micropython_version, hello.board) == ("0.0.0", "")


def test_client_drives_a_storm_and_hears_what_goes_north() -> None:
    client = HubClient(SimPort())
    client.use_hosts_clock(0)
    client.set_policy(policy_values())
    judged = [client.alert(0, message(counter)) for counter in range(PASSES + 2)]
    assert [one.verdict for one in judged[-3:]] == ["PASS", "SAMPLE", "SUPPRESS"]
    (summary,) = client.advance(700)
    assert isinstance(summary, WanAlert) and summary.is_held
    assert summary.message == message(PASSES + 1)


@pytest.mark.parametrize(
    ("command", "arguments", "reason"),
    [
        ("advance", (5,), "own clock"),
        ("set_capacity", (1, 1025), "at most 1024"),
        ("set_policy", ({**policy_values(), "sample_mode": 4},), "sample_mode: must be 0 to 3"),
    ],
)
def test_client_is_told_why_a_command_is_refused(
    command: str, arguments: tuple[Any, ...], reason: str
) -> None:
    client = HubClient(SimPort())
    with pytest.raises(HubRefused, match=reason):
        getattr(client, command)(*arguments)


def test_simulated_hub_finds_a_frame_after_garbage() -> None:
    port = SimPort()
    client = HubClient(port)
    port.write(b"\xaa" * 3000 + b"\x00")
    assert client.counters()["frames_damaged"] == 1


def test_two_frames_in_one_write_are_both_answered() -> None:
    hub = HubBench()
    asked = (Frame("GetPolicy", 1, {}, hub.boot_tag), Frame("GetCounters", 2, {}, hub.boot_tag))
    said = hub.feed(b"".join(map(encode, asked)))
    assert [frame.name for frame in said] == ["Policy", "Counters"]
