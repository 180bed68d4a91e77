"""The hub's own USB port on the real image, beside MicroPython's: bytes, resets, the cable."""

from collections.abc import Iterator

import pytest

import raw_repl
from commshub.usb_link import IN_BYTES
from hubwire.frames import GREETING
from hubwire.framing import Frame, Receiver, encode, pad
from stormbench.emulator import EmulatedPort
from stormbench.hub.emulated import HubPort, open_emulated
from stormbench.link.client import HubClient
from stormbench.link.northbound import WanAlert
from stormbench.link.stream import ReplAnswers

REPL, OWN = 0, 1
SESSION = 7
PACKET_BYTES = 64
QUIET_MS = 30
BOOT_US = 300_000
MOSTLY_IDLE_CYCLES = 100_000


@pytest.fixture(scope="module")
def one_port() -> Iterator[HubPort]:
    """One board for all, because a boot costs as much wall time as twenty alerts."""
    opened = open_emulated(None, hub_id=1)
    yield opened
    opened.close()


@pytest.fixture
def port(one_port: HubPort) -> HubPort:
    """The hub's own port, on which it is served and all has been said."""
    one_port.reopen()
    HubClient(one_port).collect()
    answered(one_port)
    return one_port


@pytest.fixture
def repl_port(port: HubPort) -> EmulatedPort:
    """MicroPython's port of the same board."""
    other = EmulatedPort(port.pico, pipe=REPL, name="the REPL's")
    answered(other)
    return other


def request(nonce: int) -> bytes:
    values = {"nonce": nonce, "session": SESSION, "greeting": GREETING}
    return encode(Frame("HelloRequest", 1, values))


def frames(port: EmulatedPort, quiet_ms: int = QUIET_MS) -> list[Frame]:
    """What comes until nothing comes any more; all of it is frames."""
    said = b""
    while more := port.read(quiet_ms):
        said += more
    found = [item for item in Receiver().feed(said) if isinstance(item, Frame)]
    return found


def answered(port: EmulatedPort, quiet_ms: int = QUIET_MS) -> list[int]:
    """The nonces of the Hellos that come."""
    return [frame["nonce"] for frame in frames(port, quiet_ms) if frame.name == "Hello"]


def boot_of(client: HubClient) -> int:
    """What frames of its conversation bear."""
    return client.hello.boot_id & 0xFFFF


