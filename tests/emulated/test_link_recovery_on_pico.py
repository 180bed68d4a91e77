"""What goes wrong with a link as a whole, done to the real image: it ends in a working link."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from hubwire.framing import Frame, Receiver
from link_faults_catalogue import LINK_FAULTS, HubInTrouble, LinkFault, TalkedOver
from stormbench.compare.hub_terms import HubTerms, hub_terms
from stormbench.emulator import EmulatedPort
from stormbench.errors import LinkLost
from stormbench.hub.emulated import open_emulated
from stormbench.link.client import HubClient
from stormbench.link.stream import ReplAnswers

LONGEST_MS = 10_000

# The others are no different on a board than in `property/test_link_recovery_laws.py`, but slower.
USUAL = ("unplugged and plugged in", "power cut in a frame", "ModemManager's AT commands")

each_fault = pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, marks=() if fault.name in USUAL else pytest.mark.soak)
        for fault in LINK_FAULTS
    ],
    ids=lambda fault: fault.name,
)


@pytest.fixture(scope="module")
def hub() -> Iterator[HubInTrouble]:
    """One board, to which all of it is done, one after the other."""
    hub = HubInTrouble(open_emulated(None, hub_id=1))
    yield hub
    hub.port.close()


@each_fault
def test_next_alert_is_through_and_nothing_is_lost(hub: HubInTrouble, fault: LinkFault) -> None:
    restarts = hub.client.ledger.restarts
    assert hub.strike_and_recover(fault) <= LONGEST_MS
    hub.settle()
    assert hub.messages_north() == hub.sent
    assert hub.client.ledger.verdicts == {"PASS": len(hub.sent)}
    assert hub_terms(hub.client) == HubTerms(pending=0, gave_way=0, lost_at_reset=0)
    assert hub.client.ledger.restarts == restarts + fault.restarts


def test_repl_on_the_board_ends_in_one_sentence_and_is_only_greeted(hub: HubInTrouble) -> None:
    """The last one: the board has no hub after it."""
    hub.client.enter_repl()
    with suppress(LinkLost):
        hub.port.read(2_000)
    port = TalkedOver(EmulatedPort(hub.port.pico))  # the REPL is on MicroPython's own
    with pytest.raises(ReplAnswers, match="REPL answers in place of the hub's firmware"):
        HubClient(port)
    frames = list(Receiver().feed(b"".join(port.written)))
    assert all(isinstance(frame, Frame) for frame in frames)
    assert {frame.name for frame in frames if isinstance(frame, Frame)} == {"HelloRequest"}
