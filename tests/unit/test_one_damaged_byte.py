"""One damaged byte, at any position of a stream: it costs one good frame at the most.

Every position is tried, delimiters and padding too, with every single bit flipped, with bytes that
mean something to a framing, with a byte lost and with a byte too many. The device's side is the
link itself, which reads cells and gets out of step where a byte is lost; so it is looked at once
more after the nudge with which a host ends a silence.
"""

from collections.abc import Callable, Iterator

import pytest

from commshub import framer as framing
from commshub.framer import Framer
from commshub.link import StdioLink
from hubwire.frames import BY_NAME, CELL_BYTES, GREETING
from hubwire.framing import Frame, Receiver, burst_of, encode, pad
from hubwire.gbcs import encode as encode_message
from hubwire.gbcs_make import Recipe, make
from stdio_bench import use_micropythons_select
from waiting_stdin import WaitingStdin

NUDGE = bytes(CELL_BYTES)
AFTERWARDS = 0x0909
Found = tuple[int, int, bytes]
"""Kind, sequence number and payload of a frame."""


def frame(name: str, seq: int, **values: int | bytes) -> Frame:
    """A frame whose other fields are 0."""
    fields = {field.name: 0 for field in BY_NAME[name].layout.subcons}
    return Frame(name, seq, fields | values)


def alert_of_whole_cells(seq: int) -> Frame:
    """An alert whose frame needs no padding: two delimiters and no more part it from the next."""
    alerts = (frame("HanAlert", seq, message=bytes(length)) for length in range(CELL_BYTES))
    return next(alert for alert in alerts if len(encode(alert)) % CELL_BYTES == 0)


ALERT = encode_message(make(Recipe(code=0x8154)))
FRAMES = [
    frame("GetCounters", 0x0101),
    alert_of_whole_cells(0x0505),
    frame("HanAlert", 0x0202, message=ALERT),
    frame("HelloRequest", 0x0303, nonce=0x00FF0304, greeting=GREETING),
    alert_of_whole_cells(0x0404),
]
LATER = frame("GetPolicy", AFTERWARDS)


def found_in(sent: Frame) -> Found:
    definition = BY_NAME[sent.name]
    return definition.kind, sent.seq, definition.layout.build(dict(sent.values))


GOOD = [found_in(each) for each in FRAMES]


def changed(stream: bytes) -> Iterator[tuple[str, bytes]]:
    """The stream with a byte changed."""
    for place, byte in enumerate(stream):
        wrong = {byte ^ 1 << bit for bit in range(8)} | {0x00, 0x01, 0xC0, 0xFF}
        for other in sorted(wrong - {byte}):
            yield f"{other:02X} at {place}", stream[:place] + bytes([other]) + stream[place + 1 :]


def lost(stream: bytes) -> Iterator[tuple[str, bytes]]:
    """The stream without a byte."""
    for place in range(len(stream)):
        yield f"none at {place}", stream[:place] + stream[place + 1 :]


def too_many(stream: bytes) -> Iterator[tuple[str, bytes]]:
    """The stream with a byte more."""
    for place in range(len(stream) + 1):
        for byte in (0x00, 0x03, 0xFF):
            yield f"{byte:02X} before {place}", stream[:place] + bytes([byte]) + stream[place:]


DAMAGE = pytest.mark.parametrize("damage", [changed, lost, too_many])
Damage = Callable[[bytes], Iterator[tuple[str, bytes]]]


def by_host(stream: bytes) -> list[Found]:
    return [found_in(item) for item in Receiver().feed(stream) if isinstance(item, Frame)]


def by_device(stdin: WaitingStdin) -> list[Found]:
    """What the link and its framer find, until the host has no more to send."""
    link, framer = StdioLink(stdin, None), Framer()
    found = []
    while stdin.is_ready(0) or stdin.go_on():
        link.receive(framer)
        while (answer := framer.next()) != framing.NEED_MORE:
            if answer == framing.FRAME:
                payload = bytes(framer.buffer[framer.start : framer.end])
                found.append((framer.kind, framer.seq, payload))
    return found


def assert_one_is_missing_at_most(got: list[Found], how: str) -> None:
    assert all(each in GOOD for each in got), f"{how}: a frame that nobody sent"
    assert len(got) == len(set(got)) >= len(GOOD) - 1, f"{how}: {len(got)} of {len(GOOD)}"


@pytest.fixture(autouse=True)
def _micropythons_select(monkeypatch: pytest.MonkeyPatch) -> None:
    use_micropythons_select(monkeypatch)


@DAMAGE
def test_one_damaged_byte_costs_the_host_one_frame_at_most(damage: Damage) -> None:
    stream = b"".join(map(encode, FRAMES))
    assert by_host(stream) == GOOD
    for how, damaged in damage(stream):
        assert_one_is_missing_at_most(by_host(damaged), how)


@DAMAGE
def test_one_damaged_byte_costs_the_hub_one_frame_at_most(damage: Damage) -> None:
    """And never the frame that the host sends after the silence."""
    stream = burst_of(FRAMES)
    later = NUDGE + pad(encode(LATER))
    assert by_device(WaitingStdin(stream, (later,))) == [*GOOD, found_in(LATER)]
    for how, damaged in damage(stream):
        *got, last = by_device(WaitingStdin(damaged, (later,)))
        assert last == found_in(LATER), f"{how}: the link did not get back into step"
        assert_one_is_missing_at_most(got, how)


@DAMAGE
def test_damaged_byte_in_a_frame_costs_no_other_frame(damage: Damage) -> None:
    """Before its delimiters; behind them it may cost the frame that follows."""
    before, hit, after = FRAMES[0], FRAMES[-2], FRAMES[-1]
    end = len(encode(hit)) - 2
    burst = burst_of([before, hit, after])
    begin = len(pad(encode(before)))
    end += begin
    for how, damaged in damage(burst[begin:end]):
        stream = burst[:begin] + damaged + burst[end:]
        got = by_device(WaitingStdin(stream, (NUDGE,)))
        assert {found_in(before), found_in(after)} <= set(got), how
