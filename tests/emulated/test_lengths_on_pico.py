"""Messages of any length go through the USB port of the emulated Pico and come back as they were.

A message that is no GBCS is passed on untouched, so the hub echoes it. USB carries packets of 64
bytes, and MicroPython has stood still at their multiples: reads (micropython#11253) and writes
(#15960). Hence upstream's own test, which echoes 1 to 520 bytes. A frame that stands still is sent
again after a second, so none may be.
"""

import random
from collections.abc import Iterable, Iterator

import pytest

from frame_lengths import EDGES, FILLERS, carrying, filled, lengths_of
from hubwire.frames import MAX_MESSAGE_BYTES
from hubwire.framing import encode, pad
from storm_on_pico import StormHub, storm_hub
from stormbench.link.northbound import WanAlert

PACKET_BYTES = 64
ECHO_BYTES = range(1, 521, 9)  # 9 and 64 have no common factor: every remainder comes


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


def lengths_of_whole_packets(name: str) -> list[int]:
    """Of messages whose frame, as it is written to the port, fills its USB packets."""
    found: dict[int, int] = {}
    for length in range(1, MAX_MESSAGE_BYTES + 1):
        frame = encode(carrying(name, 1, filled("no zero", length)))
        written = len(pad(frame)) if name == "HanAlert" else len(frame)
        if written % PACKET_BYTES == 0:
            found.setdefault(written, length)
    return sorted(found.values())


@pytest.mark.parametrize("filler", FILLERS)
def test_message_of_a_length_at_an_edge_comes_back_from_the_board(
    hub: StormHub, filler: str
) -> None:
    """The first and last of each edge for the message, and for its frame on the wire."""
    lengths = set()
    for edge in EDGES:
        lengths |= {edge[0], edge[2], min(edge[-1], MAX_MESSAGE_BYTES)}
        around = lengths_of(carrying("WanAlert", 1, filled(filler, edge[0])))
        lengths.add(edge[2] - (around[2] - edge[0]))
    assert_echoed(hub, (filled(filler, length) for length in sorted(lengths)))


@pytest.mark.parametrize("name", ["HanAlert", "WanAlert"])
def test_frame_of_whole_usb_packets_does_not_stand_still(hub: StormHub, name: str) -> None:
    """Into the hub and out of it; the frames' own numbers are no longer than a byte's worth."""
    lengths = lengths_of_whole_packets(name)
    assert len(lengths) > 10
    assert_echoed(hub, (filled("no zero", length) for length in lengths))


def test_echo_of_1_to_520_bytes_never_stands_still(hub: StormHub) -> None:
    octets = random.Random(520).randbytes(520)
    assert_echoed(hub, (octets[:length] for length in ECHO_BYTES))
