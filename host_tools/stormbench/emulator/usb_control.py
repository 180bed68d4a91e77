"""Control requests from the host, one after another, over endpoint 0.

A request is over when its status stage is: only then does the next one start, as on a real bus.
A request that the device refuses (stall) is over too, with no answer. It does not know what the
requests are for.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from stormbench.emulator.usb_bus import FullSpeedBus

PACKET_BYTES = 64
SETUP_BYTES = 8
DEVICE_TO_HOST = 0x80


class Device(Protocol):
    """The other end of endpoint 0."""

    def send_setup_packet(self, setup_packet: bytes) -> None:
        """A request has come over the wire."""

    def complete_out(self, endpoint: int, packet: bytes) -> None:
        """A packet has come over the wire, into the buffer that was armed."""


@dataclass
class Request:
    """One control request.

    Attributes:
        setup: The 8 bytes of the setup packet.
        payload: What the host sends in the data stage, at most 64 bytes.
        on_done: Told the data that came back; None where the device refused.
    """

    setup: bytes
    payload: bytes = b""
    on_done: Callable[[bytes | None], None] = lambda answer: None

    @property
    def expected_bytes(self) -> int:
        """How much the device may send back, 0 for a request that sends to it."""
        is_in = bool(self.setup[0] & DEVICE_TO_HOST)
        return int.from_bytes(self.setup[6:8], "little") if is_in else 0


class ControlPipe:
    """Endpoint 0, seen from the host."""

    def __init__(self, device: Device, bus: FullSpeedBus) -> None:
        self._device = device
        self._bus = bus
        self.clear()

    def clear(self) -> None:
        """Forget everything: the device has left the bus."""
        self._requests: deque[Request] = deque()
        self._answer = bytearray()
        self._is_data_over = False
        self._is_out_armed = False

    def request(self, request: Request) -> None:
        """Send a request, after those that wait already."""
        self._requests.append(request)
        if len(self._requests) == 1:
            self._start_first()

    def on_in(self, packet: bytes) -> None:
        """A packet came from the device: data of the answer, or the status of a request to it."""
        if not self._requests:
            return
        expected_bytes = self._requests[0].expected_bytes
        if not expected_bytes:
            self._finish(bytes(self._answer))
            return
        self._answer += packet
        self._is_data_over = len(packet) < PACKET_BYTES or len(self._answer) >= expected_bytes
        self._serve_out()

    def on_out_armed(self) -> None:
        """The device waits for a packet: data for it, or the status of its answer."""
        self._is_out_armed = True
        self._serve_out()

    def on_stall(self) -> None:
        """The device refuses the request that is going on."""
        if self._requests:
            self._finish(None)

    def _serve_out(self) -> None:
        if not self._requests or not self._is_out_armed:
            return
        request = self._requests[0]
        if request.payload and not self._is_data_over:
            self._is_data_over = True
            self._send_out(request.payload)
        elif request.expected_bytes and self._is_data_over:
            self._send_out(b"")
            self._finish(bytes(self._answer))

    def _send_out(self, packet: bytes) -> None:
        self._is_out_armed = False
        self._bus.transact(len(packet), lambda: self._device.complete_out(0, packet))

    def _start_first(self) -> None:
        self._answer = bytearray()
        self._is_data_over = False
        self._is_out_armed = False
        setup = self._requests[0].setup
        self._bus.transact(SETUP_BYTES, lambda: self._device.send_setup_packet(setup))

    def _finish(self, answer: bytes | None) -> None:
        request = self._requests.popleft()
        if self._requests:
            self._start_first()
        request.on_done(answer)  # which may send another, and starts it where none waits
