"""The client against hubs that are slow, silent, foreign, or talk too much."""

import struct
import zlib
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from cobs import cobs

from hubwire.frames import BY_NAME, CELL_BYTES, PROTOCOL_VERSION
from hubwire.framing import Frame, Receiver, encode
from hubwire.generate import definition_hash
from stormbench.errors import ForeignHub, HubTimeout
from stormbench.link.client import ANSWER_MS, TRIES, HubClient, HubRefused
from stormbench.link.northbound import Notice, WanAlert

NUDGE = b"\x00" * CELL_BYTES
NUMBERS = ("overload_id", "throttled_seq", "throttled_count", "total_suppressed")
COUNTERS = {field.name: place for place, field in enumerate(BY_NAME["Counters"].layout.subcons)}
HELLO: dict[str, Any] = {
    "nonce": 0,
    "boot_id": 5,
    "reset_cause": 1,
    "firmware_version": b"\x00\x01\x02",
    "micropython_version": b"\x01\x19\x00",
    "definition_hash": definition_hash(),
    "source_sha256": bytes(32),
    "unique_id": b"\xe6" * 8,
    "device_capacity": 16,
    "key_capacity": 128,
    "held_messages": 8,
    "max_message_bytes": 1024,
    "keyed": 0,
    "counter": 0,
    "clock": 1,
    "transport": 2,
    "start": 1,
}

Answer = Callable[[Frame], bytes]


class ScriptedPort:
    """A port behind which `answer` says what comes back to each frame; nothing comes by itself."""

    name = "scripted"
    hello_values: ClassVar[dict[str, Any]] = {}

    def __init__(self, answer: Answer = lambda frame: b"", chunk_bytes: int = 1 << 20) -> None:
        self.answer = answer
        self.written: list[bytes] = []
        self.asked: list[Frame] = []
        self.pending = b""
        self.closed = 0
        self.time_ms = 0
        self._chunk_bytes = chunk_bytes
        self._receiver = Receiver()

    def write(self, burst: bytes) -> None:
        self.written.append(burst)
        for frame in self._receiver.feed(burst):
            assert isinstance(frame, Frame)
            self.asked.append(frame)
            if frame.name == "HelloRequest":
                self.pending += hello(frame, **self.hello_values)
            else:
                self.pending += self.answer(frame)

    def read(self, timeout_ms: int) -> bytes:
        chunk, self.pending = self.pending[: self._chunk_bytes], self.pending[self._chunk_bytes :]
        self.time_ms += 1 if chunk else timeout_ms
        return chunk

    def now_ms(self) -> int:
        return self.time_ms

    def close(self) -> None:
        self.closed += 1


class SilentPort(ScriptedPort):
    """A port on which nothing comes but what is pending at first, again with each try."""

    def __init__(self, noise: bytes = b"") -> None:
        super().__init__()
        self._noise = noise

    def write(self, burst: bytes) -> None:
        self.written.append(burst)
        self.pending += self._noise


def hello(request: Frame, **values: Any) -> bytes:
    return encode(Frame("Hello", 0, {**HELLO, "nonce": request["nonce"], **values}))


def ack(seq: int, verdict: int = 0, at_ms: int = 0) -> bytes:
    entry = {"verdict": verdict, "at_ms": at_ms}
    return encode(Frame("HanAck", 0, {"alert_seq": seq, "entries": [entry]}))


def result(request: Frame, status: int = 0, reason: bytes = b"", seq: int | None = None) -> bytes:
    values = {
        "command": BY_NAME[request.name].kind,
        "command_seq": request.seq if seq is None else seq,
        "status": status,
        "reason": reason,
    }
    return encode(Frame("Result", 0, values))


def wan_alert(message: bytes) -> bytes:
    zeros = dict.fromkeys(NUMBERS, 0)
    return encode(Frame("WanAlert", 0, {"at_ms": 1, "carries": 0, **zeros, "message": message}))


def notice() -> bytes:
    values = {"event": 1, "level": 2, "shadow": 0, "at_ms": 4, "code": 0}
    euis = {"originator": b"\x01" * 8, "target": bytes(8)}
    return encode(Frame("Notice", 0, {**values, **euis, **dict.fromkeys(NUMBERS, 0)}))


def counters(received: int, seq: int) -> bytes:
    values = {**COUNTERS, "received": received, "command_seq": seq}
    return encode(Frame("Counters", 0, values))


class Losing:
    """Answers as `answer` does, but for the first `lost` tries."""

    def __init__(self, lost: int, answer: Answer) -> None:
        self._lost = lost
        self._answer = answer

    def __call__(self, frame: Frame) -> bytes:
        self._lost -= 1
        return b"" if self._lost >= 0 else self._answer(frame)


# Meeting.


def test_hello_is_told_in_plain_values() -> None:
    told = HubClient(ScriptedPort()).hello
    assert (told.firmware_version, told.micropython_version) == ("0.1.2", "1.25.0")
    assert (told.clock, told.transport, told.keyed) == ("host", "usb_repl", False)
    assert (told.unique_id, told.source_sha256) == ("E6" * 8, "00" * 32)


