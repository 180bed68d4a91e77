"""The bench: alerts of the lengths that it names, outcomes that are what it says."""

from itertools import islice

import pytest

from hubwire.gbcs import decode
from stormbench.bench.alerts import SIZES, alerts_of
from stormbench.bench.outcomes import VERDICT_OF
from stormbench.bench.rate import Rate, measure_rate
from stormbench.bench.run import measure
from stormbench.errors import HostToolError
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient

US_PER_ALERT = 1_250


class TickingClient(HubClient):
    """A client whose time is the number of its alerts."""

    sent = 0

    def submit(self, at_ms, message):
        self.sent += 1
        return super().submit(at_ms, message)

    def now_us(self):
        return self.sent * US_PER_ALERT


@pytest.fixture
def client():
    return TickingClient(SimPort())


@pytest.mark.parametrize("size", SIZES)
def test_alerts_have_the_length_that_is_asked_for_and_are_all_different(size):
    messages = list(islice(alerts_of(size), 300))
    assert {len(message) for message in messages} == {size}
    assert len({decode(message).originator_counter for message in messages}) == 300


def test_alerts_of_a_length_are_of_one_key():
    alerts = [decode(message) for message in islice(alerts_of(124), 3)]
    assert len({(each.originator, each.target, each.alert_code) for each in alerts}) == 1


@pytest.mark.parametrize("outcome", VERDICT_OF)
def test_rate_is_of_alerts_with_the_outcome_that_it_is_for(client, outcome):
    assert measure_rate(client, outcome, 85, 150) == Rate(150, 150 * US_PER_ALERT, 0)
    assert client.ledger.verdicts[VERDICT_OF[outcome]] >= 150


def test_alerts_with_another_outcome_are_an_error(client, mocker):
    mocker.patch.dict("stormbench.bench.rate.VERDICT_OF", {"suppressed": "PASS"})
    with pytest.raises(HostToolError, match=r"to be suppressed, and 150 were not"):
        measure_rate(client, "suppressed", 85, 150)


def test_figures_of_the_usual_length_stand_at_the_top_too(client):
    steps = []
    found = measure(client, [69, 85], 100, lambda: steps.append(1))
    rates = {f"{outcome}_alerts_per_s": 800.0 for outcome in VERDICT_OF}
    assert found == {
        "transport": client.hello.transport,
        "alerts": 100,
        **rates,
        "by_size": {"69": rates, "85": rates},
    }
    assert len(steps) == 6
