"""A whole hub in a test: its App, real frames in and out, and ticks that only the test moves.

Under the small policy of `throttle_bench`, on the host's clock, alerts 1 to 7 of a key pass, 8 is
a sample, 9 and later are suppressed until the next sample is due 1000 ms after the last.
"""

import errno
import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from commshub import shell, wire
from commshub.app import App
from commshub.clock import Clock
from commshub.framer import Framer
from commshub.keystore import KeyStore
from commshub.outbox import Outbox
from commshub.store import Store
from hubwire.frames import BY_NAME, EVENTS, GREETING, VERDICTS
from hubwire.framing import Frame, Receiver, encode
from hubwire.gbcs import decode as decode_message
from hubwire.gbcs import encode as encode_message
from hubwire.gbcs_make import Recipe, make
from stormbench.hub.sim import SavedInMemory
from stormbench.policy_file import frame_values
from throttle_bench import make_policy

BOOT_ID = 0x12345678
UNIQUE_ID = bytes(range(8))
CODE = 0x8154
PASSES = 7
TICKS_PERIOD_MS = 1 << 30


class Board:
    """What `commshub.board` is to the App, with an answer to each question."""

    def __init__(self, boot_id: int) -> None:
        self._boot_id = boot_id

    @staticmethod
    def overruns() -> int:
        return 3

    def boot_id(self) -> int:
        return self._boot_id

    @staticmethod
    def reset_cause() -> int:
        return 1

    @staticmethod
    def unique_id() -> bytes:
        return UNIQUE_ID

    @staticmethod
    def micropython_version() -> bytes:
        return bytes((1, 25, 0))

    @staticmethod
    def name() -> bytes:
        return b"COMMS_HUB_BENCH"

    @staticmethod
    def source_sha256() -> bytes:
        return bytes(32)

    @staticmethod
    def transport() -> int:
        return wire.TRANSPORT_STDIO


