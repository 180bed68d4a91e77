"""What of a hub's alerts is pending or lost at a reset, from its counters and the ledger."""

from collections.abc import Iterator

import pytest

from hub_bench import PASSES, message
from stormbench.compare.hub_terms import HubTerms, hub_terms
from stormbench.hub.open import opened_hub
from stormbench.link.client import HubClient
from stormbench.policy_file import frame_values
from throttle_bench import make_policy

SUPPRESSED = 5


@pytest.fixture
def client() -> Iterator[HubClient]:
    """Of a hub with one overloaded key, of which some alerts wait to be told."""
    with opened_hub("sim") as client:
        client.set_policy(frame_values(make_policy()))
        client.use_hosts_clock(0)
        for counter in range(1, PASSES + 2 + SUPPRESSED):
            client.alert(0, message(counter))
        yield client


def miscount(monkeypatch: pytest.MonkeyPatch, client: HubClient, name: str, by: int) -> None:
    """From now on one of the hub's counters is wrong by so much."""
    counters = client.counters()
    monkeypatch.setattr(client, "counters", lambda: {**counters, name: counters[name] + by})


def test_what_is_suppressed_and_not_told_is_pending(client: HubClient) -> None:
    assert hub_terms(client) == HubTerms(pending=SUPPRESSED, gave_way=0, lost_at_reset=0)


def test_what_is_told_is_not_pending(client: HubClient) -> None:
    client.advance(600_000)
    assert hub_terms(client) == HubTerms(pending=0, gave_way=0, lost_at_reset=0)


def test_hubs_counters_count_pending(client: HubClient, monkeypatch: pytest.MonkeyPatch) -> None:
    miscount(monkeypatch, client, "unreported", 1)
    assert hub_terms(client) == HubTerms(pending=SUPPRESSED + 1, gave_way=0, lost_at_reset=0)


def test_suppressed_counter_that_is_wrong_does_not_cancel_out(
    client: HubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    miscount(monkeypatch, client, "suppressed", -1)
    assert hub_terms(client) == HubTerms(pending=SUPPRESSED, gave_way=0, lost_at_reset=1)


def test_ledger_of_verdicts_counts_lost_at_reset(client: HubClient) -> None:
    client.ledger.on_verdict("SUPPRESS")
    assert hub_terms(client) == HubTerms(pending=SUPPRESSED, gave_way=0, lost_at_reset=1)


def test_counts_that_gave_way_are_counted(
    client: HubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    miscount(monkeypatch, client, "counts_lost", 1)
    assert hub_terms(client).gave_way == 1
