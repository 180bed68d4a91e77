"""The bench: alerts of the lengths that it names, outcomes that are what it says."""

from itertools import islice

import pytest

from hubwire.gbcs import decode
from stormbench.bench.alerts import SIZES, alerts_of, code_at
from stormbench.bench.limits import limits, wire_bytes
from stormbench.bench.link_figures import Effort, measure_link
from stormbench.bench.outcomes import VERDICT_OF
from stormbench.bench.path import measure_path
from stormbench.bench.rate import Rate, measure_rate
from stormbench.bench.spread import spread
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
    effort = Effort([69, 85], 100, 5, 100)
    found = measure_link(client, effort, lambda: steps.append(1))
    rates = {f"{outcome}_alerts_per_s": 800.0 for outcome in VERDICT_OF}
    assert found.items() >= rates.items()
    assert found["by_size"]["69"].items() >= rates.items()
    assert {**found, **found["by_size"]["85"]} == found
    assert len(steps) == effort.link_steps() == 10


def test_path_of_one_alert_is_from_its_bytes_to_its_verdict(client):
    assert measure_path(client, "forwarded", 85, 5) == [US_PER_ALERT] * 5


def test_path_under_load_is_told_of_every_alert(client):
    rate = measure_rate(client, "suppressed", 85, 100)
    assert len(rate.paths_us) == 100 and min(rate.paths_us) >= 0


def test_spread_is_the_middle_the_one_in_a_hundred_and_the_longest():
    assert spread(list(range(101))) == {"p50": 50, "p99": 99, "max": 100}


def test_usb_carries_what_its_packets_of_a_millisecond_do():
    cost = wire_bytes("forwarded", next(alerts_of(85)))
    found = limits("usb_endpoint", "forwarded", next(alerts_of(85)))
    assert cost.to_hub == 112 and cost.from_hub > 124
    assert found == {"usb_full_speed": int(1_216_000 / (cost.to_hub + cost.from_hub))}


def test_repl_port_is_bound_by_its_reading_too():
    message = next(alerts_of(85))
    assert limits("usb_repl", "suppressed", message)["repl_reading"] == int(1e6 / (7.9 * 112))


def test_uart_is_bound_by_the_direction_that_has_more_to_carry():
    message = next(alerts_of(85))
    from_hub = wire_bytes("forwarded", message).from_hub
    assert limits("uart", "suppressed", message) == {"uart_921600": 92_160 // 112}
    assert limits("uart", "forwarded", message) == {"uart_921600": int(92_160 / from_hub)}


def test_nothing_bounds_what_is_no_board():
    assert limits("stdio", "forwarded", next(alerts_of(85))) == {}


def test_alert_code_is_found_in_a_message():
    message = next(alerts_of(85))
    at = code_at(85, message)
    assert message[at : at + 2].hex().upper() == "810E"