class Drive(SavedInMemory):
    """A file in memory that tells when it is saved, and fails while its drive is full."""

    def __init__(self, on_save: Callable[[], None]) -> None:
        super().__init__()
        self.is_full = False
        self.fault: Exception = OSError(errno.ENOSPC, "no space left")
        self._on_save = on_save

    def replace(self, pieces: Sequence[bytes | bytearray | memoryview]) -> None:
        if self.is_full:
            raise self.fault
        super().replace(pieces)
        self._on_save()

    def flip(self, bit: int = 99) -> None:
        """Damage one bit of what is saved."""
        octets = bytearray(self.read() or b"")
        octets[bit // 8] ^= 1 << bit % 8
        self.put(bytes(octets))

    def put(self, octets: bytes) -> None:
        """Put these octets in the place of what is saved."""
        super().replace([octets])


@cache
def message(counter: int = 1, code: int = CODE, **fields: Any) -> bytes:
    """A GBCS alert; each counter makes another message of one key."""
    return encode_message(make(Recipe(code=code, counter=counter, **fields)))


class HubBench:
    """A hub that has just booted, on its own clock, under the default policy.

    `said_before_saves` has for each save the names of the frames that had been said before it,
    since they were last asked for.
    """

    def __init__(self, ticks_ms: int = TICKS_PERIOD_MS - 1000, boot_id: int = BOOT_ID) -> None:
        self.ticks_ms = ticks_ms  # by default such that every longer test crosses the wrap
        self.boot_id = boot_id  # of the next boot
        self.framer = Framer()
        self._receiver = Receiver()
        self._said: list[Any] = []
        self._seq = 100  # of commands
        self.hears_north = True  # else nobody acknowledges what went north
        self._alert_seq = 0  # of the next alert, unless it is told
        self._north_next = self._north_heard = 0
        self.said_before_saves: list[list[str]] = []
        self.saved = Drive(self._on_saved)
        self.key_file = Drive(self._on_key_saved)
        self.key_writes = 0
        self.spoken = bytearray()  # every byte that the hub has ever said
        self.boot()
        self.said()

    def boot(self) -> list[Frame]:
        """What the hub says when it starts, with the saves that there are."""
        self.framer = Framer()
        clock = Clock(lambda: self.ticks_ms % TICKS_PERIOD_MS, _ticks_diff)
        outbox = Outbox(self._on_said)
        board = Board(self.boot_id)
        self.boot_tag = self.boot_id & 0xFFFF
        self.boot_id += 1
        self._north_next = self._north_heard = 0
        keys = KeyStore(Store(self.key_file))
        self.app = App(outbox, self.framer, clock, board, Store(self.saved), keys)
        self.app.boot()
        return self._heard()

    def _heard(self) -> list[Frame]:
        """What was said, acknowledged as far as it went north, and what more comes then."""
        acknowledged = None
        while self.hears_north and acknowledged != self._north_next:
            acknowledged = self._north_heard = self._north_next
            payload = struct.pack(wire.NORTH_ACK_FORMAT, acknowledged, self._alert_seq)
            end = len(payload)
            kind = wire.NORTH_ACK
            self.app.on_frame(kind, 0, self.boot_tag, bytearray(payload), 0, end)
        return self.said()

    def _on_saved(self) -> None:
        self.said_before_saves.append([frame.name for frame in self._said])

    def _on_key_saved(self) -> None:
        self.key_writes += 1

    def _on_said(self, buffer: bytearray, length: int) -> bool:
        self.spoken += buffer[:length]
        for frame in self._receiver.feed(bytes(buffer[:length])):
            self._said.append(frame)
            if isinstance(frame, Frame) and frame.name in ("WanAlert", "Notice"):
                self._north_next = (frame.seq + 1) & 0xFFFF
        return True

    def said(self) -> list[Frame]:
        """The frames said since the last call."""
        said, self._said = self._said, []
        return said

    def feed(self, stream: bytes) -> list[Frame]:
        """What the hub says to these bytes."""
        for at in range(0, len(stream), wire.CELL_BYTES):
            cell = stream[at : at + wire.CELL_BYTES]
            self.framer.take(cell, len(cell))
            shell.serve(self.app, self.framer)
        self.app.settle()
        return self._heard()

    def send(self, name: str, seq: int | None = None, **values: Any) -> list[Frame]:
        """What the hub says to this frame."""
        if name == "HanAlert":
            seq = self._alert_seq if seq is None else seq
            self._alert_seq = (seq + 1) & 0xFFFF
            north_next = self._north_next if self.hears_north else self._north_heard
            values = {"north_next": north_next, **values}
        elif name == "HelloRequest":
            values = {"session": 7, "greeting": GREETING, **values}
            self._alert_seq = 0 if values["session"] != 7 else self._alert_seq
        if seq is None:
            self._seq += 1
            seq = self._seq
        return self.feed(encode(Frame(name, seq, values, self.boot_tag)))

    def send_raw(self, name: str, payload: bytes) -> list[Frame]:
        """What the hub says to a frame of this kind with any payload at all."""
        self._seq += 1
        kind = BY_NAME[name].kind
        self.app.on_frame(kind, self._seq, self.boot_tag, bytearray(payload), 0, len(payload))
        self.app.settle()
        return self._heard()

    def alert(self, at_ms: int, message: bytes, seq: int | None = None) -> list[Frame]:
        return self.send("HanAlert", seq, at_ms=at_ms, message=message)

    def alerts(self, copies: int, at_ms: int, **fields: Any) -> list[Frame]:
        """All that the hub says to so many alerts of one key, messages 1, 2, 3, ... of it."""
        return [
            frame
            for counter in range(1, copies + 1)
            for frame in self.alert(at_ms, message(counter, **fields))
        ]

    def pass_ms(self, ms: int) -> list[Frame]:
        """What the hub says when so much of its own time has gone by, looked at once."""
        self.ticks_ms += ms
        self.app.on_time()
        return self._heard()

    def on_hosts_clock(self, start_ms: int = 0, **policy: Any) -> "HubBench":
        """This hub on the host's clock and under the small policy."""
        self.send("SetClock", source=1, start_ms=start_ms)
        self.send("SetPolicy", **frame_values(make_policy(**policy)))
        return self

    def on_own_clock(self, **policy: Any) -> "HubBench":
        """This hub on its own clock and under the small policy."""
        self.send("SetPolicy", **frame_values(make_policy(**policy)))
        return self

    def overloaded(self, at_ms: int = 0, suppressed: int = 0, **policy: Any) -> "HubBench":
        """This hub with one key overloaded at `at_ms`, and so many alerts of it suppressed."""
        self.on_hosts_clock(at_ms, **policy)
        self.alerts(PASSES + 1 + suppressed, at_ms)
        return self

    def hello(self) -> Frame:
        (frame,) = self.send("HelloRequest", nonce=1)
        return frame

    def key_state(self, **fields: Any) -> Frame:
        """What the hub knows of the key of `message(**fields)`."""
        alert = decode_message(message(**fields))
        target, code = alert.target, alert.alert_code
        (frame,) = self.send("GetKey", originator=alert.originator, target=target, code=code)
        return frame

    def counters(self) -> dict[str, int]:
        (frame,) = self.send("GetCounters")
        return dict(frame.values)


def _ticks_diff(later: int, earlier: int) -> int:
    half = TICKS_PERIOD_MS // 2
    return (later - earlier + half) % TICKS_PERIOD_MS - half


def verdicts(frames: list[Frame]) -> list[str]:
    """The verdict in each acknowledgement."""
    acks = [frame for frame in frames if frame.name == "HanAck"]
    return [VERDICTS[entry["verdict"]] for ack in acks for entry in ack["entries"]]


def forwarded(frames: list[Frame]) -> list[Frame]:
    """The WanAlerts, without their numbers and how many alerts were taken before."""
    return [
        replace(frame, seq=0, values={**frame.values, "taken": 0})
        for frame in frames
        if frame.name == "WanAlert"
    ]


def events(frames: list[Frame]) -> list[str]:
    """The name of each event that came as a Notice."""
    return [EVENTS[frame["event"]] for frame in frames if frame.name == "Notice"]


def numbers(frame: Frame) -> tuple[int, int, int, int]:
    """(overload_id, throttled_seq, throttled_count, total_suppressed)"""
    return (
        frame["overload_id"],
        frame["throttled_seq"],
        frame["throttled_count"],
        frame["total_suppressed"],
    )


def refusal(frames: list[Frame]) -> str:
    """The reason in the one frame, which must be a Result that refuses."""
    (frame,) = frames
    assert (frame.name, frame["status"]) == ("Result", 1)
    return str(frame["reason"], "utf-8")


def is_done(frames: list[Frame]) -> bool:
    """Whether the last frame is a Result that says that it was done."""
    last = frames[-1]
    return last.name == "Result" and last["status"] == 0 and last["reason"] == b""
