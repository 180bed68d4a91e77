"""A scripted port, and the frames of a hub behind it, for the host's client."""

import struct
import zlib
from collections.abc import Callable
from typing import Any, ClassVar

from cobs import cobs

from frame_heads import head
from hubwire.frames import BY_NAME, CELL_BYTES
from hubwire.framing import Frame, Receiver, encode
from hubwire.generate import definition_hash
from stormbench.errors import LinkLost
from stormbench.link.port import Port

NUDGE = b"\x00" * CELL_BYTES
BOOT = 5
NUMBERS = ("overload_id", "throttled_seq", "throttled_count", "total_suppressed", "taken")
COUNTERS = {field.name: 0 for field in BY_NAME["Counters"].layout.subcons}
HELLO: dict[str, Any] = {
    **{field.name: 0 for field in BY_NAME["Hello"].layout.subcons},
    "nonce": 0,
    "boot_id": 0xAAAA0000 + BOOT,
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
    "clock": 1,
    "transport": 2,
    "start": 1,
    "north_next": 0,
    "queued": 0,
    "gave_way": 0,
    "board": b"COMMS_HUB_PICO",
}

Answer = Callable[[Frame], bytes]


class ScriptedPort:
    """A port behind which `answer` says what comes back to each frame; nothing comes by itself.

    HelloRequests are answered with `hello`, NorthAcks with nothing. The port is lost after
    `lasts_writes` more writes or `lasts_reads` more reads; then `away` attempts to open it fail.
    """

    name = "scripted"

    def __init__(
        self,
        answer: Answer = lambda frame: b"",
        chunk_bytes: int = 1 << 20,
        **hello_values: Any,
    ) -> None:
        self.answer = answer
        self.hello_values = hello_values
        self.written: list[bytes] = []
        self.asked: list[Frame] = []
        self.pending = b""
        self.closed = 0
        self.time_ms = 0
        self.lasts_writes = self.lasts_reads = 1 << 30
        self.away = 0
        self.opened = 1
        self._is_lost = False
        self._chunk_bytes = chunk_bytes
        self._receiver = Receiver()

    def write(self, burst: bytes) -> None:
        self.lasts_writes -= 1
        self._fail(self.lasts_writes)
        self.written.append(burst)
        for frame in self._receiver.feed(burst):
            assert isinstance(frame, Frame)
            self.asked.append(frame)
            self.pending += self._answer(frame)

    def _answer(self, frame: Frame) -> bytes:
        if frame.name == "HelloRequest":
            return hello(frame, **self.hello_values)
        return b"" if frame.name == "NorthAck" else self.answer(frame)

    def read(self, timeout_ms: int) -> bytes:
        self.lasts_reads -= 1
        self._fail(self.lasts_reads)
        chunk, self.pending = self.pending[: self._chunk_bytes], self.pending[self._chunk_bytes :]
        self.time_ms += 1 if chunk else timeout_ms
        return chunk

    def _fail(self, lasts: int) -> None:
        self._is_lost = self._is_lost or lasts < 0
        if self._is_lost:
            self.pending = b""
            raise LinkLost(f"{self.name} is gone")

    def now_ms(self) -> int:
        return self.time_ms

    def pass_ms(self, duration_ms: int) -> None:
        self.time_ms += duration_ms

    def reopen(self) -> None:
        self.away -= 1
        if self.away >= 0:
            raise LinkLost(f"{self.name} is still gone")
        self.opened += 1
        self.pending = b""
        self._is_lost = False
        self.lasts_writes = self.lasts_reads = 1 << 30
        self._receiver = Receiver()

    def close(self) -> None:
        self.closed += 1

    def named(self, name: str) -> list[Frame]:
        """The frames of this name that came to the hub."""
        return [frame for frame in self.asked if frame.name == name]


class SilentPort(ScriptedPort):
    """A port on which nothing comes but this noise, again with each try."""

    def __init__(self, noise: bytes = b"") -> None:
        super().__init__()
        self._noise = noise

    def _answer(self, frame: Frame) -> bytes:
        return self._noise


