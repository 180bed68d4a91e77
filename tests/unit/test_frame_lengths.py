"""Lengths around the edges go over the link unharmed, both ways.

What the host writes is read by the link and framer of the device; what the device's outbox writes
is read by the host's receiver.
"""

import struct

import pytest

from commshub import framer as framing
from commshub import wire
from commshub.framer import Framer
from commshub.link import StdioLink
from commshub.outbox import Outbox
from frame_lengths import EDGES, FILLERS, at_the_edge, lengths_of
from hubwire.frames import BY_NAME, MAX_MESSAGE_BYTES
from hubwire.framing import Frame, Receiver, encode, pad
from stdio_bench import PicoStdin, use_micropythons_select

CASES = pytest.mark.parametrize(
    ("edge", "filler"),
    [(edge, filler) for edge in EDGES for filler in FILLERS],
    ids=lambda value: str(value) if isinstance(value, str) else f"{value[0]}-{value[-1]}",
)


def read_by_device(stream: bytes) -> list[tuple[int, bytes]]:
    """(seq, payload) of each frame."""
    stdin = PicoStdin(stream)
    link, framer = StdioLink(stdin, None), Framer()
    found = []
    while stdin.is_ready(0):
        link.receive(framer)
        while framer.next() == framing.FRAME:
            found.append((framer.seq, bytes(framer.buffer[framer.start : framer.end])))
    assert framer.damaged == 0
    return found


def written_by_device(frames: list[Frame]) -> bytes:
    """The stream of an outbox, which numbers frames by itself."""
    stream = bytearray()

    def write(buffer: bytearray, length: int) -> bool:
        stream.extend(buffer[:length])
        return True

    outbox = Outbox(write)
    zeros = struct.unpack(wire.WAN_ALERT_FORMAT, bytes(struct.calcsize(wire.WAN_ALERT_FORMAT)))
    for frame in frames:
        message = frame["message"]
        outbox.send_with(message, 0, len(message), wire.WAN_ALERT, wire.WAN_ALERT_FORMAT, *zeros)
    return bytes(stream)


@pytest.fixture(autouse=True)
def _micropythons_select(monkeypatch: pytest.MonkeyPatch) -> None:
    use_micropythons_select(monkeypatch)


@CASES
def test_alert_of_a_length_at_an_edge_is_read_by_the_device(edge: range, filler: str) -> None:
    frames = list(at_the_edge("HanAlert", edge, filler))
    layout = BY_NAME["HanAlert"].layout
    stream = b"".join(pad(encode(frame)) for frame in frames)
    expected = [(frame.seq, layout.build(dict(frame.values))) for frame in frames]
    assert read_by_device(stream) == expected


@CASES
def test_alert_of_a_length_at_an_edge_is_written_by_the_device(edge: range, filler: str) -> None:
    frames = list(at_the_edge("WanAlert", edge, filler))
    items = list(Receiver().feed(written_by_device(frames)))
    assert [isinstance(item, Frame) and dict(item.values) for item in items] == [
        dict(frame.values) for frame in frames
    ]


@pytest.mark.parametrize("name", ["HanAlert", "WanAlert"])
@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge[0]}-{edge[-1]}")
def test_every_length_of_an_edge_is_met_by_a_message_a_body_and_a_wire(
    edge: range, name: str
) -> None:
    frames = (frame for filler in FILLERS for frame in at_the_edge(name, edge, filler))
    messages, bodies, wires = map(set, zip(*map(lengths_of, frames), strict=True))
    assert {each for each in edge if each <= MAX_MESSAGE_BYTES} <= messages
    assert set(edge) <= bodies
    assert set(edge) <= wires
