"""How long packets take on the emulated USB wire."""

from rp2040py.clock.simulation_clock import SimulationClock

from stormbench.emulator.usb_bus import FullSpeedBus

MS_NS = 1_000_000


def done_times_ns(sizes_bytes: list[int], until_ns: float) -> list[float]:
    """Hand packets over at time 0; when each had gone over."""
    clock = SimulationClock()
    bus = FullSpeedBus(clock)
    times: list[float] = []
    for size_bytes in sizes_bytes:
        bus.transact(size_bytes, lambda: times.append(clock.nanos))
    clock.tick(until_ns)
    return times


def test_nineteen_full_packets_fit_into_a_millisecond() -> None:
    assert len(done_times_ns([64] * 30, MS_NS)) == 19


def test_packets_wait_for_the_ones_before_them() -> None:
    assert done_times_ns([0, 32], MS_NS) == [9_000, 9_000 + 9_000 + 32 * 680]


def test_a_packet_handed_over_later_does_not_delay_the_one_under_way() -> None:
    clock = SimulationClock()
    bus = FullSpeedBus(clock)
    times: list[float] = []
    bus.transact(0, lambda: times.append(clock.nanos))
    clock.tick(5_000)
    bus.transact(0, lambda: times.append(clock.nanos))
    clock.tick(MS_NS)
    assert times == [9_000, 18_000]


def test_a_packet_can_put_the_next_one_on_the_wire() -> None:
    clock = SimulationClock()
    bus = FullSpeedBus(clock)
    times: list[float] = []
    bus.transact(0, lambda: bus.transact(0, lambda: times.append(clock.nanos)))
    clock.tick(MS_NS)
    assert times == [18_000]


def test_a_cleared_bus_delivers_nothing_of_what_waited() -> None:
    clock = SimulationClock()
    bus = FullSpeedBus(clock)
    times: list[float] = []
    bus.transact(0, lambda: times.append(clock.nanos))
    bus.clear()
    clock.tick(MS_NS)
    bus.transact(0, lambda: times.append(clock.nanos))
    clock.tick(MS_NS)
    assert times == [MS_NS + 9_000]
