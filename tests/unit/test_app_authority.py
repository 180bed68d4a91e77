"""A whole hub with a key: what it obeys, what it refuses, and that it never tells the key."""

from typing import Any

import pytest

from authority_bench import KEY, OTHER_KEY, mac_of
from commshub import leaving, wire
from commshub.keystore import BLOCK
from commshub.policy import MOST_CODES
from hub_bench import HubBench, is_done, message, refusal, verdicts
from hubwire.frames import BY_NAME, GUARDED
from hubwire.framing import Frame, payload_of
from stormbench.policy_file import frame_values
from throttle_bench import make_policy

POLICY = frame_values(make_policy(code_limit=9))
COMMANDS: dict[str, dict[str, Any]] = {
    "SetClock": {"source": 1, "start_ms": 5000},
    "SetPolicy": POLICY,
    "SetCapacity": {"devices": 3, "keys": 5},
    "SetKey": {"key": OTHER_KEY},
    "Reset": {},
    "EnterRepl": {},
}


def authorised(
    hub: HubBench, name: str, counter: int, *, seq: int | None = None, **signed: Any
) -> list[Frame]:
    """What the hub says to a command of `COMMANDS`, signed with KEY unless told otherwise."""
    kind = BY_NAME[name].kind
    payload = payload_of(name, COMMANDS[name])
    signed = {"boot_id": hub.boot_id - 1, **signed}
    mac = mac_of(counter, kind, payload, **signed)
    return hub.send("Authorised", seq, counter=counter, command=kind, mac=mac, payload=payload)


def refused_for_authority(said: list[Frame]) -> str:
    """The reason in the Result, the first frame; the Log, if there is one, comes after it."""
    assert [frame.name for frame in said[1:]] in ([], ["Log"])
    return refusal(said[:1])


@pytest.fixture
def hub() -> HubBench:
    """One with a key."""
    hub = HubBench()
    assert is_done(hub.send("SetKey", key=KEY))
    return hub


def test_commands_here_are_all_that_are_guarded() -> None:
    assert tuple(COMMANDS) == GUARDED


# Without a key.


def test_hub_without_a_key_says_so_and_takes_commands_plain() -> None:
    hub = HubBench()
    assert (hub.hello()["keyed"], hub.hello()["counter"]) == (0, 0)
    assert is_done(hub.send("SetPolicy", **POLICY))


def test_hub_without_a_key_refuses_authorised_commands_with_a_reason() -> None:
    hub = HubBench()
    assert refused_for_authority(authorised(hub, "SetPolicy", 1)) == (
        "the hub has no key: send it plain"
    )


def test_key_is_taken_plain_once(hub: HubBench) -> None:
    assert hub.hello()["keyed"] == 1
    said = hub.send("SetKey", key=OTHER_KEY)
    assert refused_for_authority(said).startswith("the hub has a key: ")
    assert is_done(authorised(hub, "SetPolicy", 1))


def test_key_of_zeros_is_refused() -> None:
    hub = HubBench()
    assert refusal(hub.send("SetKey", key=bytes(32))).startswith("a key is 32 bytes")
    assert hub.hello()["keyed"] == 0


# With a key.


@pytest.mark.parametrize("name", COMMANDS)
def test_guarded_command_is_refused_plain_and_changes_nothing(hub: HubBench, name: str) -> None:
    before = hub.hello().values, hub.send("GetPolicy")[0].values["code_limit"], hub.key_file.read()
    said = hub.send(name, **COMMANDS[name])
    assert refused_for_authority(said).startswith("the hub has a key: ")
    assert (said[0]["command"], said[0]["status"]) == (BY_NAME[name].kind, wire.STATUS_REFUSED)
    after = hub.hello().values, hub.send("GetPolicy")[0].values["code_limit"], hub.key_file.read()
    assert before == after and hub.app.leaves_for == leaving.STAYS
    assert hub.counters()["refused_authority"] == 1
    assert hub.counters()["frames_refused"] == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_guarded_command_is_done_with_authority(hub: HubBench, name: str) -> None:
    (result,) = authorised(hub, name, 1, seq=0x1EEF)
    assert is_done([result])
    assert (result["command"], result["command_seq"]) == (BY_NAME[name].kind, 0x1EEF)


def test_authorised_policy_is_in_force(hub: HubBench) -> None:
    authorised(hub, "SetPolicy", 1)
    (policy,) = hub.send("GetPolicy")
    assert policy["code_limit"] == 9


@pytest.mark.parametrize("signed", [{"key": OTHER_KEY}, {"boot_id": 7}, {"unique_id": bytes(8)}])
def test_command_signed_otherwise_changes_nothing(hub: HubBench, signed: dict[str, Any]) -> None:
    said = authorised(hub, "SetPolicy", 1, **signed)
    assert refused_for_authority(said).startswith("the MAC is wrong")
    (policy,) = hub.send("GetPolicy")
    assert policy["code_limit"] != 9


def test_command_that_is_authorised_and_bad_is_refused_for_what_it_is(hub: HubBench) -> None:
    kind = BY_NAME["SetCapacity"].kind
    mac = mac_of(1, kind, b"\x01", boot_id=hub.boot_id - 1)
    said = hub.send("Authorised", counter=1, command=kind, mac=mac, payload=b"\x01")
    assert refusal(said) == "1 bytes, at least 4"
    assert hub.counters()["refused_authority"] == 0


