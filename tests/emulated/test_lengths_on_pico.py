"""Messages of any length go through the USB port of the emulated Pico and come back as they were.

A message that is no GBCS is passed on untouched, so the hub echoes it. USB carries packets of 64
bytes, and MicroPython has stood still at their multiples: reads (micropython#11253) and writes
(#15960). Hence upstream's own test, which echoes 1 to 520 bytes. A frame that stands still is sent
again after a second, so none may be.
"""

import itertools
import random
from collections.abc import Iterable, Iterator

import pytest

from frame_lengths import EDGES, FILLERS, carrying, filled
from hubwire.frames import MAX_MESSAGE_BYTES
from hubwire.framing import encode, pad
from storm_on_pico import StormHub, storm_hub
from stormbench.link.northbound import WanAlert

PACKET_BYTES = 64
PACKETS = (1, 2, 8, 16)  # 64, 128, 512 and 1,024 bytes
ECHO_BYTES = range(1, 521, 27)
ALL_ECHO_BYTES = range(1, 521)


@pytest.fixture(scope="module")
def hub() -> Iterator[StormHub]:
    """One hub for all lengths."""
    with storm_hub() as hub:
        yield hub


def assert_echoed(hub: StormHub, messages: Iterable[bytes]) -> None:
    before = hub.client.counters()
    count = 0
    for message in messages:
        begun_ms = hub.pico.now_us // 1000
        north = hub.client.alert(0, message).north
        took_ms = hub.pico.now_us // 1000 - begun_ms
        assert [item.message for item in north if isinstance(item, WanAlert)] == [message]
        assert took_ms < 500, f"{len(message)} bytes stood still for {took_ms} ms"
        count += 1
    after = hub.client.counters()
    assert after["unreadable"] - before["unreadable"] == count
    assert after["duplicates"] == before["duplicates"]
    assert after["frames_damaged"] == before["frames_damaged"]
    assert hub.client.frames_damaged == 0


def length_of_whole_packets(name: str, packets: int) -> int:
    """Of a message whose frame, as it is written to the port, fills so many USB packets."""
    for length in range(1, MAX_MESSAGE_BYTES + 1):
        frame = encode(carrying(name, 1, filled("no zero", length)))
        written = len(pad(frame)) if name == "HanAlert" else len(frame)
        if written == packets * PACKET_BYTES:
            return length
    raise AssertionError(f"no {name} fills {packets} packets")


def test_message_of_a_length_at_an_edge_comes_back_from_the_board(hub: StormHub) -> None:
    lengths = [length for edge in EDGES for length in edge[1:-1]]
    assert {63, 64, 65, 127, 128, 511, 512, 513, 1023, 1024} <= set(lengths)
    fillers = itertools.cycle(FILLERS)
    assert_echoed(hub, (filled(next(fillers), length) for length in lengths))


def test_frame_of_whole_usb_packets_comes_in_without_standing_still(hub: StormHub) -> None:
    lengths = [length_of_whole_packets("HanAlert", packets) for packets in PACKETS]
    assert_echoed(hub, (filled("no zero", length) for length in lengths))


def test_frame_around_whole_usb_packets_goes_out_without_standing_still(hub: StormHub) -> None:
    whole = [length_of_whole_packets("WanAlert", packets) for packets in PACKETS]
    lengths = [length + more for length in whole for more in (-1, 0, 1)]
    assert_echoed(hub, (filled("no zero", length) for length in lengths))


@pytest.mark.parametrize(
    "lengths",
    [ECHO_BYTES, pytest.param(ALL_ECHO_BYTES, marks=pytest.mark.soak)],
    ids=["some", "all"],
)
def test_echo_of_1_to_520_bytes_never_stands_still(hub: StormHub, lengths: range) -> None:
    octets = random.Random(520).randbytes(520)
    assert_echoed(hub, (octets[:length] for length in lengths))
