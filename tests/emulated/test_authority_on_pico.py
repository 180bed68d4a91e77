"""A hub with a key on the real image: resets, power cuts in its saves, the REPL, and floods."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import raw_repl
from commshub.keystore import BLOCK
from hubwire.framing import Frame, encode, pad
from in_a_copy import in_a_copy
from storm_on_pico import FS_AT, FS_END, StormHub, met, storm_hub
from stormbench.emulator import EmulatedPico
from stormbench.errors import HostToolError
from stormbench.keys.keyring import PATH_VARIABLE, HubKey, Keyring
from stormbench.link.client import HubRefused
from stormbench.policies.in_force import changes, policy_in_force, push
from stormbench.policies.shipped import policy_path
from stormbench.policy_file import read_policy

KEY = bytes(range(1, 33))
OTHER_KEY = bytes(range(2, 34))
S = 1_000_000
MS = 1_000
REFUSED = 50
CUTS = 6
SAVE_US = 80 * MS
"""In which a key is written, with an erase."""
RECOVERY_GPIO = 22
CAUTIOUS = read_policy(policy_path("tamper_cautious"))


@pytest.fixture(scope="module")
def shared_keyring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyring]:
    """The one that every client here looks into."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PATH_VARIABLE, str(tmp_path_factory.mktemp("keys") / "keys.json"))
        yield Keyring()


@pytest.fixture(scope="module")
def bare(shared_keyring: Keyring) -> Iterator[StormHub]:
    """A hub without a key; tests use it in a copy of this process."""
    with storm_hub() as hub:
        yield hub


@pytest.fixture(scope="module")
def keyed(shared_keyring: Keyring) -> Iterator[StormHub]:
    """One with a key; tests use it in a copy of this process."""
    with storm_hub() as hub:
        hub.client.set_key(KEY)
        yield hub


@pytest.fixture
def keyring(shared_keyring: Keyring, bare: StormHub) -> Keyring:
    """It has the key of both, whatever the test before left in it."""
    shared_keyring.put(bare.client.hello.unique_id, HubKey(KEY))
    return shared_keyring


def on_a_copy(test: Callable[..., None]) -> Callable[..., None]:
    """Leaves the hubs of the fixtures as they are: to bring up another takes long."""

    @functools.wraps(test)
    def run(**fixtures: Any) -> None:
        in_a_copy(lambda: test(**fixtures))

    return run


def back_again(pico: EmulatedPico) -> StormHub:
    """The hub on a board that is on its way up."""
    assert pico.run_until(pico.now_us + 10 * S, lambda: pico.is_connected)
    return met(pico)


def after_a_cut(pico: EmulatedPico) -> StormHub:
    pico.power_cut()
    return back_again(pico)


def flash_of(pico: EmulatedPico) -> bytes:
    """Where the file system lies."""
    return bytes(pico._chip.flash[FS_AT:FS_END])


def obeys(hub: StormHub) -> bool:
    try:
        hub.client.set_capacity(2, 4)
    except HostToolError:
        return False
    return True


def boot_of(hub: StormHub) -> int:
    """As frames for it bear it."""
    return hub.client.hello.boot_id & 0xFFFF


# Restarts.


@on_a_copy
def test_key_outlives_power_cuts_and_counters_are_reserved_ahead(
    keyed: StormHub, keyring: Keyring
) -> None:
    hub = after_a_cut(keyed.pico)
    assert (hub.client.hello.key, hub.client.hello.counter) == ("set", 0)
    assert obeys(hub)
    hub = after_a_cut(keyed.pico)
    assert (hub.client.hello.key, hub.client.hello.counter) == ("set", BLOCK)
    assert obeys(hub)


@on_a_copy
def test_policy_is_pushed_with_the_key_and_refused_with_another(
    keyed: StormHub, keyring: Keyring
) -> None:
    push(keyed.client, CAUTIOUS)
    assert not changes(policy_in_force(keyed.client), CAUTIOUS)
    keyring.put(keyed.client.hello.unique_id, HubKey(OTHER_KEY))
    with pytest.raises(HubRefused, match="the MAC is wrong"):
        keyed.client.set_capacity(2, 4)


@on_a_copy
def test_reset_starts_the_board_anew_after_its_answer(keyed: StormHub, keyring: Keyring) -> None:
    boot_id, enumerations = keyed.client.hello.boot_id, keyed.pico.enumerations
    keyed.client.reset()
    assert keyed.pico.enumerations == enumerations + 2  # and for the port of its own
    hello = keyed.client.hello
    assert (hello.start, hello.key, hello.counter) == ("resumed", "set", BLOCK)
    assert hello.boot_id != boot_id


# Power cuts in the writing of a key.


