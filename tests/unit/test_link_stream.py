"""Frames over a port: what goes out in cells, and what is made of what comes that is no frame."""

import pytest

from hubwire.frames import CELL_BYTES, MAX_MESSAGE_BYTES, PROTOCOL_VERSION
from hubwire.framing import Frame, encode, pad
from link_bench import NUDGE, ScriptedPort, SilentPort, of_version, sentence
from stormbench.errors import ForeignHub, LinkLost
from stormbench.link.stream import ReplAnswers, Stream

ADVANCE = Frame("Advance", 2, {"at_ms": 5}, 0xB007)
COUNTERS = Frame("GetCounters", 3, {}, 0xB007)


def stream(pending: bytes, chunk_bytes: int = 1 << 20) -> Stream:
    """A stream from which this is to be read."""
    port = ScriptedPort(chunk_bytes=chunk_bytes)
    port.pending = pending
    return Stream(port)


def read_all(made: Stream) -> list[Frame]:
    frames: list[Frame] = []
    for _ in range(1000):
        frames += made.read(1)
    return frames


# Out.


def test_frames_of_a_burst_are_padded_one_by_one_and_written_at_once() -> None:
    port = SilentPort()
    Stream(port).write([ADVANCE, COUNTERS])
    (burst,) = port.written
    assert port.asked == [ADVANCE, COUNTERS] and len(burst) % CELL_BYTES == 0
    second = pad(encode(COUNTERS))
    assert burst.endswith(bytes(2) + second) and (len(burst) - len(second)) % CELL_BYTES == 0


def test_nudge_is_a_cell_of_delimiters_before_the_burst() -> None:
    port = SilentPort()
    Stream(port).write([COUNTERS], nudge=True)
    assert port.written[0].startswith(NUDGE + encode(COUNTERS))


def test_nudge_after_a_nudge_is_as_long_as_the_longest_frame_until_a_frame_comes() -> None:
    """A hub that got half a frame waits for the other half, however long the frame is."""
    port = ScriptedPort()
    made = Stream(port)
    values = {"at_ms": 0, "north_next": 0, "message": bytes(MAX_MESSAGE_BYTES)}
    longest_bytes = len(pad(encode(Frame("HanAlert", 1, values))))
    made.write([COUNTERS], nudge=True)
    made.write([COUNTERS], nudge=True)
    nudges_bytes = [burst.index(encode(COUNTERS)) for burst in port.written]
    assert nudges_bytes[0] == CELL_BYTES and nudges_bytes[1] >= longest_bytes
    port.pending = encode(ADVANCE)
    assert read_all(made) == [ADVANCE]
    made.write([COUNTERS], nudge=True)
    assert port.written[-1].startswith(NUDGE + encode(COUNTERS))


# In.


@pytest.mark.parametrize("chunk_bytes", [1, 7, 64, 1000])
def test_frames_come_in_whatever_pieces(chunk_bytes: int) -> None:
    made = stream(encode(ADVANCE) + encode(COUNTERS), chunk_bytes)
    assert read_all(made) == [ADVANCE, COUNTERS]


def test_nothing_in_time_is_no_frame() -> None:
    made = stream(b"")
    assert (made.read(50), made.last_bytes) == ([], b"")


def test_last_bytes_are_those_that_came_last() -> None:
    made = stream(b"one", chunk_bytes=2)
    read_all(made)
    assert made.last_bytes == b"e"


def test_what_was_begun_before_the_port_was_opened_again_is_not_continued() -> None:
    made = stream(encode(ADVANCE), chunk_bytes=10)
    made.read(1)
    made.restart()
    assert read_all(made) == [] and made.damaged == 1


def test_garbage_and_text_between_frames_is_survived_and_counted() -> None:
    noise = b"\x00>>> print('hi')\r\n\x00" + b"\xaa" * 5000 + b"\x00"
    made = stream(noise + encode(ADVANCE) + noise + encode(COUNTERS))
    assert read_all(made) == [ADVANCE, COUNTERS] and made.damaged == 4


def test_frame_of_another_version_is_of_a_foreign_hub() -> None:
    theirs = PROTOCOL_VERSION + 1
    with pytest.raises(ForeignHub, match=f"scripted.*version {theirs};.*flash the firmware"):
        stream(of_version(theirs)).read(1)


def test_port_that_is_lost_is_told() -> None:
    port = ScriptedPort()
    port.lasts_reads = 0
    with pytest.raises(LinkLost):
        Stream(port).read(1)


# What is said to people.


def test_log_frames_are_kept_in_order_and_handed_to_nobody() -> None:
    made = stream(sentence(b"one") + encode(ADVANCE) + sentence(b"\xff"))
    assert read_all(made) == [ADVANCE]
    assert list(made.log) == ["one", "\ufffd"]


def test_text_between_frames_is_kept() -> None:
    trace = b"Traceback (most recent call last):\r\n  File\r\nMemoryError"
    made = stream(b"\x00" + trace + b"\x00" + encode(ADVANCE))
    assert read_all(made) == [ADVANCE]
    assert "MemoryError" in made.log[0] and len(made.log) == 1


@pytest.mark.parametrize(
    "damage", [b"\x07\xaa\xff\x12\x13", b"abcdef\x01\x02ghij", b"abcdefg", b"th\xc3\xa9 au lait"]
)
def test_damage_that_no_person_was_meant_to_read_is_not_kept(damage: bytes) -> None:
    made = stream(damage + b"\x00")
    read_all(made)
    assert (list(made.log), made.damaged) == ([], 1)


def test_short_text_is_kept_from_8_characters_on() -> None:
    made = stream(b"abcdefgh\x00")
    read_all(made)
    assert list(made.log) == ["abcdefgh"]


def test_log_does_not_grow_for_ever() -> None:
    made = stream(b"".join(sentence(b"%d" % number) for number in range(1500)), 4096)
    read_all(made)
    assert len(made.log) == 1000 and made.log[-1] == "1499"


@pytest.mark.parametrize("chunk", [b"\r\n>>> ", b"raw REPL; CTRL-B to exit\r\n>"])
def test_prompt_at_the_end_of_what_came_is_a_repl(chunk: bytes) -> None:
    with pytest.raises(ReplAnswers):
        stream(chunk).read(1)


@pytest.mark.parametrize("chunk", [b">>> print", b">>>", b"> "])
def test_what_only_looks_like_a_prompt_is_none(chunk: bytes) -> None:
    assert stream(chunk).read(1) == []