def test_same_frame_again_is_answered_again_and_not_done_again(hub: HubBench) -> None:
    hub.alert(0, message(1))
    authorised(hub, "SetCapacity", 1)
    authorised_saves = hub.counters()["saves"]
    (again,) = authorised(hub, "SetCapacity", 1, seq=77)
    assert is_done([again]) and again["command_seq"] == 77
    assert hub.counters()["saves"] == authorised_saves


def test_same_frame_again_is_answered_as_before_whatever_came_between(hub: HubBench) -> None:
    authorised(hub, "SetPolicy", 1)
    hub.send("Advance", at_ms=1)  # refused: the hub is on its own clock
    assert is_done(authorised(hub, "SetPolicy", 1))


def test_policy_of_as_many_codes_as_there_may_be_is_taken_authorised(hub: HubBench) -> None:
    policy = frame_values(make_policy(excluded_codes=set(range(MOST_CODES)), code_limits={}))
    payload = payload_of("SetPolicy", policy)
    mac = mac_of(1, wire.SET_POLICY, payload, boot_id=hub.boot_id - 1)
    kind = wire.SET_POLICY
    said = hub.send("Authorised", counter=1, command=kind, mac=mac, payload=payload)
    assert is_done(said)


# Over restarts.


def test_key_and_counters_outlive_a_restart(hub: HubBench) -> None:
    authorised(hub, "SetPolicy", 1)
    (hello, *_) = hub.boot()
    assert (hello["keyed"], hello["counter"]) == (1, BLOCK)
    assert refused_for_authority(authorised(hub, "SetPolicy", 2)).startswith("counter 2 is not")
    assert is_done(authorised(hub, "SetPolicy", BLOCK + 1))


def test_hub_whose_key_is_damaged_obeys_nobody_and_judges_alerts(hub: HubBench) -> None:
    hub.key_file.flip()
    (hello, *_) = hub.boot()
    assert hello["keyed"] == 2
    for said in (hub.send("SetPolicy", **POLICY), authorised(hub, "SetPolicy", 1)):
        assert "damaged" in refused_for_authority(said)
    assert verdicts(hub.alert(0, message(1))) == ["PASS"]


def test_changed_key_is_the_one_after_a_restart(hub: HubBench) -> None:
    authorised(hub, "SetKey", 1)
    hub.boot()
    assert refused_for_authority(authorised(hub, "SetPolicy", BLOCK + 1))
    assert is_done(authorised(hub, "SetPolicy", BLOCK + 1, key=OTHER_KEY))


# Leaving.


@pytest.mark.parametrize(
    ("name", "leaves_for"), [("Reset", leaving.FOR_RESET), ("EnterRepl", leaving.FOR_REPL)]
)
def test_hub_leaves_after_its_answer_and_takes_nothing_more(
    hub: HubBench, name: str, leaves_for: int
) -> None:
    authorised(hub, name, 1)
    assert hub.app.leaves_for == leaves_for
    assert hub.send("GetCounters") == []


# A flood.


def test_flood_of_refused_frames_writes_nothing_and_stops_no_alert(hub: HubBench) -> None:
    hub.send("GetCounters")
    writes = hub.key_writes
    for counter in range(1, 301):
        authorised(hub, "SetPolicy", counter, key=OTHER_KEY)
        assert len(verdicts(hub.alert(0, message(counter)))) == 1
    counters = hub.counters()
    assert (counters["received"], counters["refused_authority"]) == (300, 300)
    assert hub.key_writes == writes


def test_flood_of_refused_frames_is_no_flood_of_logs(hub: HubBench) -> None:
    said = [frame for _ in range(100) for frame in authorised(hub, "Reset", 1, key=OTHER_KEY)]
    logs = [str(frame["text"], "utf-8") for frame in said if frame.name == "Log"]
    assert len(logs) == 7  # at 1, 2, 4, ... 64
    assert logs[-1].startswith("64 frames refused for want of authority; now 0x0D: the MAC is")


# The key itself.


def test_no_frame_of_the_hub_ever_holds_the_key(hub: HubBench) -> None:
    for name, values in COMMANDS.items():
        hub.send(name, **values)
    for name in ("GetPolicy", "GetCounters"):
        hub.send(name)
    hub.hello()
    hub.key_state()
    authorised(hub, "SetPolicy", 1)
    authorised(hub, "SetPolicy", 1)
    authorised(hub, "SetPolicy", 1, key=OTHER_KEY)
    authorised(hub, "SetKey", 2)
    for kind in range(256):
        if kind not in (wire.RESET, wire.ENTER_REPL):
            hub.app.on_frame(kind, 1, hub.boot_tag, bytearray(200), 0, 200)
    hub.key_file.is_full = True
    authorised(hub, "SetKey", 5000, key=OTHER_KEY)
    hub.boot()
    assert len(hub.spoken) > 10_000
    for key in (KEY, OTHER_KEY):
        for at in range(len(key) - 8):
            assert key[at : at + 8] not in hub.spoken
