"""What the hub says, as the host reads it, and what becomes of it where the port is full."""

from collections.abc import Callable
from typing import Any

import pytest

from commshub import wire
from commshub.framer import LONGEST_WIRE_BYTES
from commshub.outbox import Outbox
from hubwire.framing import Frame, Receiver, decode

NOTHING_ATTACHED = {
    "overload_id": 0,
    "throttled_seq": 0,
    "throttled_count": 0,
    "total_suppressed": 0,
    "taken": 0,
}


class Heard:
    """Takes what an outbox writes, copied, as its buffer is used again."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.outbox = Outbox(self._on_frame)

    def _on_frame(self, buffer: bytearray, length: int) -> bool:
        self.frames.append(bytes(buffer[:length]))
        return True

    def the_frame(self) -> Frame:
        (frame,) = self.frames
        return decode(frame[:-2])

    def send_alert(self, message: bytes, start: int, end: int) -> None:
        form = wire.WAN_ALERT_FORMAT
        self.outbox.send_with(message, start, end, wire.WAN_ALERT, form, 7, 1, 0, 0, 0, 0, 0, 0)


class FullPort:
    """A port that takes `room` bytes, part of a frame if it must, until `room` is set again."""

    def __init__(self, room: int, can_write: Callable[[], bool] = lambda: True) -> None:
        self.room = room
        self.taken = b""
        self.outbox = Outbox(self._on_frame, can_write)

    def _on_frame(self, buffer: bytearray, length: int) -> bool:
        taken = bytes(buffer[: min(length, self.room)])
        self.room -= len(taken)
        self.taken += taken
        return len(taken) == length

    def texts(self) -> list[Any]:
        """What a host makes of it: the texts of Log frames; of damage, its type."""
        items = list(Receiver().feed(self.taken))
        return [bytes(i["text"]) if isinstance(i, Frame) else type(i).__name__ for i in items]


def test_frame_of_fixed_fields_is_read_by_the_host() -> None:
    heard = Heard()
    heard.outbox.send(wire.RESULT, wire.RESULT_FORMAT, wire.ADVANCE, 513, wire.STATUS_DONE, 7)
    values = {"command": 3, "command_seq": 513, "status": 0, "north_made": 7, "reason": b""}
    assert heard.the_frame() == Frame("Result", 0, values)


def test_tail_is_taken_from_its_bounds_only() -> None:
    heard = Heard()
    heard.send_alert(b"..message..", 2, 9)
    values = {"at_ms": 7 + (1 << 32), "carries": 0, **NOTHING_ATTACHED, "message": b"message"}
    assert heard.the_frame() == Frame("WanAlert", 0, values)


def test_packed_payload_is_taken_from_its_bounds_with_its_own_number() -> None:
    heard = Heard()
    packed = b".." + bytes(6) + bytes([0, 1, 0, 0, 0]) + bytes(14) + b"message" + b".."
    heard.outbox.send_packed(wire.WAN_ALERT, 0xBEEF, packed, 2, len(packed) - 2)
    report = {**NOTHING_ATTACHED, "overload_id": 1}
    values = {"at_ms": 0, "carries": 0, **report, "message": b"message"}
    assert heard.the_frame() == Frame("WanAlert", 0xBEEF, values)


def test_packed_frame_takes_no_number_of_the_others() -> None:
    heard = Heard()
    heard.outbox.log("one")
    heard.outbox.send_packed(wire.LOG, 99, b"", 0, 0)
    heard.outbox.log("two")
    assert [decode(frame[:-2]).seq for frame in heard.frames] == [0, 99, 1]


@pytest.mark.parametrize("boot", [0, 0x00FF, 0xFF00, 0xFFFF])
def test_frame_bears_the_boot(boot: int) -> None:
    heard = Heard()
    heard.outbox.boot = boot
    heard.outbox.log("who")
    assert heard.the_frame() == Frame("Log", 0, {"text": b"who"}, boot)


def test_frame_before_the_boot_is_known_says_so() -> None:
    heard = Heard()
    heard.outbox.log("early")
    assert heard.the_frame().boot == wire.NO_BOOT


def test_each_frame_is_written_whole_with_two_delimiters_at_its_end() -> None:
    heard = Heard()
    heard.send_alert(bytes(20), 0, 20)
    (frame,) = heard.frames
    assert frame.index(0) == len(frame) - 2 and frame.endswith(b"\x00\x00")


def test_second_delimiter_is_there_behind_a_frame_that_was_longer() -> None:
    heard = Heard()
    heard.outbox.log("x" * 300)
    heard.outbox.log("short")
    assert heard.frames[-1].endswith(b"\x00\x00")


def test_frames_are_numbered_one_after_the_other() -> None:
    heard = Heard()
    for _ in range(3):
        heard.outbox.log("again")
    assert [decode(frame[:-2]).seq for frame in heard.frames] == [0, 1, 2]


def test_number_after_65535_is_0() -> None:
    heard = Heard()
    for _ in range(65537):
        heard.outbox.send(wire.LOG, "<")
    assert [decode(frame[:-2]).seq for frame in heard.frames[-2:]] == [65535, 0]


@pytest.mark.parametrize("byte", [0x00, 0x01, 0xFF])
def test_longest_message_fits(byte: int) -> None:
    heard = Heard()
    message = bytes([byte]) * wire.MAX_MESSAGE_BYTES
    heard.send_alert(message, 0, len(message))
    assert heard.the_frame()["message"] == message
    assert len(heard.frames[0]) <= LONGEST_WIRE_BYTES


def test_short_frame_after_a_long_one_has_nothing_left_of_it() -> None:
    heard = Heard()
    heard.send_alert(b"\xff" * 500, 0, 500)
    heard.frames.clear()
    heard.outbox.log("short")
    assert heard.the_frame() == Frame("Log", 1, {"text": b"short"})


def test_of_a_long_sentence_the_end_is_told() -> None:
    heard = Heard()
    heard.outbox.log("beginning " + "x" * 1000 + " the end")
    assert bytes(heard.the_frame()["text"]) == (b"x" * 392) + b" the end"


def test_sentence_is_told_in_utf_8() -> None:
    heard = Heard()
    heard.outbox.log("21 \u00b0C")
    assert heard.the_frame()["text"].decode() == "21 \u00b0C"


# Where the port is full.


@pytest.mark.parametrize("taken", [0, 1, 5, 16, 17, 18])
def test_cut_frame_is_counted_and_costs_no_other(taken: int) -> None:
    port = FullPort(room=taken)
    port.outbox.log("is cut")
    port.room = 1000
    port.outbox.log("is whole")
    assert port.texts()[-1] == b"is whole"
    assert port.outbox.cut == 1


def test_cut_frame_is_followed_by_one_delimiter_and_no_frame_after_it_by_another() -> None:
    port = FullPort(room=3)
    port.outbox.log("is cut")
    port.room = 1000
    port.outbox.log("is whole")
    port.outbox.log("and whole")
    assert port.taken[3] == 0 and port.taken[4] != 0
    assert port.taken[4:].count(0) == 4


def test_frame_after_a_cut_one_that_is_cut_too_costs_no_third() -> None:
    port = FullPort(room=3)
    port.outbox.log("is cut")
    port.room = 6
    port.outbox.log("is cut too")
    port.room = 1000
    port.outbox.log("is whole")
    assert port.texts() == ["FrameDamaged", "FrameDamaged", b"is whole"]
    assert port.outbox.cut == 2


def test_frame_that_could_not_be_parted_from_a_cut_one_is_not_written() -> None:
    writes: list[bytes] = []
    takes = iter([False, False, True, True])  # a frame, a delimiter, and then all

    def on_frame(buffer: bytearray, length: int) -> bool:
        writes.append(bytes(buffer[:length]))
        return next(takes)

    outbox = Outbox(on_frame)
    for text in ("is cut", "is not begun", "is whole"):
        outbox.log(text)
    assert [len(written) for written in writes] == [len(writes[0]), 1, 1, len(writes[3])]
    assert decode(writes[3][:-2])["text"] == b"is whole" and outbox.cut == 2


def test_frame_for_which_there_is_no_room_is_counted_and_nothing_of_it_is_written() -> None:
    port = FullPort(room=1000, can_write=lambda: False)
    port.outbox.log("not even begun")
    assert (port.taken, port.outbox.cut) == (b"", 1)


def test_frame_that_was_not_even_begun_needs_no_delimiter_after_it() -> None:
    room = [False]
    port = FullPort(room=1000, can_write=lambda: room[0])
    port.outbox.log("not even begun")
    room[0] = True
    port.outbox.log("is whole")
    assert port.taken[0] != 0 and port.texts() == [b"is whole"]
