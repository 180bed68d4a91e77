"""The one client for every hub: asks, waits for the answer, repeats, gives up with a reason.

Whatever the hub sends north on the way is kept in order and handed out with the answer.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hubwire.errors import ProtocolError, UnknownVersion
from hubwire.frames import (
    BY_NAME,
    CELL_BYTES,
    CLOCKS,
    KEYS,
    STARTS,
    STATUSES,
    TRANSPORTS,
    VERDICTS,
)
from hubwire.framing import DELIMITER, Frame, Receiver, encode, pad
from hubwire.generate import definition_hash
from stormbench.errors import ForeignHub, HostToolError, HubTimeout, InvalidInput
from stormbench.keys.authority import Authority, Boot
from stormbench.keys.keyring import Keyring
from stormbench.link.key_state import KeyState, key_state
from stormbench.link.northbound import Northbound, northbound
from stormbench.link.port import Port, PowerSwitch

TRIES = 4
ANSWER_MS = 1000
"""How long one try may take. An alert takes some 5 ms on the emulated Pico, an erase of its flash
400 ms at the most (W25Q16JV, data sheet); a busy PC may keep a process waiting for as long."""

_CTRL_C = b"\x03"
_NUDGE = DELIMITER * CELL_BYTES
"""Fills whatever cell the hub may be waiting to fill; what is left over is skipped."""


class HubRefused(HostToolError):
    """The hub understood a command, and will not do it."""


@dataclass(frozen=True)
class Hello:
    """Who answered, in plain values."""

    boot_id: int
    reset_cause: int
    firmware_version: str
    micropython_version: str
    source_sha256: str
    unique_id: str
    device_capacity: int
    key_capacity: int
    held_messages: int
    max_message_bytes: int
    keyed: bool
    key: str
    counter: int
    clock: str
    transport: str
    start: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one alert: its verdict, the arrival it was counted with, what went north."""

    verdict: str
    at_ms: int
    north: tuple[Northbound, ...]


