"""Each thing that goes wrong with a link ends in a working one, or in one sentence."""

from collections.abc import Iterator

import pytest

from hubwire.framing import Frame, Receiver
from link_faults_catalogue import LINK_FAULTS, REPLS, HubInTrouble, LinkFault, ReplPort
from stormbench.compare.hub_terms import HubTerms, hub_terms
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient
from stormbench.link.stream import ReplAnswers

LONGEST_MS = 10_000
AFTER = 4  # alerts

each_fault = pytest.mark.parametrize("fault", LINK_FAULTS, ids=lambda fault: fault.name)


@pytest.fixture
def hub() -> Iterator[HubInTrouble]:
    """A hub that has already judged some alerts."""
    hub = HubInTrouble(SimPort())
    for _ in range(3):
        hub.alert()
    yield hub
    hub.client.close()


@each_fault
def test_alert_after_the_fault_is_judged_soon(hub: HubInTrouble, fault: LinkFault) -> None:
    assert hub.strike_and_recover(fault) <= LONGEST_MS


@each_fault
def test_every_message_goes_north_once_and_in_order(hub: HubInTrouble, fault: LinkFault) -> None:
    hub.strike_and_recover(fault)
    for _ in range(AFTER):
        hub.submit()
    hub.settle()
    assert hub.messages_north() == hub.sent


@each_fault
def test_ledger_and_counters_agree_that_nothing_is_lost(
    hub: HubInTrouble, fault: LinkFault
) -> None:
    hub.strike_and_recover(fault)
    hub.settle()
    assert hub.client.ledger.verdicts == {"PASS": len(hub.sent)}
    assert hub_terms(hub.client) == HubTerms(pending=0, gave_way=0, lost_at_reset=0)
    assert hub.client.ledger.on_the_way == hub.client.counters()["queued"] == 0


@each_fault
def test_hub_restarts_only_where_its_power_was_cut(hub: HubInTrouble, fault: LinkFault) -> None:
    hub.strike_and_recover(fault)
    assert hub.client.ledger.restarts == fault.restarts


@pytest.mark.parametrize("says", REPLS.values(), ids=REPLS)
def test_repl_in_place_of_the_firmware_ends_in_one_sentence(says: bytes | None) -> None:
    with pytest.raises(ReplAnswers, match="REPL answers in place of the hub's firmware"):
        HubClient(ReplPort(says))


@pytest.mark.parametrize("says", REPLS.values(), ids=REPLS)
def test_repl_is_sent_nothing_but_delimiters_and_greetings(says: bytes | None) -> None:
    port = ReplPort(says)
    with pytest.raises(ReplAnswers):
        HubClient(port)
    frames = list(Receiver().feed(b"".join(port.written)))
    assert [frame.name for frame in frames if isinstance(frame, Frame)] == ["HelloRequest"]
    assert len(frames) == 1  # and no damage
