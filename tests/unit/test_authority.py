"""Who may change what a hub does: which frames are accepted, refused, or known already."""

from typing import Any

import pytest

from authority_bench import KEY, OTHER_KEY, PAYLOAD, Bench, mac_of
from commshub import wire
from commshub.authority import ACCEPTED, REFUSED, REPEATED
from commshub.keystore import BLOCK
from hub_bench import BOOT_ID, UNIQUE_ID

END = wire.COUNTER_END
GUARDED = list(wire.GUARDED)


@pytest.fixture
def bench() -> Bench:
    """One with a key; no counter has been used."""
    return Bench()


def examine(bench: Bench, counter: int = 1, **signed: Any) -> int:
    """What becomes of the frame (counter, SET_POLICY, PAYLOAD) signed otherwise."""
    mac = mac_of(counter, **signed)
    return bench.authority.examine(counter, wire.SET_POLICY, mac, PAYLOAD)


# Accepted.


@pytest.mark.parametrize("kind", GUARDED)
def test_each_guarded_command_is_accepted_with_its_mac(bench: Bench, kind: int) -> None:
    assert bench.send(1, kind) == ACCEPTED


def test_counters_may_leave_numbers_out(bench: Bench) -> None:
    assert [bench.send(counter) for counter in (1, 2, 7, 5000)] == [ACCEPTED] * 4


def test_command_without_a_payload_is_accepted(bench: Bench) -> None:
    assert bench.send(1, wire.RESET, b"") == ACCEPTED


# Refused, each for one difference.


@pytest.mark.parametrize(
    "signed",
    [
        {"key": OTHER_KEY},
        {"boot_id": BOOT_ID + 1},
        {"unique_id": bytes(reversed(UNIQUE_ID))},
        {"kind": wire.RESET},
        {"payload": b"another one"},
        {"payload": b""},
    ],
)
def test_frame_signed_for_anything_else_is_refused(bench: Bench, signed: dict[str, Any]) -> None:
    assert examine(bench, **signed) == REFUSED
    assert bench.authority.reason.startswith("the MAC is wrong")


def test_frame_signed_for_another_counter_is_refused(bench: Bench) -> None:
    assert bench.authority.examine(2, wire.SET_POLICY, mac_of(1), PAYLOAD) == REFUSED