class HubClient:
    """Speaks with the hub behind `port`; `hello` is what it said of itself.

    Args:
        port: to the hub.
        keyring: the keys for commands that need one; None: the user's.
    """

    def __init__(self, port: Port, keyring: Keyring | None = None) -> None:
        self._port = port
        self._keyring = keyring or Keyring()
        self._authority: Authority  # for the boot that was met
        self._receiver = Receiver()
        self._seq = 0
        self._north: list[Northbound] = []
        self._log: list[str] = []
        self._last_bytes = b""
        self.frames_damaged = 0
        self.hello = self._meet()
        self._take_north()  # what a hub said before anybody asked is of a session before this one

    @property
    def name(self) -> str:
        """The port's name."""
        return self._port.name

    @property
    def log(self) -> tuple[str, ...]:
        """The sentences that the firmware said to people, oldest first."""
        return tuple(self._log)

    def alert(self, at_ms: int, message: bytes) -> Judged:
        """Send one GBCS message and wait for its verdict.

        Args:
            at_ms: arrival in scenario time; it counts only on the host's clock.
            message: at most 1,024 bytes.

        Raises:
            HubTimeout: no acknowledgement in `TRIES` times `ANSWER_MS`.
            HubRefused: the message is too long.
        """
        ack = self._ask("HanAlert", {"at_ms": at_ms, "message": message}, "HanAck", "alert_seq")
        entry = ack["entries"][-1]
        return Judged(VERDICTS[entry["verdict"]], entry["at_ms"], self._take_north())

    def advance(self, at_ms: int) -> tuple[Northbound, ...]:
        """Move the host's clock on; what became due goes north."""
        self._command("Advance", {"at_ms": at_ms})
        return self._take_north()

    def use_hosts_clock(self, start_ms: int) -> tuple[Northbound, ...]:
        """Put the hub on the host's clock, which shows `start_ms`."""
        self._command("SetClock", {"source": _number(CLOCKS, "host"), "start_ms": start_ms})
        return self._take_north()

    def use_own_clock(self, start_ms: int) -> tuple[Northbound, ...]:
        """Put the hub on its own clock, which shows `start_ms`."""
        self._command("SetClock", {"source": _number(CLOCKS, "own"), "start_ms": start_ms})
        return self._take_north()

    def set_capacity(self, devices: int, keys: int) -> tuple[Northbound, ...]:
        """Size the hub's tables."""
        self._command("SetCapacity", {"devices": devices, "keys": keys})
        return self._take_north()

    def set_policy(self, values: Mapping[str, Any]) -> tuple[Northbound, ...]:
        """Put a policy in force; `values` are the fields of a SetPolicy frame."""
        self._command("SetPolicy", values)
        return self._take_north()

    def policy(self) -> Mapping[str, Any]:
        """The policy in force, as the fields of a SetPolicy frame."""
        return _without_seq(self._ask("GetPolicy", {}, "Policy", "command_seq"))

    def counters(self) -> Mapping[str, int]:
        """The cumulative counters: of alerts over the hub's life, of frames since its boot."""
        return _without_seq(self._ask("GetCounters", {}, "Counters", "command_seq"))

    def key_state(self, originator: bytes, target: bytes, code: int) -> KeyState:
        """What the hub's throttle knows of a key, and of its device, as of its latest time."""
        key = {"originator": originator, "target": target, "code": code}
        return key_state(self._ask("GetKey", key, "KeyState", "command_seq"))

    def set_key(self, key: bytes, signed_by: bytes | None = None) -> None:
        """Give the hub its key, or another one; `hello` is then what it says with it.

        Args:
            key: 32 bytes.
            signed_by: the key that it has; None: the keyring's.
        """
        self._command("SetKey", {"key": key}, signed_by)
        self.hello = self._meet()

    def reset(self) -> None:
        """Let the hub reset its board; it answers first, and is then another boot."""
        self._command("Reset", {})

    def enter_repl(self) -> None:
        """Let the hub leave its board to MicroPython's REPL; it answers first, and is gone."""
        self._command("EnterRepl", {})

    def power_cut(self) -> tuple[Northbound, ...]:
        """Cut the power of a virtual hub at this instant, and meet it again.

        Its `hello` is then the one of the new boot. What the throttle remembers of a time on the
        host's clock goes on with the next `use_hosts_clock`; on its own clock what was overdue
        goes north at once.

        Raises:
            InvalidInput: the hub is a real one.
        """
        if not isinstance(self._port, PowerSwitch):
            raise InvalidInput(
                f"{self.name}: only the power of a virtual hub can be cut from here"
            )
        self._port.power_cut()
        self._receiver = Receiver()
        self.hello = self._meet()
        return self._take_north()

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()

    # Asking.

    def _command(self, name: str, values: Mapping[str, Any], key: bytes | None = None) -> None:
        outer, outer_values = self._authority.frame(name, values, key)
        result = self._ask(outer, outer_values, "Result", "command_seq")
        if STATUSES[result["status"]] != "done":
            advice = self._authority.advice() if outer != name else ""
            raise HubRefused(f"{self.name} refused {name}: {_text(result['reason'])}{advice}")

    def _ask(
        self,
        name: str,
        values: Mapping[str, Any],
        answer: str,
        field: str | None = None,
        expected: int | None = None,
    ) -> Frame:
        """Send a frame until the frame called `answer` comes.

        Its `field`, if there is one that tells, must be as expected; None: the request's number.
        """
        self._seq = (self._seq + 1) & 0xFFFF
        expected = self._seq if expected is None else expected
        burst = pad(encode(Frame(name, self._seq, values)))
        for attempt in range(TRIES):
            self._port.write(_NUDGE + burst if attempt else burst)
            for frame in self._arriving():
                if frame.name == answer and (not field or frame[field] == expected):
                    return frame
                self._raise_if_refused(name, frame)
        raise HubTimeout(
            f"no {answer} for {name} {self._seq} within {TRIES} tries of {ANSWER_MS} ms on "
            f"{self.name}; {_shown(self._last_bytes)}{self._last_words()}; reset the board, or "
            "unplug it, and try again"
        )

    def _last_words(self) -> str:
        if not self._log:
            return ""
        return f"; the firmware said: {' | '.join(self._log[-1].strip().splitlines()[-2:])}"

    def _raise_if_refused(self, name: str, frame: Frame) -> None:
        if frame.name != "Result" or frame["command_seq"] != self._seq:
            return
        if frame["command"] == BY_NAME[name].kind and STATUSES[frame["status"]] == "refused":
            raise HubRefused(f"{self.name} refused {name}: {_text(frame['reason'])}")

    def _arriving(self) -> Iterator[Frame]:
        """Frames as they come, for `ANSWER_MS` and no longer, however much the hub has to say.

        A chunk is read whole before any of its frames is given away: the answer may be the first.
        """
        deadline_ms = self._port.now_ms() + ANSWER_MS
        while (left_ms := deadline_ms - self._port.now_ms()) > 0:
            chunk = self._port.read(left_ms)
            if not chunk:
                return
            self._last_bytes = chunk
            yield from self._frames_of(chunk)

    def _frames_of(self, chunk: bytes) -> list[Frame]:
        frames = []
        for item in self._receiver.feed(chunk):
            if isinstance(item, UnknownVersion):
                raise ForeignHub(f"{self.name}: {item}; flash the firmware of this version")
            if isinstance(item, ProtocolError):
                self.frames_damaged += 1
                continue
            self._note(item)
            frames.append(item)
        return frames

    def _note(self, frame: Frame) -> None:
        went_north = northbound(frame)
        if went_north is not None:
            self._north.append(went_north)
        elif frame.name == "Log":
            self._log.append(_text(frame["text"]))

    def _take_north(self) -> tuple[Northbound, ...]:
        north = tuple(self._north)
        self._north.clear()
        return north

    def _meet(self) -> Hello:
        self._seq = 0  # numbers begin with the boot; the first ones hold no 03
        self._port.write(_NUDGE)
        nonce = self._harmless_nonce()
        frame = self._ask("HelloRequest", {"nonce": nonce}, "Hello", "nonce", nonce)
        if frame["definition_hash"] != definition_hash():
            raise ForeignHub(
                f"{self.name} speaks frames of definition {frame['definition_hash'].hex().upper()}"
                f", this side {definition_hash().hex().upper()}: build and flash the firmware of "
                "this version (`stormbench firmware build`)"
            )
        boot = Boot(frame["boot_id"], frame["unique_id"], frame["keyed"], frame["counter"])
        self._authority = Authority(self.name, boot, self._keyring)
        return _plain_hello(frame)

    def _harmless_nonce(self) -> int:
        """A nonce with which the request holds no 03, which is Ctrl-C to a board that still boots.

        The hub turns Ctrl-C off, but only once it runs; until then it would end the firmware.
        """
        while True:
            nonce = secrets.randbits(32)
            if _CTRL_C not in encode(Frame("HelloRequest", self._seq + 1, {"nonce": nonce})):
                return nonce


