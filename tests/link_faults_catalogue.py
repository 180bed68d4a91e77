"""What goes wrong with a serial link as a whole, one entry each, and a hub that lives through it.

An entry is done to a hub and its port at once. Faults of single frames are the injector's
(`stormbench.faults`); what hub is behind the port is not known here, but that it is virtual.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from commshub.policy import Policy
from hubwire.framing import Frame, encode
from stormbench.errors import LinkLost
from stormbench.link.client import HubClient
from stormbench.link.northbound import Northbound, WanAlert
from stormbench.policy_file import frame_values
from stormbench.replay.run import message_of
from stormbench.replay.trace_file import Row

TARGET = bytes.fromhex("90B3D51F30010000")
CODES = range(0x8F01, 0x8F04)
"""So few, each once per meter, that every alert passes."""

GARBAGE_BYTES = 300
STALL_MS = 60_000
OUT_MS = 1_000
IN_FRAME_MS = 2
IN_FLIGHT = 8

TRACEBACK = (
    b"Traceback (most recent call last):\r\n"
    b'  File "main.py", line 12, in <module>\r\n'
    b'  File "commshub/shell.py", line 30, in run\r\n'
    b"MemoryError: memory allocation failed, allocating 1024 bytes\r\n"
)


class TalkedOver:
    """A virtual hub's port on which something else is said too; what it says is in `to_come`.

    `written` has all that went to the hub since it was last emptied.
    """

    def __init__(self, port: Any) -> None:
        self.port = port
        self.to_come = b""
        self.written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)

    def write(self, burst: bytes) -> None:
        self.written.append(burst)
        self.port.write(burst)

    def read(self, timeout_ms: int) -> bytes:
        """What was said over it comes first."""
        said, self.to_come = self.to_come, b""
        return said or self.port.read(timeout_ms)


class HubInTrouble:
    """A hub in whose network every alert opens something or passes, and all that it was sent.

    `sent` are the messages; `came` what went north of them, in order.
    """

    def __init__(self, port: Any) -> None:
        """Meet the hub, and give it a policy by which each alert of a new meter is red."""
        self.port = TalkedOver(port)
        self.client = HubClient(self.port)
        self.sent: list[bytes] = []
        self.came: list[Northbound] = []
        self._meter = 0
        policy = Policy()
        policy.amber_threshold = policy.red_threshold = policy.red_clear_threshold = 0
        self.client.set_capacity(12, 16)
        self.client.set_policy(frame_values(policy))

    def next_meter(self) -> None:
        """Its first alert opens an incident, which is saved."""
        self._meter += 1

    def message(self) -> bytes:
        """The next one that the hub is sent."""
        originator = bytes.fromhex(f"00DB12345678{self._meter:04X}")
        code = CODES[len(self.sent) % len(CODES)]
        self.sent.append(message_of(Row(0, originator, TARGET, code), len(self.sent) + 1))
        return self.sent[-1]

    def alert(self) -> str:
        """Send an alert; its verdict."""
        judged = self.client.alert(0, self.message())
        self.came += judged.north
        return judged.verdict

    def submit(self) -> None:
        """Send one and wait for nothing."""
        for judged in self.client.submit(0, self.message()):
            self.came += judged.north

    def settle(self) -> None:
        """Wait for all that is on its way."""
        for judged in self.client.settle():
            self.came += judged.north
        self.came += self.client.collect()

    def messages_north(self) -> list[bytes]:
        """The messages that went north, in order."""
        return [item.message for item in self.came if isinstance(item, WanAlert)]

    def strike_and_recover(self, fault: "LinkFault") -> int:
        """How long after the fault's end the next alert was judged and had gone north, ms."""
        self.next_meter()
        self.settle()
        fault.strike(self)
        ended_ms = self.port.now_ms()
        self.alert()
        return int(self.port.now_ms() - ended_ms)


class LinkFault(NamedTuple):
    """One thing that happens to a link.

    `restarts`: how often the hub boots by it.
    """

    name: str
    strike: Callable[[HubInTrouble], None]
    restarts: int = 0


def _unplug(hub: HubInTrouble) -> None:
    hub.port.unplug()
    with suppress(LinkLost):
        hub.port.pass_ms(OUT_MS)
    hub.port.plug()


def _cut_in_frame(hub: HubInTrouble) -> None:
    values = {"at_ms": 0, "north_next": 0, "message": bytes(range(1, 125))}
    frame = encode(Frame("HanAlert", 0, values, hub.client.hello.boot_id & 0xFFFF))
    hub.port.write(frame[: len(frame) // 2])
    hub.port.pass_ms(IN_FRAME_MS)
    hub.port.power_cut()


def _cut_in_save(hub: HubInTrouble) -> None:
    """The next alert's, which is the one that is waited for."""
    hub.port.power_cut_in_save(0.5)


def _garbage(hub: HubInTrouble) -> None:
    octets = random.Random(4).randbytes(GARBAGE_BYTES)
    hub.port.write(octets)
    hub.port.to_come = octets


def _garbage_without_end(hub: HubInTrouble) -> None:
    octets = random.Random(5).randbytes(GARBAGE_BYTES).replace(b"\x00", b"\x01")
    hub.port.write(octets)
    hub.port.to_come = octets


def _text_to_host(hub: HubInTrouble) -> None:
    hub.port.to_come = TRACEBACK


def _text_to_hub(hub: HubInTrouble) -> None:
    hub.port.write(TRACEBACK)


def _modem_manager(hub: HubInTrouble) -> None:
    for _ in range(3):
        hub.port.write(b"AT\r")


def _stall(hub: HubInTrouble) -> None:
    for _ in range(IN_FLIGHT):
        hub.submit()
    hub.port.pass_ms(STALL_MS)


LINK_FAULTS = (
    LinkFault("nothing", lambda hub: None),
    LinkFault("unplugged and plugged in", _unplug),
    LinkFault("power cut in a frame", _cut_in_frame, restarts=1),
    LinkFault("power cut in a save", _cut_in_save, restarts=1),
    LinkFault("garbage both ways", _garbage),
    LinkFault("garbage without 00 both ways", _garbage_without_end),
    LinkFault("a traceback to the host", _text_to_host),
    LinkFault("a traceback to the hub", _text_to_hub),
    LinkFault("ModemManager's AT commands", _modem_manager),
    LinkFault("host reads nothing for 60 s", _stall),
)


class ReplPort:
    """A port at which MicroPython's REPL is, and not the firmware.

    Args:
        says: what it says to whatever is written; None: it echoes that, as a terminal does.
    """

    name = "repl"

    def __init__(self, says: bytes | None) -> None:
        self.written: list[bytes] = []
        self._says = says
        self._said = b""
        self._at_ms = 0

    def write(self, burst: bytes) -> None:
        self.written.append(burst)
        self._said += burst if self._says is None else self._says

    def read(self, timeout_ms: int) -> bytes:
        said, self._said = self._said, b""
        self._at_ms += 1 if said else timeout_ms
        return said

    def now_ms(self) -> int:
        return self._at_ms

    def pass_ms(self, duration_ms: int) -> None:
        self._at_ms += duration_ms

    def reopen(self) -> None:
        self._said = b""

    def close(self) -> None:
        """There is nothing to let go of."""


REPLS = {
    "echo": None,
    "prompt": b"\r\nMicroPython v1.25.0; Raspberry Pi Pico with RP2040\r\n>>> ",
    "raw": b"raw REPL; CTRL-B to exit\r\n>",
}