def found_after_a_cut_at(hub: StormHub, frame: bytes, offset_us: int) -> tuple[str, bool, bool]:
    """What Hello says of the key, whether KEY works, and whether the command had been answered."""
    hub.pico.write(frame)
    hub.pico.run_for_us(offset_us)
    is_answered = hub.pico.waiting_bytes() > 0
    again = after_a_cut(hub.pico)
    return again.client.hello.key, obeys(again), is_answered


def cuts_in(hub: StormHub, frame: bytes) -> list[tuple[str, bool, bool]]:
    def at(cut: int) -> tuple[str, bool, bool]:
        return in_a_copy(lambda: found_after_a_cut_at(hub, frame, SAVE_US * cut // CUTS))

    return [at(cut) for cut in range(CUTS + 1)]


def test_power_cut_while_the_first_key_is_set_leaves_none_or_that_key(
    bare: StormHub, keyring: Keyring
) -> None:
    found = cuts_in(bare, pad(encode(Frame("SetKey", 700, {"key": KEY}, boot_of(bare)))))
    for key, does_obey, is_answered in found:
        assert key in ("none", "set") and does_obey
        assert key == "set" or not is_answered
    assert (found[0][0], found[-1][0]) == ("none", "set")


def test_power_cut_while_the_key_is_changed_leaves_the_old_or_the_new(
    keyed: StormHub, keyring: Keyring
) -> None:
    name, values = keyed.client._talk.authority.frame("SetKey", {"key": OTHER_KEY}, KEY)
    found = cuts_in(keyed, pad(encode(Frame(name, 700, values, boot_of(keyed)))))
    assert {key for key, _, _ in found} == {"set"}
    assert [does_obey for _, does_obey, _ in found][0:1] == [True]  # the old key still counts
    assert not found[-1][1]  # and at the end the new one does
    assert not any(does_obey for _, does_obey, is_answered in found if is_answered)


# The REPL.


@on_a_copy
def test_authorised_command_leaves_to_the_repl_where_ctrl_c_works(
    keyed: StormHub, keyring: Keyring
) -> None:
    keyed.client.enter_repl()
    keyed.pico.write(b"\r\n")
    raw_repl.read_until(keyed.pico, b">>> ")
    raw_repl.enter(keyed.pico)
    assert raw_repl.run(keyed.pico, "print(6 * 7)") == b"42\r\n"
    keyed.pico.write(b"while True: pass" + raw_repl.END)
    raw_repl.read_until(keyed.pico, raw_repl.STARTED)
    keyed.pico.write(b"\x03")
    assert b"KeyboardInterrupt" in raw_repl.read_until(keyed.pico, b"\x04>")


@on_a_copy
def test_ctrl_c_at_any_moment_of_the_boot_is_no_way_to_the_repl(
    keyed: StormHub, keyring: Keyring
) -> None:
    pico = keyed.pico
    pico.read()
    pico.power_cut()
    assert pico.run_until(pico.now_us + 10 * S, lambda: pico.is_connected)
    said = b""
    for _ in range(200):
        if pico.is_connected:  # it goes and comes back for the firmware's own port
            pico.write(b"\x03")
        pico.run_for_us(2 * MS)
        said += pico.read()
    assert b">>>" not in said and b"KeyboardInterrupt" not in said
    assert met(pico).client.hello.key == "set"


@on_a_copy
def test_recovery_pin_erases_the_key_and_leaves_to_the_repl(
    keyed: StormHub, keyring: Keyring
) -> None:
    pico = keyed.pico
    pico.power_cut()
    pico.set_pin(RECOVERY_GPIO, False)
    assert pico.run_until(pico.now_us + 10 * S, lambda: pico.is_connected)
    pico.run_for_us(S)
    raw_repl.enter(pico)
    assert raw_repl.run(pico, "import os; print('commshub.key' in os.listdir())") == b"False\r\n"
    pico.power_cut()
    pico.set_pin(RECOVERY_GPIO, None)
    assert back_again(pico).client.hello.key == "none"


# Refused frames.


@on_a_copy
def test_refused_frames_write_nothing_and_stop_no_alert(keyed: StormHub, keyring: Keyring) -> None:
    keyring.put(keyed.client.hello.unique_id, HubKey(OTHER_KEY))
    erases, flash = keyed.pico.flash_erases.total(), flash_of(keyed.pico)
    for _ in range(REFUSED):
        with pytest.raises(HubRefused, match="the MAC is wrong"):
            keyed.client.set_capacity(2, 2)
    assert (keyed.pico.flash_erases.total(), flash_of(keyed.pico)) == (erases, flash)
    verdicts = []
    for _ in range(REFUSED):
        with pytest.raises(HubRefused):
            keyed.client.set_capacity(2, 2)
        verdicts.append(keyed.alert().verdict)
    assert len(verdicts) == REFUSED
    counters = keyed.client.counters()
    assert (counters["received"], counters["refused_authority"]) == (REFUSED, 2 * REFUSED)
