"""Faults in the link of a hub that is open already, and gone at the end."""

import pytest

from inject_bench import client as client
from stormbench.errors import InvalidInput
from stormbench.faults.faulty_port import FaultyPort
from stormbench.faults.plan import FaultPlan
from stormbench.hub.open import Faults, with_faults
from stormbench.link.client import HubClient


def faults(**fields: int) -> Faults:
    """These, from seed 7."""
    return Faults(FaultPlan.model_validate(fields), seed=7)


def test_link_has_them_up_to_the_end_and_not_longer(client: HubClient) -> None:
    port = client.port
    with with_faults(client, faults(resets=1, frames=1)):
        faulty = client.port
        client.policy()
    assert isinstance(faulty, FaultyPort) and faulty.counts.fired("reset") == 1
    assert client.port is port
    client.policy()


def test_they_are_drawn_from_the_seed(client: HubClient) -> None:
    def struck(seed: int) -> dict[str, int]:
        with with_faults(client, Faults(FaultPlan(duplicate=0.3, delay=0.3), seed)):
            faulty = client.port
            for _ in range(40):
                client.policy()
        assert isinstance(faulty, FaultyPort)
        return faulty.counts.struck()

    assert struck(7) == struck(7) != struck(8)


def test_without_any_the_port_stays(client: HubClient) -> None:
    port = client.port
    with with_faults(client, None):
        assert client.port is port


def test_port_is_the_old_one_where_it_ends_by_an_error(client: HubClient) -> None:
    port = client.port
    with pytest.raises(RuntimeError), with_faults(client, faults()):
        raise RuntimeError
    assert client.port is port


def test_power_cut_that_waits_for_a_save_does_not_strike_later(client: HubClient) -> None:
    boot_id = client.hello.boot_id
    with with_faults(client, faults(resets_in_save=1, frames=1)):
        client.policy()
        assert client.hello.boot_id == boot_id
    boot_id = client.hello.boot_id
    client.set_policy({**client.policy(), "red_threshold": 30})  # which is saved
    client.listen(600_000)
    assert client.counters()["saves"] > 0 and client.hello.boot_id == boot_id


def test_resets_of_a_hub_whose_power_cannot_be_cut_are_refused(client: HubClient) -> None:
    class NoSwitch:
        """A port with nothing besides."""

        name = "board"

    with (
        client.over(NoSwitch()),  # type: ignore[arg-type]
        pytest.raises(InvalidInput, match="whose power can be cut"),
        with_faults(client, faults(resets=1)),
    ):
        pass
