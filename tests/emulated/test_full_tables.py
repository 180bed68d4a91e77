"""Full tables on the real image: 8.6 kB saved from a heap that is in pieces, and read again."""

from collections.abc import Iterator

import pytest

from commshub.policy import Policy
from full_tables import DEVICES, KEYS, alert_of, overload
from storm_on_pico import StormHub, hub_as_it_comes
from stormbench.replay.run import message_of

KEYS_EACH = KEYS // DEVICES
SAVES = 3


@pytest.fixture(scope="module")
def hub() -> Iterator[StormHub]:
    """A hub in which nothing more has room."""
    with hub_as_it_comes() as hub:
        assert overload(hub.client, KEYS_EACH, DEVICES) == DEVICES * (
            ["PASS"] + KEYS_EACH * ["SAMPLE"]
        )
        yield hub


def test_full_tables_are_saved_time_after_time(hub: StormHub) -> None:
    for _ in range(SAVES):
        before = hub.client.counters()
        hub.pass_s(Policy().save_interval_ms / 1000)
        after = hub.client.counters()
        assert after["saves"] == before["saves"] + 1, hub.client.log
    assert after["saves_failed"] == 0, hub.client.log


def test_full_tables_outlive_a_power_cut(hub: StormHub) -> None:
    hub.client.power_cut()
    assert hub.client.hello.start == "resumed"
    verdicts = {
        hub.client.alert(0, message_of(alert_of(device, code), 2)).verdict
        for device in range(DEVICES)
        for code in range(1, KEYS_EACH + 1)
    }
    assert verdicts == {"SUPPRESS"}