def _without_seq(answer: Frame) -> dict[str, Any]:
    return {name: value for name, value in answer.values.items() if name != "command_seq"}


def _plain_hello(frame: Frame) -> Hello:
    return Hello(
        boot_id=frame["boot_id"],
        reset_cause=frame["reset_cause"],
        firmware_version=".".join(map(str, frame["firmware_version"])),
        micropython_version=".".join(map(str, frame["micropython_version"])),
        source_sha256=frame["source_sha256"].hex(),
        unique_id=frame["unique_id"].hex().upper(),
        device_capacity=frame["device_capacity"],
        key_capacity=frame["key_capacity"],
        held_messages=frame["held_messages"],
        max_message_bytes=frame["max_message_bytes"],
        keyed=bool(frame["keyed"]),
        key=KEYS[frame["keyed"]],
        counter=frame["counter"],
        clock=CLOCKS[frame["clock"]],
        transport=TRANSPORTS[frame["transport"]],
        start=STARTS[frame["start"]],
    )


def _number(table: Mapping[int, str], name: str) -> int:
    return next(number for number, known in table.items() if known == name)


def _text(octets: bytes) -> str:
    return octets.decode(errors="replace")


def _shown(pending: bytes) -> str:
    if not pending:
        return "nothing came at all"
    return f"the last {len(pending)} bytes: {pending[:32].hex(' ').upper()}"