def burst_of(length: int) -> bytes:
    """Requests, and behind them as many empty frames as it takes."""
    whole = b"".join(map(request, range(length // len(request(0)))))
    return whole + bytes(length - len(whole))


# Both ports.


def test_each_port_says_which_it_is(port: HubPort, repl_port: EmulatedPort) -> None:
    assert HubClient(repl_port).hello.transport == "usb_repl"
    assert HubClient(port).hello.transport == "usb_endpoint"


def test_both_ports_are_there_soon_after_power_on(port: HubPort) -> None:
    begun_us = port.now_us
    port.power_cut()
    assert port.pico.run_until(begun_us + BOOT_US, lambda: port.pico.pipe_count == 2)


def test_waiting_on_both_costs_the_core_nothing(port: HubPort) -> None:
    before = port.pico.executed_cycles
    port.pass_ms(60_000)
    assert port.pico.executed_cycles - before < MOSTLY_IDLE_CYCLES


def test_bytes_on_the_other_port_disturb_nobody(port: HubPort, repl_port: EmulatedPort) -> None:
    client = HubClient(port)
    for number in range(8):
        repl_port.write(b"AT\r\x03\x04>>> " + pad(request(1))[: 1 + number])
        assert client.alert(0, b"no alert, but it is judged").verdict == "PASS"
    assert repl_port.read(QUIET_MS) == b""
    assert client.repeated_north == 0


def test_a_client_is_not_kept_waiting_by_half_a_frame_on_the_other_port(
    port: HubPort, repl_port: EmulatedPort
) -> None:
    client = HubClient(port)
    repl_port.write(request(1)[:2])
    begun_ms = port.now_ms()
    client.counters()
    assert port.now_ms() - begun_ms < 20


def test_frames_of_one_who_has_not_asked_are_counted_and_not_answered(
    port: HubPort, repl_port: EmulatedPort
) -> None:
    client = HubClient(port)
    stale = client.counters()["frames_stale"]
    repl_port.write(bytes(16) + pad(encode(Frame("GetCounters", 3, {}, boot_of(client)))) * 3)
    assert frames(repl_port) == []
    assert client.counters()["frames_stale"] == stale + 3


def test_who_asks_on_the_other_port_is_served_there(
    port: HubPort, repl_port: EmulatedPort
) -> None:
    repl_port.write(bytes(16) + pad(request(5)))
    assert answered(repl_port) == [5]
    port.write(encode(Frame("GetCounters", 3, {}, boot_of(HubClient(repl_port)))))
    assert frames(port) == []
    port.write(request(6))
    assert answered(port) == [6]


# Lengths.


@pytest.mark.parametrize("length", [PACKET_BYTES, 2 * PACKET_BYTES, IN_BYTES - PACKET_BYTES])
def test_a_burst_of_whole_packets_is_seen_once_more_comes(length: int, port: HubPort) -> None:
    port.write(burst_of(length))
    assert answered(port) == []
    port.write(b"\0")
    assert answered(port) == [*range(length // len(request(0)))]


def test_a_burst_as_long_as_a_transfer_is_seen_at_once(port: HubPort) -> None:
    port.write(burst_of(IN_BYTES))
    assert answered(port) == [*range(IN_BYTES // len(request(0)))]


@pytest.mark.parametrize("length", [IN_BYTES - 1, IN_BYTES + 1, 3 * IN_BYTES + 100])
def test_a_burst_of_any_other_length_is_seen_at_once(length: int, port: HubPort) -> None:
    port.write(burst_of(length))
    assert answered(port) == [*range(length // len(request(0)))]


def test_two_writes_that_come_to_whole_packets_are_two_transfers(port: HubPort) -> None:
    port.write(burst_of(PACKET_BYTES + 1))
    port.write(burst_of(PACKET_BYTES - 1))
    one = len(request(0))
    assert answered(port) == [
        *range((PACKET_BYTES + 1) // one),
        *range((PACKET_BYTES - 1) // one),
    ]


def test_no_answer_of_a_client_waits_for_a_whole_packet(port: HubPort) -> None:
    client = HubClient(port)
    begun_ms = port.now_ms()
    for length in range(20, 100, 4):
        client.alert(0, bytes(length))
    assert port.now_ms() - begun_ms < 20 * 100


# Holding back.


def test_what_comes_while_the_hub_is_busy_waits_at_the_host(port: HubPort) -> None:
    nonces = list(range(150))
    burst = b"".join(map(request, nonces))
    assert len(burst) > 4 * IN_BYTES
    port.write(burst)
    assert answered(port, quiet_ms=200) == nonces


def test_a_host_that_does_not_read_for_a_while_loses_nothing(port: HubPort) -> None:
    client = HubClient(port)
    cut = client.counters()["frames_cut"]
    port.pico.set_reading(False, OWN)
    port.write(b"".join(map(request, range(40))))
    port.pico.run_for_us(400_000)
    port.pico.set_reading(True, OWN)
    assert answered(port) == [*range(40)]
    assert client.counters()["frames_cut"] == cut


def test_what_a_host_that_does_not_read_loses_is_counted(port: HubPort) -> None:
    client = HubClient(port)
    cut = client.counters()["frames_cut"]
    port.pico.set_reading(False, OWN)
    port.write(b"".join(map(request, range(60))))
    port.pico.run_for_us(2_000_000)
    port.pico.set_reading(True, OWN)
    nonces = answered(port)
    assert nonces == [*range(len(nonces))] and 0 < len(nonces) < 60
    assert client.counters()["frames_cut"] - cut == 60 - len(nonces)


# Going and coming back.


def test_a_client_goes_on_after_the_hub_has_reset(port: HubPort) -> None:
    client = HubClient(port)
    client.reset()
    assert client.hello.transport == "usb_endpoint"
    assert client.alert(0, b"no alert, but it is judged").verdict == "PASS"


def test_a_client_goes_on_after_the_cable_was_pulled(port: HubPort) -> None:
    client = HubClient(port)
    for number in range(3):
        client.submit(0, b"on its way %d" % number)
    port.unplug()
    port.pico.run_for_us(1_000_000)
    port.plug()
    assert [each.verdict for each in client.settle()] == ["PASS"] * 3
    assert client.hello.transport == "usb_endpoint"


def test_nothing_that_goes_north_is_lost_with_a_cable_pulled_while_nobody_reads(
    port: HubPort,
) -> None:
    client = HubClient(port)
    messages = [bytes(480) + b"%d" % number for number in range(8)]  # as many as the hub holds
    port.pico.set_reading(False, OWN)
    for message in messages:
        client.submit(0, message)
    port.pico.run_for_us(20_000)
    port.unplug()
    port.pico.run_for_us(20_000)
    port.pico.set_reading(True, OWN)
    port.plug()
    north = [item for each in client.settle() for item in each.north]
    north += client.collect()
    assert [item.message for item in north if isinstance(item, WanAlert)] == messages


def test_a_reset_of_the_bus_in_the_middle_of_a_flood_breaks_nothing(port: HubPort) -> None:
    for number in range(6):
        port.write(b"".join(map(request, range(100))))
        port.pico.run_for_us(3_000 + 1_777 * number)
        port.unplug()
        port.plug()
        port.reopen()
    port.write(bytes(17) + request(9))
    assert answered(port)[-1] == 9


def test_no_request_of_a_driver_breaks_the_port(port: HubPort) -> None:
    for _ in range(3):
        port.pico.set_dtr(False, OWN)
        port.pico.run_for_us(5_000)
        port.pico.set_dtr(True, OWN)
    port.write(request(4))
    assert answered(port) == [4]


# The last one: the board has no hub after it.


def test_after_enter_repl_the_repl_is_on_the_first_port(
    port: HubPort, repl_port: EmulatedPort
) -> None:
    HubClient(port).enter_repl()
    assert port.read(200) == b""
    with pytest.raises(ReplAnswers):
        HubClient(repl_port)
    raw_repl.enter(port.pico)
    assert raw_repl.run(port.pico, "print(6 * 7)").strip() == b"42"
