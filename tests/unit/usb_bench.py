"""machine.USBDevice with a host on the other end of the cable, and a link on it.

As TinyUSB does it: a transfer to the hub ends when it is full or with a packet of less than 64
bytes; an endpoint takes one transfer at a time; a bus reset forgets transfers, and none is taken
before a host has configured the device. Callbacks run at once, as they do between two bytecodes.
"""

import select
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from commshub import framer as framing
from commshub import lanes as lanes_module
from commshub import usb_link
from commshub.framer import Framer
from commshub.usb_link import UsbLink

PACKET_BYTES = 64
TO_HUB, FROM_HUB = 0x03, 0x83

BUILTIN_CONFIGURATION = bytes.fromhex(
    "09024b00020100807d"
    "080b000202020000"
    "0904000001020200040524002001052401000104240202052406000107058103080010"
    "09040100020a00000007050202400000"
    "07058202400000"
)


class Builtin:
    """What MicroPython's rp2 port says of its own serial port."""

    itf_max, ep_max, str_max = 2, 3, 5
    desc_dev = b"the device"
    desc_cfg = BUILTIN_CONFIGURATION


class Device:
    """machine.USBDevice, as far as the link uses it."""

    BUILTIN_DEFAULT = Builtin

    def __init__(self) -> None:
        self.builtin_driver: Any = None
        self.was_active: list[bool] = []
        self.configured: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        self.sent: list[bytes] = []
        self.armed: bytearray | None = None
        self._sending: bytes | None = None
        self._to_hub: deque[bytes] = deque()
        self._done = 0
        self._is_open = False
        self.reads = True

    # What the firmware calls.

    def config(self, *descriptors: Any, **callbacks: Any) -> None:
        self.configured.append((descriptors, callbacks))

    def active(self, is_active: bool) -> None:
        self.was_active.append(is_active)

    def submit_xfer(self, endpoint: int, buffer: Any) -> bool:
        assert self._is_open, "a transfer on an endpoint that is not open writes to address 0"
        if endpoint == TO_HUB:
            assert self.armed is None, "the endpoint is busy"
            self.armed, self._done = buffer, 0
        else:
            assert endpoint == FROM_HUB and self._sending is None, "the endpoint is busy"
            self._sending = bytes(buffer)
        return True

    # What the host does.

    @property
    def callbacks(self) -> dict[str, Callable[..., Any]]:
        return self.configured[0][1]

    def reset_bus(self) -> None:
        self._is_open = False
        self.armed = self._sending = None
        self._to_hub.clear()
        self.callbacks["reset_cb"]()

    def configure(self) -> None:
        self._is_open = True
        self.callbacks["open_itf_cb"](memoryview(b"an interface"))

    def control(self, setup: str, stage: int = 1) -> Any:
        return self.callbacks["control_xfer_cb"](stage, memoryview(bytes.fromhex(setup)))

    def write(self, burst: bytes) -> None:
        """Send in packets, and never one of no bytes."""
        self._to_hub.extend(
            burst[at : at + PACKET_BYTES] for at in range(0, len(burst), PACKET_BYTES)
        )
        self._push()

    @property
    def waiting_bytes(self) -> int:
        """What the hub has not taken yet."""
        return sum(map(len, self._to_hub))

    def send_nothing(self) -> None:
        """A packet of no bytes, as some drivers send behind a whole one."""
        self._end(0)

    def take(self) -> bytes:
        """Read the transfer that waits."""
        assert self._sending is not None, "the hub sends nothing"
        sent, self._sending = self._sending, None
        self.sent.append(sent)
        self.callbacks["xfer_cb"](FROM_HUB, 0, len(sent))
        return sent

    @property
    def is_sending(self) -> bool:
        return self._sending is not None

    def wait(self) -> None:
        """Time passes while the hub waits, and the host reads, if it does."""
        if self.reads and self._sending is not None:
            self.take()
        self._push()

    def _push(self) -> None:
        while self.armed is not None and self._to_hub:
            packet = self._to_hub.popleft()
            self.armed[self._done : self._done + len(packet)] = packet
            self._done += len(packet)
            if len(packet) < PACKET_BYTES or self._done == len(self.armed):
                self._end(self._done)

    def _end(self, length: int) -> None:
        self.armed = None
        self.callbacks["xfer_cb"](TO_HUB, 0, length)


class Poll:
    """MicroPython's poll over things with an ioctl; while it waits the host does something."""

    device: Device
    waits_ms: list[int]

    def __init__(self) -> None:
        self._watched: list[tuple[Any, int]] = []

    def register(self, source: Any, events: int) -> None:
        self._watched.append((source, events))

    def ipoll(self, wait_ms: int) -> Iterator[tuple[Any, int]]:
        found = list(self._found())
        if not found and wait_ms:
            self.waits_ms.append(wait_ms)
            self.device.wait()
            found = list(self._found())
        return iter(found)

    poll = ipoll

    def _found(self) -> Iterator[tuple[Any, int]]:
        for source, events in self._watched:
            if found := source.ioctl(3, events):
                yield source, found


def plugged_in(
    monkeypatch: pytest.MonkeyPatch, memory: dict[int, int] | None = None
) -> tuple[UsbLink, Device]:
    """A link whose device is not configured yet."""
    device = Device()

    class PollOfDevice(Poll):
        waits_ms: list[int] = []  # noqa: RUF012

    PollOfDevice.device = device

    class Select:
        POLLIN, POLLOUT = select.POLLIN, select.POLLOUT
        poll = PollOfDevice

    monkeypatch.setattr(usb_link, "select", Select)
    monkeypatch.setattr(lanes_module, "select", Select)
    return UsbLink(device, memory), device


def seqs(framer: Framer) -> list[int]:
    """The numbers of the frames that are whole."""
    found = []
    while (what := framer.next()) != framing.NEED_MORE:
        if what == framing.FRAME:
            found.append(framer.seq)
    return found
