"""What the hub says, as the host reads it."""

import pytest

from commshub import wire
from commshub.framer import LONGEST_WIRE_BYTES
from commshub.outbox import Outbox
from hubwire.framing import Frame, decode

NOTHING_ATTACHED = {
    "overload_id": 0,
    "throttled_seq": 0,
    "throttled_count": 0,
    "total_suppressed": 0,
}


class Heard:
    """Takes what an outbox writes, copied, as its buffer is used again."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.outbox = Outbox(self._on_frame)

    def _on_frame(self, buffer: bytearray, length: int) -> None:
        self.frames.append(bytes(buffer[:length]))

    def the_frame(self) -> Frame:
        (frame,) = self.frames
        return decode(frame[:-2])

    def send_alert(self, message: bytes, start: int, end: int) -> None:
        form = wire.WAN_ALERT_FORMAT
        self.outbox.send_with(message, start, end, wire.WAN_ALERT, form, 7, 1, 0, 0, 0, 0, 0)


def test_frame_of_fixed_fields_is_read_by_the_host() -> None:
    heard = Heard()
    heard.outbox.send(wire.RESULT, wire.RESULT_FORMAT, wire.ADVANCE, 513, wire.STATUS_DONE)
    values = {"command": 3, "command_seq": 513, "status": 0, "reason": b""}
    assert heard.the_frame() == Frame("Result", 0, values)


def test_tail_is_taken_from_its_bounds_only() -> None:
    heard = Heard()
    heard.send_alert(b"..message..", 2, 9)
    values = {"at_ms": 7 + (1 << 32), "carries": 0, **NOTHING_ATTACHED, "message": b"message"}
    assert heard.the_frame() == Frame("WanAlert", 0, values)


def test_each_frame_is_written_whole_with_two_delimiters_at_its_end() -> None:
    heard = Heard()
    heard.send_alert(bytes(20), 0, 20)
    (frame,) = heard.frames
    assert frame.index(0) == len(frame) - 2 and frame.endswith(b"\x00\x00")


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