@pytest.mark.parametrize("bit", range(0, 8 * len(PAYLOAD)))
def test_frame_with_one_bit_of_its_payload_flipped_is_refused(bench: Bench, bit: int) -> None:
    flipped = bytearray(PAYLOAD)
    flipped[bit // 8] ^= 1 << bit % 8
    assert bench.authority.examine(1, wire.SET_POLICY, mac_of(1), flipped) == REFUSED


@pytest.mark.parametrize("bit", range(256))
def test_frame_with_one_bit_of_its_mac_flipped_is_refused(bench: Bench, bit: int) -> None:
    mac = bytearray(mac_of(1))
    mac[bit // 8] ^= 1 << bit % 8
    assert bench.authority.examine(1, wire.SET_POLICY, bytes(mac), PAYLOAD) == REFUSED


def test_frame_of_a_kind_that_needs_no_authority_is_refused(bench: Bench) -> None:
    assert bench.send(1, wire.HAN_ALERT) == REFUSED
    assert bench.authority.reason == "frames of kind 0x02 need no authority: send it plain"


def test_authorised_frame_inside_another_is_refused(bench: Bench) -> None:
    assert bench.send(1, wire.AUTHORISED) == REFUSED


# Counters.


@pytest.mark.parametrize("counter", [0, 1, 6, 7])
def test_counter_that_is_not_above_the_last_is_refused(bench: Bench, counter: int) -> None:
    bench.send(1)
    bench.send(7, payload=b"the last")
    assert bench.send(counter) == REFUSED
    assert bench.authority.reason == f"counter {counter} is not above 7"


def test_last_accepted_frame_is_known_when_it_comes_again(bench: Bench) -> None:
    bench.send(1)
    bench.authority.answer = "why"
    assert bench.send(1) == REPEATED
    assert bench.authority.answer == "why"


def test_frame_before_the_last_is_refused_when_it_comes_again(bench: Bench) -> None:
    bench.send(1)
    bench.send(2)
    assert bench.send(1) == REFUSED


def test_last_frame_is_still_known_after_others_were_refused(bench: Bench) -> None:
    bench.send(1)
    examine(bench, 2, key=OTHER_KEY)
    assert bench.send(1) == REPEATED


def test_last_counter_with_another_mac_is_refused(bench: Bench) -> None:
    bench.send(1)
    assert bench.send(1, payload=b"something else") == REFUSED


def test_refused_frame_uses_no_counter_up(bench: Bench) -> None:
    examine(bench, END, key=OTHER_KEY)
    assert bench.send(1) == ACCEPTED


def test_wrong_key_ten_thousand_times_does_not_lock_the_right_one_out(bench: Bench) -> None:
    for counter in range(1, 10_001):
        assert examine(bench, counter, key=OTHER_KEY) == REFUSED
    assert (bench.authority.refused, bench.writes) == (10_000, 0)
    assert bench.send(1) == ACCEPTED


def test_last_counter_of_all_is_accepted_and_then_the_end_is_told(bench: Bench) -> None:
    assert bench.send(END) == ACCEPTED
    assert bench.send(END, payload=b"another") == REFUSED
    told = bench.authority.reason
    assert told.startswith("counters have come to their end, 4294967295: erase the key")
    assert bench.boot(BOOT_ID + 1).send(END) == REFUSED
    assert bench.authority.reason == told


# Over restarts.


def test_accepted_counter_is_refused_after_a_restart(bench: Bench) -> None:
    bench.send(1)
    bench.boot()  # a boot_id that comes again, by chance
    assert bench.send(1) == REFUSED
    assert bench.authority.reason == f"counter 1 is not above {BLOCK}"


def test_restart_tells_the_end_of_what_was_reserved(bench: Bench) -> None:
    bench.send(1)
    assert bench.authority.counter == 1
    assert bench.boot().authority.counter == BLOCK
    assert bench.send(BLOCK) == REFUSED
    assert bench.send(BLOCK + 1) == ACCEPTED


def test_counters_go_on_over_restarts_and_never_come_again(bench: Bench) -> None:
    accepted = []
    for boot in range(20):
        bench.boot(BOOT_ID + boot % 3)
        for counter in range(bench.authority.counter + 1, bench.authority.counter + 4):
            assert bench.send(counter) == ACCEPTED
            accepted.append(counter)
    assert accepted == sorted(set(accepted))


def test_block_of_counters_costs_one_write(bench: Bench) -> None:
    for counter in range(1, BLOCK + 1):
        bench.send(counter)
    assert bench.writes == 1
    bench.send(BLOCK + 1)
    assert bench.writes == 2


def test_power_cut_between_reservation_and_command_uses_the_counter_up(bench: Bench) -> None:
    bench.send(1)  # and the power fails before the command is done
    bench.boot(BOOT_ID + 1)
    assert bench.send(1) == REFUSED


def test_counter_that_cannot_be_kept_is_refused_and_not_used_up(bench: Bench) -> None:
    bench.file.is_full = True
    assert bench.send(1) == REFUSED
    assert bench.authority.reason.startswith("the counter cannot be kept: OSError")
    bench.file.is_full = False
    assert bench.send(1) == ACCEPTED


# Without a key, and with what was one.


def test_hub_without_a_key_takes_plain_and_refuses_authorised() -> None:
    bench = Bench(key=None)
    assert bench.authority.keyed == wire.KEYED_NONE
    assert bench.authority.takes_plain()
    assert bench.send(1) == REFUSED
    assert bench.authority.reason == "the hub has no key: send it plain"


def test_hub_with_a_key_takes_none_of_the_guarded_plain(bench: Bench) -> None:
    assert bench.authority.keyed == wire.KEYED_SET
    assert not bench.authority.takes_plain()
    assert bench.authority.reason.startswith("the hub has a key: ")
    assert bench.authority.refused == 1


def test_damaged_key_takes_neither_plain_nor_authorised(bench: Bench) -> None:
    bench.file.flip()
    bench.boot()
    assert bench.authority.keyed == wire.KEYED_DAMAGED
    assert not bench.authority.takes_plain()
    assert bench.send(BLOCK + 1) == REFUSED
    assert "damaged" in bench.authority.reason


# Setting keys.


@pytest.mark.parametrize("key", [b"", bytes(32), KEY[:31], KEY + b"\x00"])
def test_what_is_no_key_is_not_set(key: bytes) -> None:
    bench = Bench(key=None)
    assert bench.authority.set_key(key) == "a key is 32 bytes that are not all zeros"
    assert (bench.authority.keyed, bench.writes) == (wire.KEYED_NONE, 0)


def test_key_that_cannot_be_kept_is_not_set() -> None:
    bench = Bench(key=None)
    bench.file.is_full = True
    assert bench.authority.set_key(KEY).startswith("the key cannot be kept: OSError")
    assert bench.authority.keyed == wire.KEYED_NONE and bench.authority.takes_plain()


def test_changed_key_is_the_one_that_counts_and_counters_go_on(bench: Bench) -> None:
    bench.send(1)
    assert bench.authority.set_key(OTHER_KEY) == ""
    assert bench.send(2) == REFUSED
    assert examine(bench, 1, key=OTHER_KEY) == REFUSED
    assert examine(bench, 2, key=OTHER_KEY) == ACCEPTED


def test_key_that_comes_back_does_not_bring_its_old_frames_back(bench: Bench) -> None:
    bench.send(1)
    bench.authority.set_key(OTHER_KEY)
    bench.authority.set_key(KEY)
    bench.send(2, payload=b"in between")
    assert bench.send(1) == REFUSED


def test_change_of_key_keeps_what_was_reserved(bench: Bench) -> None:
    bench.send(1)
    bench.authority.set_key(OTHER_KEY)
    assert bench.boot().authority.counter == BLOCK


# Telling.


def test_refusals_are_told_ever_more_rarely(bench: Bench) -> None:
    told = []
    for count in range(1, 1025):
        examine(bench, key=OTHER_KEY)
        if bench.authority.is_to_be_told():
            told.append(count)
    assert told == [2**power for power in range(11)]