def test_nothing_but_delimiters_and_a_hello_request_is_sent_before_a_hello() -> None:
    port = SilentPort()
    with pytest.raises(HubTimeout):
        HubClient(port)
    sent = list(Receiver().feed(b"".join(port.written)))
    assert {frame.name for frame in sent if isinstance(frame, Frame)} == {"HelloRequest"}
    assert port.written[0] == NUDGE and len(sent) == TRIES


def test_silent_port_is_told_with_the_tries_and_that_nothing_came() -> None:
    with pytest.raises(HubTimeout) as caught:
        HubClient(SilentPort())
    text = str(caught.value)
    assert f"{TRIES} tries of {ANSWER_MS} ms on scripted" in text
    assert "no Hello for HelloRequest 1" in text and "nothing came at all" in text


def test_what_came_instead_of_an_answer_is_shown() -> None:
    with pytest.raises(HubTimeout, match="the last 3 bytes: 3E 3E 20"):
        HubClient(SilentPort(b">> "))


def test_of_much_that_came_32_bytes_are_shown() -> None:
    with pytest.raises(HubTimeout, match=r"the last 500 bytes: (41 ){31}41[^ ]"):
        HubClient(SilentPort(b"A" * 500))


def test_hub_of_another_version_is_foreign() -> None:
    body = struct.pack("<BBH", PROTOCOL_VERSION + 1, BY_NAME["Hello"].kind, 0) + bytes(80)
    noise = cobs.encode(body + struct.pack("<I", zlib.crc32(body))) + b"\x00"
    with pytest.raises(ForeignHub, match=r"version 2; this side speaks 1.*flash"):
        HubClient(SilentPort(noise))


def test_hub_of_other_definitions_is_foreign() -> None:
    class Foreign(ScriptedPort):
        hello_values: ClassVar = {"definition_hash": b"\xca\xfe\x00\x01"}

    ours = definition_hash().hex().upper()
    with pytest.raises(ForeignHub, match=f"CAFE0001, this side {ours}"):
        HubClient(Foreign())


def test_what_went_north_before_the_meeting_is_not_this_clients() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq))
    port.pending = wan_alert(b"old") + notice()
    assert HubClient(port).alert(0, b"new").north == ()


def test_hello_of_an_earlier_boot_is_not_taken_for_the_answer() -> None:
    port = ScriptedPort()
    port.pending = hello(Frame("", 0, {"nonce": 0}), boot_id=4)
    assert HubClient(port).hello.boot_id == 5


# Asking.


def test_alert_is_judged_with_what_went_north_on_the_way() -> None:
    port = ScriptedPort(lambda frame: notice() + wan_alert(b"alert") + ack(frame.seq, 1, 77))
    judged = HubClient(port).alert(0, b"alert")
    assert (judged.verdict, judged.at_ms) == ("SAMPLE", 77)
    assert [type(item) for item in judged.north] == [Notice, WanAlert]


def test_what_went_north_is_handed_out_once() -> None:
    port = ScriptedPort(lambda frame: wan_alert(b"alert") + ack(frame.seq))
    client = HubClient(port)
    assert [len(client.alert(0, b"alert").north) for _ in range(2)] == [1, 1]


def test_what_goes_north_behind_the_answer_in_one_chunk_is_not_lost() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq) + wan_alert(b"summary") + notice())
    client = HubClient(port)
    judged = [client.alert(0, b"alert") for _ in range(2)]
    assert sum(len(one.north) for one in judged) == 4


def test_frame_that_begins_behind_the_answer_in_one_chunk_is_not_lost() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq) + wan_alert(b"summary")[:10])
    client = HubClient(port)
    client.alert(0, b"alert")
    port.answer = lambda frame: wan_alert(b"summary")[10:] + ack(frame.seq)
    assert len(client.alert(0, b"alert").north) == 1


def test_garbage_and_text_between_frames_is_survived_and_counted() -> None:
    noise = b"\x00>>> print('hi')\r\n\x00" + b"\xaa" * 5000 + b"\x00"
    port = ScriptedPort(lambda frame: noise + wan_alert(b"a") + noise + ack(frame.seq, 2))
    client = HubClient(port)
    judged = client.alert(0, b"alert")
    assert (judged.verdict, len(judged.north), client.frames_damaged) == ("SUPPRESS", 1, 4)


@pytest.mark.parametrize("chunk_bytes", [1, 7, 64])
def test_answer_may_come_in_pieces(chunk_bytes: int) -> None:
    port = ScriptedPort(lambda frame: wan_alert(b"a" * 300) + ack(frame.seq), chunk_bytes)
    assert len(HubClient(port).alert(0, b"alert").north) == 1


def test_every_write_begins_a_frame_and_is_whole_cells() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq))
    client = HubClient(port)
    for length in range(1, 40):
        client.alert(0, b"x" * length)
    assert all(len(burst) % CELL_BYTES == 0 and burst[0] for burst in port.written[1:])


@pytest.mark.parametrize("lost", range(TRIES))
def test_request_whose_answer_is_lost_is_repeated_with_the_same_number(lost: int) -> None:
    port = ScriptedPort(Losing(lost, lambda frame: ack(frame.seq, 2)))
    assert HubClient(port).alert(9, b"alert").verdict == "SUPPRESS"
    tries = port.asked[1:]
    assert len(tries) == lost + 1 and all(again == tries[0] for again in tries)