class EchoingPort(ScriptedPort):
    """A port that sends back what it is sent, as a terminal does; `before` comes before it."""

    before: ClassVar[bytes] = b""

    def write(self, burst: bytes) -> None:
        self.written.append(burst)
        self.pending += self.before + burst


class Losing:
    """Answers as `answer` does, but for the first `lost` tries."""

    def __init__(self, lost: int, answer: Answer) -> None:
        self._lost = lost
        self._answer = answer

    def __call__(self, frame: Frame) -> bytes:
        self._lost -= 1
        return b"" if self._lost >= 0 else self._answer(frame)


def is_a_port(port: ScriptedPort) -> Port:
    """For mypy: a scripted port can do all that a port must."""
    return port


def hello(request: Frame, **values: Any) -> bytes:
    """The Hello that answers; of whichever boot it says."""
    answer = {**HELLO, "nonce": request["nonce"], **values}
    return encode(Frame("Hello", 0, answer, answer["boot_id"] & 0xFFFF))


def hello_of_boot(boot: int) -> bytes:
    """A Hello for which nobody asked."""
    return encode(Frame("Hello", 0, {**HELLO, "boot_id": 0xAAAA0000 + boot}, boot))


def ack(last: int, *verdicts: int, at_ms: int = 0, north_made: int = 0, boot: int = BOOT) -> bytes:
    """A HanAck of the alerts up to `last`, PASS for that one if no verdicts are given."""
    entries = [{"verdict": verdict, "at_ms": at_ms} for verdict in verdicts or (0,)]
    return encode(Frame("HanAck", 0, ack_values(last, entries, north_made), boot))


def missing_ack(last: int) -> bytes:
    """A HanAck that says that the alert after `last` is missing."""
    return encode(Frame("HanAck", 0, ack_values(last, [], 0), BOOT))


def ack_values(last: int, entries: list[dict[str, int]], north_made: int) -> dict[str, Any]:
    return {"alert_seq": last & 0xFFFF, "north_made": north_made, "entries": entries}


def result(
    request: Frame,
    status: int = 0,
    reason: bytes = b"",
    seq: int | None = None,
    north_made: int = 0,
) -> bytes:
    values = {
        "command": BY_NAME[request.name].kind,
        "command_seq": request.seq if seq is None else seq,
        "status": status,
        "north_made": north_made,
        "reason": reason,
    }
    return encode(Frame("Result", 0, values, request.boot))


def wan_alert(seq: int, message: bytes, boot: int = BOOT, **values: int) -> bytes:
    fields = {"at_ms": 1, "carries": 0, **dict.fromkeys(NUMBERS, 0), **values}
    return encode(Frame("WanAlert", seq, {**fields, "message": message}, boot))


def notice(seq: int) -> bytes:
    values = {"event": 1, "level": 2, "shadow": 0, "at_ms": 4, "code": 0}
    euis = {"originator": b"\x01" * 8, "target": bytes(8)}
    return encode(Frame("Notice", seq, {**values, **euis, **dict.fromkeys(NUMBERS, 0)}, BOOT))


def counters(request: Frame, **values: int) -> bytes:
    fields = {**COUNTERS, **values, "command_seq": request.seq}
    return encode(Frame("Counters", 0, fields, request.boot))


def sentence(text: bytes) -> bytes:
    return encode(Frame("Log", 0, {"text": text}, BOOT))


def of_version(version: int) -> bytes:
    """A good frame of another version of the protocol."""
    body = head(BY_NAME["Hello"].kind, 0, 0, version) + bytes(80)
    return cobs.encode(body + struct.pack("<I", zlib.crc32(body))) + b"\x00"


def passed(frame: Frame) -> bytes:
    """What a hub says that passes each alert and does each command, and forwards nothing."""
    return ack(frame.seq, boot=frame.boot) if frame.name == "HanAlert" else result(frame)
