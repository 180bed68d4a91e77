"""A virtual hub's power, cut through the client."""

import pytest

from commshub.policy import Policy
from stormbench.errors import InvalidInput
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient
from stormbench.link.northbound import Notice
from stormbench.policy_file import frame_values
from stormbench.replay.run import message_of
from stormbench.replay.trace_file import Row

METER, SUPPLIER = bytes.fromhex("00DB1234567890A0"), bytes.fromhex("90B3D51F30010000")


def overloaded(**fields: int) -> HubClient:
    """A hub on its own clock: two alerts of 8F3E are suppressed, then 81A0 is overloaded."""
    policy = Policy()
    for name, value in {
        "amber_threshold": 1,
        "red_threshold": 1,
        "code_limit": 0,
        **fields,
    }.items():
        setattr(policy, name, value)
    policy.red_clear_threshold = policy.code_clear_limit = 0
    client = HubClient(SimPort())
    client.set_policy(frame_values(policy))
    for counter, code in enumerate([0x8F3E] * 5 + [0x81A0], 1):
        client.alert(0, message_of(Row(0, METER, SUPPLIER, code), counter))
    return client


def test_hub_is_met_again_as_another_boot_of_the_same_hub() -> None:
    client = overloaded()
    before = client.hello
    client.power_cut()
    assert client.hello.boot_id != before.boot_id
    assert (before.start, client.hello.start) == ("new", "resumed")


def test_what_was_overdue_at_boot_is_handed_out() -> None:
    client = overloaded(flush_ms=1000)
    summary, *_ = client.power_cut()
    assert isinstance(summary, Notice) and summary.report is not None
    assert (summary.event, summary.code, summary.report.throttled_count) == ("SUMMARY", 0x8F3E, 2)


def test_what_is_not_due_yet_is_not_told_at_boot() -> None:
    assert overloaded().power_cut() == ()


def test_second_cut_finds_the_hub_again() -> None:
    client = overloaded()
    client.power_cut()
    client.power_cut()
    assert client.counters()["received"] == 6


class Mains:
    """A real port: its power is not ours to switch."""

    name = "/dev/ttyACM0"

    def __init__(self, port: SimPort) -> None:
        self.write, self.read, self.now_ms = port.write, port.read, port.now_ms
        self.pass_ms, self.reopen, self.close = port.pass_ms, port.reopen, port.close


def test_power_of_a_real_hub_cannot_be_cut_from_here() -> None:
    client = HubClient(Mains(SimPort()))
    with pytest.raises(InvalidInput, match="/dev/ttyACM0: only the power of a virtual hub"):
        client.power_cut()
