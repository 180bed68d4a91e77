"""The client of a hub with a key: it signs what must be signed, or says why it cannot."""

from pathlib import Path

import pytest

from authority_bench import KEY, OTHER_KEY
from commshub.keystore import BLOCK
from hubwire.frames import COUNTER_END
from stormbench.errors import HostToolError
from stormbench.hub.sim import SimPort
from stormbench.keys.authority import Authority, Boot, NoAuthority
from stormbench.keys.keyring import HubKey, Keyring
from stormbench.keys.signer import CounterEnded, Signer
from stormbench.link.client import HubClient, HubRefused

UNIQUE_ID = "00" * 8


class Heard(SimPort):
    """A hub in process, whose every byte is kept."""

    def __init__(self) -> None:
        self.heard = b""
        super().__init__()

    def read(self, timeout_ms: int) -> bytes:
        said = super().read(timeout_ms)
        self.heard += said
        return said


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    """One with the key for hubs in process."""
    keyring = Keyring(tmp_path / "keys.json")
    keyring.put(UNIQUE_ID, HubKey(KEY))
    return keyring


@pytest.fixture
def port() -> Heard:
    """A hub with a key."""
    port = Heard()
    HubClient(port).set_key(KEY)
    return port


def test_client_says_what_the_hub_is(port: Heard, keyring: Keyring) -> None:
    without = HubClient(SimPort(), keyring).hello
    assert (without.keyed, without.key, without.counter) == (False, "none", 0)
    with_key = HubClient(port, keyring).hello
    assert (with_key.keyed, with_key.key, with_key.counter) == (True, "set", 0)


def test_commands_are_signed_and_everything_else_is_not(port: Heard, keyring: Keyring) -> None:
    client = HubClient(port, keyring)
    client.set_capacity(3, 5)
    client.use_hosts_clock(0)
    client.advance(5)
    client.set_policy(client.policy())
    counters = client.counters()
    assert (counters["refused_authority"], counters["frames_refused"]) == (0, 0)


def test_another_client_goes_on_above_the_counters_of_the_one_before(
    port: Heard, keyring: Keyring
) -> None:
    for counter in range(3):
        client = HubClient(port, keyring)
        assert client.hello.counter == counter
        client.set_capacity(4, 4)


def test_client_goes_on_after_a_reset_of_the_hub(port: Heard, keyring: Keyring) -> None:
    client = HubClient(port, keyring)
    boot_id = client.hello.boot_id
    client.reset()
    again = HubClient(port, keyring)
    assert again.hello.boot_id != boot_id
    assert again.hello.counter == BLOCK
    again.set_capacity(4, 4)


def test_hub_that_left_for_the_repl_answers_no_more(port: Heard, keyring: Keyring) -> None:
    HubClient(port, keyring).enter_repl()
    port.write(b"\x00" * 64)
    assert port.read(0) == b""


def test_without_the_key_nothing_is_sent_and_the_next_step_is_told(
    port: Heard, tmp_path: Path
) -> None:
    client = HubClient(port, Keyring(tmp_path / "none.json"))
    with pytest.raises(NoAuthority, match=r"none\.json has none for its id 0000000000000000: "):
        client.set_capacity(4, 4)
    assert client.counters()["refused_authority"] == 0


def test_hub_without_a_key_needs_no_keyring(tmp_path: Path) -> None:
    broken = tmp_path / "keys.json"
    broken.mkdir()
    HubClient(SimPort(), Keyring(broken)).set_capacity(4, 4)


def test_wrong_key_is_refused_by_the_hub_with_the_fingerprint(
    port: Heard, keyring: Keyring
) -> None:
    keyring.put(UNIQUE_ID, HubKey(OTHER_KEY))
    with pytest.raises(
        HubRefused, match=r"refused SetCapacity: the MAC is wrong.*has key [0-9A-F]{8}"
    ):
        HubClient(port, keyring).set_capacity(4, 4)


def test_change_of_key_that_was_cut_off_is_told(port: Heard, keyring: Keyring) -> None:
    keyring.put(UNIQUE_ID, HubKey(OTHER_KEY, KEY))
    with pytest.raises(HubRefused, match="key change --hub sim` finishes it"):
        HubClient(port, keyring).set_capacity(4, 4)


def test_hub_whose_key_is_damaged_is_sent_nothing(keyring: Keyring) -> None:
    authority = Authority("x", Boot(1, bytes(8), keyed=2, counter=0), keyring)
    with pytest.raises(NoAuthority, match="damaged, so it obeys nobody: hold its recovery pin"):
        authority.frame("SetCapacity", {"devices": 1, "keys": 1})


def test_counter_after_the_last_is_not_sent() -> None:
    signer = Signer(1, bytes(8), COUNTER_END - 1)
    assert signer.sealed(KEY, "Reset", {})["counter"] == COUNTER_END
    with pytest.raises(CounterEnded, match="come to their end, 4294967295"):
        signer.sealed(KEY, "Reset", {})


def test_no_error_and_no_byte_of_the_hub_holds_the_key(port: Heard, keyring: Keyring) -> None:
    client = HubClient(port, keyring)
    client.set_policy(client.policy())
    errors = []
    for key in (OTHER_KEY, KEY):
        keyring.put(UNIQUE_ID, HubKey(key, OTHER_KEY))
        try:
            client.set_capacity(2000, 2000)
        except HostToolError as error:
            errors.append(str(error))
    assert len(errors) == 2
    told = "".join(errors).lower()
    for key in (KEY, OTHER_KEY):
        assert key[:8].hex() not in told and key[:8] not in port.heard
