"""A client whose counters begin at 0, on a conversation that goes on."""

from inject_bench import client as client
from stormbench.inject.plan import even_storm
from stormbench.link.client import HubClient
from stormbench.pytest_plugin.hub_view import CleanHub

SHOTS = even_storm(0x8F3E, 50, 40)


def send(client: HubClient) -> None:
    """Forty alerts, of which some are suppressed."""
    for shot in SHOTS:
        client.submit(0, shot.message)
    client.settle()


def damage(client: HubClient, frames: int) -> None:
    """Send what is no frame."""
    client.port.write(b"\x05no frame\x00" * frames)


def test_counters_begin_at_0_and_go_on(client: HubClient) -> None:
    send(client)
    clean = CleanHub(client)
    assert clean.counters()["received"] == 0 < client.counters()["received"]
    send(client)
    assert clean.counters()["received"] == len(SHOTS)


def test_what_is_no_count_is_as_the_hub_has_it(client: HubClient) -> None:
    send(client)
    clean, of_hub = CleanHub(client), client.counters()
    for name in ("boot_id", "queued", "unreported", "counts_owed"):
        assert clean.counters()[name] == of_hub[name]
    assert of_hub["unreported"] > 0


def test_counters_of_a_boot_are_since_the_boot_where_the_hub_restarts(client: HubClient) -> None:
    damage(client, 5)
    clean = CleanHub(client)
    assert clean.counters()["frames_damaged"] == 0
    client.power_cut()
    damage(client, 2)
    assert clean.counters()["frames_damaged"] == 2


def test_counters_of_a_life_go_on_where_the_hub_restarts(client: HubClient) -> None:
    send(client)
    client.listen(600_000)  # it saves
    clean = CleanHub(client)
    client.power_cut()
    send(client)
    assert clean.counters()["received"] == len(SHOTS)


def test_all_else_is_the_same_hub(client: HubClient) -> None:
    clean = CleanHub(client)
    clean.set_policy({**clean.policy(), "red_threshold": 30})
    assert client.policy()["red_threshold"] == 30
    assert clean.port is client.port and clean.hello == client.hello