def test_repetition_is_preceded_by_a_nudge() -> None:
    port = ScriptedPort(Losing(1, lambda frame: ack(frame.seq)))
    HubClient(port).alert(0, b"alert")
    first, second = port.written[2:]
    assert second == NUDGE + first


def test_after_so_many_tries_the_client_gives_up_and_says_of_what() -> None:
    port = ScriptedPort()
    client = HubClient(port)
    with pytest.raises(HubTimeout, match=f"no HanAck for HanAlert 2 within {TRIES} tries"):
        client.alert(0, b"alert")
    assert len(port.asked) == 1 + TRIES


def test_client_that_gave_up_can_ask_again() -> None:
    client = HubClient(ScriptedPort(Losing(TRIES, lambda frame: ack(frame.seq))))
    with pytest.raises(HubTimeout):
        client.alert(0, b"lost")
    assert client.alert(0, b"alert").verdict == "PASS"


def test_late_ack_of_another_alert_is_not_taken_for_the_present_one() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq - 1, 2) + ack(frame.seq, 0))
    assert HubClient(port).alert(0, b"alert").verdict == "PASS"


def test_late_result_of_another_command_is_not_taken_for_the_present_one() -> None:
    late_refusal = (1, b"late")
    port = ScriptedPort(lambda f: result(f, *late_refusal, seq=f.seq - 1) + result(f))
    assert HubClient(port).advance(5) == ()


def test_second_answer_to_a_repeated_alert_is_left_over_and_does_no_harm() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq, 2) * 2)
    client = HubClient(port)
    client.alert(0, b"one")
    port.answer = lambda frame: ack(frame.seq, 1)
    assert client.alert(0, b"two").verdict == "SAMPLE"


def test_late_counters_are_not_taken_for_the_present_ones() -> None:
    def twice(frame: Frame) -> bytes:
        return counters(1, frame.seq) * 2

    port = ScriptedPort(twice, chunk_bytes=len(counters(1, 2)))
    client = HubClient(port)
    client.counters()
    port.answer = lambda frame: counters(2, frame.seq)
    assert client.counters()["received"] == 2


def test_port_that_never_stops_talking_is_given_up() -> None:
    class Chatter(SilentPort):
        def read(self, timeout_ms: int) -> bytes:
            self.time_ms += 10
            assert self.time_ms <= (TRIES + 1) * ANSWER_MS, "still listening"
            return b"$GPGGA,,,\r\n"

    with pytest.raises(HubTimeout):
        HubClient(Chatter())


def test_numbers_go_round_at_65536() -> None:
    port = ScriptedPort(lambda frame: counters(1, frame.seq))
    client = HubClient(port)
    client._seq = 0xFFFE  # as after 65,534 requests
    client.counters()
    client.counters()
    assert [frame.seq for frame in port.asked[1:]] == [0xFFFF, 0]


# Refusals.


def test_refused_command_is_told_with_its_reason() -> None:
    client = HubClient(ScriptedPort(lambda frame: result(frame, 1, b"the clock is its own")))
    with pytest.raises(HubRefused, match="scripted refused Advance: the clock is its own"):
        client.advance(5)


@pytest.mark.parametrize("ask", [HubClient.counters, HubClient.policy])
def test_refused_question_is_told_with_its_reason(ask: Callable[[HubClient], Any]) -> None:
    client = HubClient(ScriptedPort(lambda frame: result(frame, 1, b"not now")))
    with pytest.raises(HubRefused, match="not now"):
        ask(client)


def test_refused_alert_is_not_repeated() -> None:
    port = ScriptedPort(lambda frame: result(frame, 1, b"too long"))
    with pytest.raises(HubRefused, match="too long"):
        HubClient(port).alert(0, b"alert")
    assert len(port.asked) == 2


def test_reason_that_is_no_text_is_told_all_the_same() -> None:
    client = HubClient(ScriptedPort(lambda frame: result(frame, 1, b"no \xff text")))
    with pytest.raises(HubRefused, match="no \ufffd text"):
        client.advance(5)


# What the firmware says to people.


def test_log_is_kept_in_order() -> None:
    def sentence(text: bytes) -> bytes:
        return encode(Frame("Log", 0, {"text": text}))

    client = HubClient(ScriptedPort(lambda f: sentence(b"one") + sentence(b"\xff") + result(f)))
    client.advance(1)
    assert client.log == ("one", "\ufffd")


def test_last_words_of_the_firmware_are_in_the_time_out() -> None:
    trace = b"Traceback\n  File\nMemoryError: no more"
    client = HubClient(ScriptedPort(lambda frame: encode(Frame("Log", 0, {"text": trace}))))
    with pytest.raises(HubTimeout, match=r"the firmware said: +File \| MemoryError: no more"):
        client.alert(0, b"alert")


def test_closing_the_client_lets_go_of_the_port() -> None:
    port = ScriptedPort()
    HubClient(port).close()
    assert port.closed == 1
