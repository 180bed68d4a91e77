"""How a hub gets its key: at no moment has a hub a key that nobody keeps."""

from pathlib import Path

import pytest

from authority_bench import KEY, OTHER_KEY
from stormbench.errors import HostToolError, LinkLost
from stormbench.hub.sim import SimPort
from stormbench.keys.authority import NoAuthority
from stormbench.keys.custody import change, set_first
from stormbench.keys.keyring import HubKey, Keyring
from stormbench.link.client import HubClient, HubRefused

THIRD_KEY = bytes(range(3, 35))


class Wire:
    """A hub on `sim`, met by a client whose answers may get lost."""

    def __init__(self, folder: Path) -> None:
        self.keyring = Keyring(folder / "keys.json")
        self.client = HubClient(SimPort(), self.keyring)
        self.unique_id = self.client.hello.unique_id
        self.loses_command = self.loses_answer = self.refuses = False

    def send(self, key: bytes, signed_by: bytes | None) -> None:
        if self.refuses:
            raise HubRefused("the key cannot be kept")
        if self.loses_command:
            raise LinkLost("before the hub read it")
        self.client.set_key(key, signed_by)
        if self.loses_answer:
            raise LinkLost("before the answer was read")

    def first(self, key: bytes) -> None:
        set_first(self.unique_id, key, self.keyring, self.send, HubRefused)

    def change(self, key: bytes) -> bytes:
        return change(self.unique_id, key, self.keyring, self.send, HubRefused)

    def kept(self) -> HubKey | None:
        return self.keyring.find(self.unique_id)

    def obeys(self) -> bool:
        """Whether the hub takes a command with what the keyring has."""
        try:
            self.client.set_capacity(4, 4)
        except HostToolError:
            return False
        return True


@pytest.fixture
def wire(tmp_path: Path) -> Wire:
    """A hub without a key."""
    return Wire(tmp_path)


def test_hub_and_keyring_have_the_first_key(wire: Wire) -> None:
    wire.first(KEY)
    assert (wire.client.hello.key, wire.kept(), wire.obeys()) == ("set", HubKey(KEY), True)


def test_key_is_kept_before_it_is_sent(wire: Wire) -> None:
    wire.loses_command = True
    with pytest.raises(LinkLost):
        wire.first(KEY)
    assert wire.kept() == HubKey(KEY)


def test_first_key_whose_answer_is_lost_is_kept(wire: Wire) -> None:
    wire.loses_answer = True
    with pytest.raises(LinkLost):
        wire.first(KEY)
    assert wire.obeys()


@pytest.mark.parametrize("before", [None, HubKey(KEY)])
def test_first_key_that_is_refused_leaves_the_keyring_as_it_was(
    wire: Wire, before: HubKey | None
) -> None:
    if before is not None:
        wire.keyring.put(wire.unique_id, before)
    wire.refuses = True
    with pytest.raises(HubRefused):
        wire.first(OTHER_KEY)
    assert wire.kept() == before


def test_changed_key_is_the_hubs_and_the_keyrings(wire: Wire) -> None:
    wire.first(KEY)
    assert wire.change(OTHER_KEY) == OTHER_KEY
    assert (wire.kept(), wire.obeys()) == (HubKey(OTHER_KEY), True)


@pytest.mark.parametrize("part", ["loses_command", "loses_answer"])
def test_change_that_was_cut_off_is_finished_by_another_call(wire: Wire, part: str) -> None:
    wire.first(KEY)
    setattr(wire, part, True)
    with pytest.raises(LinkLost):
        wire.change(OTHER_KEY)
    assert wire.kept() == HubKey(KEY, OTHER_KEY)
    setattr(wire, part, False)
    assert wire.change(THIRD_KEY) == OTHER_KEY
    assert (wire.kept(), wire.obeys()) == (HubKey(OTHER_KEY), True)


def test_change_that_is_refused_leaves_the_keyring_as_it_was(wire: Wire) -> None:
    wire.first(KEY)
    wire.refuses = True
    with pytest.raises(HubRefused):
        wire.change(OTHER_KEY)
    assert (wire.kept(), wire.obeys()) == (HubKey(KEY), True)


def test_change_without_the_key_is_not_tried(wire: Wire) -> None:
    wire.first(KEY)
    wire.keyring.forget(wire.unique_id)
    with pytest.raises(NoAuthority, match="has no key for 0000000000000000"):
        wire.change(OTHER_KEY)
