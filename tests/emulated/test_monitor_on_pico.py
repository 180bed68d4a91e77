"""A monitor as the host of the real image: it meets the hub, asks it, and shows a short storm."""

from stormbench.inject.one_hub import begin, storm_into
from stormbench.inject.plan import even_storm
from stormbench.monitor.hub_source import HubSource
from stormbench.monitor.run import watch
from stormbench.monitor.watch import Watches


def test_storm_on_a_pico_is_watched_in_the_devices_time() -> None:
    watches = Watches()

    def storm(client, stop):
        begin(client)
        storm_into(client, "emulated", even_storm(0x8F3E, per_s=20, count=60), stop)

    with HubSource("emulated", None, storm) as source:
        assert watch(source, watches)
    seen = watches.watch
    assert seen.hello is not None and seen.hello.board == "COMMS_HUB_PICO"
    assert seen.coming.tally.total == 60 and seen.coming.is_flood
    assert seen.link.counters["received"] == 60
    assert 3_000 <= seen.now_ms < 10_000
    assert seen.link.round_trip_ms is not None and 0 < seen.link.round_trip_ms[0] < 1_000
