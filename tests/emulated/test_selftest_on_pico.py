"""A selftest on the emulated Pico: what the board knew before, it knows after, Ctrl-C or not."""

from collections.abc import Iterator

import pytest

from stormbench.hub.open import opened_hub
from stormbench.keys.keyring import PATH_VARIABLE, HubKey, Keyring
from stormbench.link.board_session import probed
from stormbench.link.client import HubClient
from stormbench.policies.in_force import changes, policy_in_force, push
from stormbench.policies.shipped import policy_path
from stormbench.policy_file import read_policy
from stormbench.replay.run import message_of
from stormbench.replay.trace_file import Row
from stormbench.selftest import PROBES
from stormbench.selftest.run import selftest

KEY = bytes(range(1, 33))
CAUTIOUS = read_policy(policy_path("tamper_cautious"))
ROW = Row(0, bytes.fromhex("00DB123456780001"), bytes.fromhex("90B3D51F30010000"), 0x8154)
ALERTS = 3


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubClient]:
    """Of a hub with a key, a policy of its own, and alerts that no save has yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PATH_VARIABLE, str(tmp_path_factory.mktemp("keys") / "keys.json"))
        with opened_hub("emulated") as client:
            client.set_key(KEY)
            Keyring().put(client.hello.unique_id, HubKey(KEY))
            push(client, CAUTIOUS)
            for counter in range(ALERTS):
                client.alert(0, message_of(ROW, counter + 1))
            yield client


def is_as_it_was(client: HubClient) -> bool:
    counters = client.counters()
    return (
        client.hello.key == "set"
        and not changes(CAUTIOUS, policy_in_force(client))
        and (counters["received"], counters["passed"]) == (ALERTS, ALERTS)
    )


def test_board_of_a_keyed_hub_is_all_ok_and_as_it_was(client: HubClient) -> None:
    made = selftest(client, "emulated", is_emulated=True)
    assert not made.has_failed, [each for each in made.checks if each.status.value == "fail"]
    assert (made.hello.board, made.hello.transport) == ("COMMS_HUB_PICO", "usb_endpoint")
    assert is_as_it_was(client)


def test_ctrl_c_in_the_middle_of_a_write_leaves_no_file_and_a_hub(client: HubClient) -> None:
    boot_id = client.hello.boot_id
    with pytest.raises(KeyboardInterrupt), probed(client, PROBES) as session:
        session.start("flash", bytes(235), 1_000)
        session.port.pass_ms(300)
        raise KeyboardInterrupt
    client.await_restart(boot_id)
    assert is_as_it_was(client)
    with probed(client, PROBES) as session:
        listed = session.repl.run("import os; print(sorted(os.listdir()))", 1_000)
    assert listed.strip() == str(["commshub.key", "commshub.save"])
