"""The host's side of the USB cable: it enumerates, carries bytes, and NAKs.

rp2040py's own host answers every armed OUT endpoint at once, with zero bytes where it has none;
the firmware arms again, and nine tenths of the emulated CPU go into that loop. This one remembers
the armed endpoint and completes it when there are bytes. It keeps that state per endpoint, so
that interfaces which the firmware adds at run time work beside the REPL. Each write goes out by
itself, as a driver's transfer does, so that it ends in a short packet unless its length is a
multiple of 64. It never sends a zero-length packet on a bulk endpoint, as CDC host drivers do not:
a device that waits for a short packet after such a multiple waits here too. It does not know what
the bytes mean.
"""

from collections import deque
from collections.abc import Callable

from rp2040py.clock.clock import IClock

from stormbench.emulator.usb_bus import FullSpeedBus
from stormbench.emulator.usb_control import ControlPipe, Request
from stormbench.emulator.usb_controller import UsbController
from stormbench.emulator.usb_descriptors import Pipe, find_pipes

# From the call of write() to its first packet.
COALESCE_NS = 20_000

SET_ADDRESS = bytes.fromhex("0005010000000000")
GET_CONFIGURATION_HEAD = bytes.fromhex("8006000200000900")
SET_CONFIGURATION = bytes.fromhex("0009010000000000")
GET_CONFIGURATION = bytes.fromhex("800600020000")  # and the length, 2 bytes
SET_LINE_CODING = bytes.fromhex("21200000")  # and the interface, and 7 in 2 bytes
SET_CONTROL_LINE_STATE = bytes.fromhex("2122")  # and the lines, the interface, and 0
LINE_CODING = bytes.fromhex("00c20100000008")  # 115200 baud, 1 stop bit, no parity, 8 bits
DTR_AND_RTS = 3


class HostPipe:
    """What the host keeps for one pair of bulk endpoints while the device is there."""

    def __init__(self, ends: Pipe) -> None:
        self.ends = ends
        self.to_device: deque[bytearray] = deque()  # what is left of each write
        self.from_device = bytearray()
        self.armed_bytes: int | None = None  # of the OUT endpoint; None while it is not armed
        self.is_due = False  # false while the first write is on its way through the host
        self.held: list[Callable[[], None]] = []  # IN packets that nobody reads yet


class UsbHost:
    """A PC with one device on its bus.

    Attributes:
        enumerations: How often the device has been enumerated, including the line coding.
        on_event: Called whenever something happened that a waiting caller may wait for: bytes
            came in, the device was enumerated, or it left.
    """

    def __init__(self, controller: UsbController, clock: IClock) -> None:
        self.enumerations = 0
        self.on_event: Callable[[], None] = lambda: None
        self._controller = controller
        self._clock = clock
        self._bus = FullSpeedBus(clock)
        self._control = ControlPipe(controller, self._bus)
        self._pipes: list[HostPipe] = []
        self._is_connected = False
        self._is_plugged = True
        self._is_up = False
        self._has_dtr: dict[int, bool] = {0: True}
        self._is_reading: dict[int, bool] = {}
        controller.host = self
        controller.on_reset = self._leave

    @property
    def is_connected(self) -> bool:
        """The device is enumerated, configured, and its serial ports are set up."""
        return self._is_connected

    @property
    def pipe_count(self) -> int:
        """How many pipes the device offers, 0 while it is not there."""
        return len(self._pipes)

    def write(self, chunk: bytes, pipe: int = 0) -> None:
        """Queue bytes for the device; they leave when it has a buffer for them.

        Raises:
            IndexError: The device has no such pipe, or is not there.
        """
        target = self._pipes[pipe]
        if not chunk:
            return
        target.to_device.append(bytearray(chunk))
        if len(target.to_device) == 1:
            target.is_due = False
            self._clock.create_alarm(lambda: self._on_coalesced(target)).schedule(COALESCE_NS)

    def read(self, pipe: int = 0) -> bytes:
        """Take everything that has come in; empty where nothing has, or the pipe is not there."""
        if pipe >= len(self._pipes):
            return b""
        source = self._pipes[pipe]
        chunk = bytes(source.from_device)
        source.from_device.clear()
        return chunk

    def waiting_bytes(self, pipe: int = 0) -> int:
        """How many bytes `read` would return."""
        return len(self._pipes[pipe].from_device) if pipe < len(self._pipes) else 0

    def unsent_bytes(self, pipe: int = 0) -> int:
        """How many bytes of `write` the device has not taken; 0 where the pipe is not there."""
        return sum(map(len, self._pipes[pipe].to_device)) if pipe < len(self._pipes) else 0

    def set_dtr(self, has_dtr: bool, pipe: int = 0) -> None:
        """Raise or drop DTR and RTS, as opening or closing the port does; outlives a reset."""
        self._has_dtr[pipe] = has_dtr
        if self._is_connected and pipe < len(self._pipes):
            control = self._pipes[pipe].ends.control_interface
            if control is not None:
                self._control.request(_lines(control, has_dtr))

    def set_reading(self, is_reading: bool, pipe: int = 0) -> None:
        """Stop or resume asking for what the device sends; outlives a reset.

        While it does not ask, the device's packets stay where they are: a peer that hangs.
        """
        self._is_reading[pipe] = is_reading
        if is_reading and pipe < len(self._pipes):
            held, self._pipes[pipe].held = self._pipes[pipe].held, []
            for take in held:
                take()

    def unplug(self) -> None:
        """Pull the cable: the device keeps its pull-up, and nobody sees it."""
        self._is_plugged = False
        self._leave()

    def plug(self) -> None:
        """Put the cable in; a device that has its pull-up on is found and enumerated."""
        self._is_plugged = True
        if self._is_up:
            self._controller.start_bus_reset()

    # What the controller tells ------------------------------------------------------------

    def on_pull_up(self, is_up: bool) -> None:
        """The device appeared or left."""
        self._leave()
        self._is_up = is_up
        if is_up and self._is_plugged:
            self._controller.start_bus_reset()

    def on_bus_reset_seen(self) -> None:
        """The firmware is ready to be enumerated."""
        self._control.request(Request(SET_ADDRESS))
        self._control.request(Request(GET_CONFIGURATION_HEAD, on_done=self._on_head))

    def on_in_armed(self, endpoint: int, packet: bytes, sent: Callable[[], None]) -> None:
        """Let the packet over, unless it is for a pipe that is not being read."""

        def over() -> None:
            sent()
            self._deliver(endpoint, packet)

        index = self._index_of(in_endpoint=endpoint)
        if index is not None and not self._is_reading.get(index, True):
            self._pipes[index].held.append(lambda: self._bus.transact(len(packet), over))
        elif endpoint == 0 or index is not None:
            self._bus.transact(len(packet), over)

    def on_out_armed(self, endpoint: int, size_bytes: int) -> None:
        """Remember the buffer; that nothing goes into it before there are bytes is the NAK."""
        if endpoint == 0:
            self._control.on_out_armed()
            return
        for pipe in self._pipes:
            if pipe.ends.out_endpoint == endpoint:
                pipe.armed_bytes = size_bytes
                self._send(pipe)

    def on_control_stall(self) -> None:
        """The firmware refuses a request."""
        self._control.on_stall()

    # Bytes --------------------------------------------------------------------------------

    def _on_coalesced(self, pipe: HostPipe) -> None:
        if pipe in self._pipes:  # else the device left meanwhile, and its bytes with it
            pipe.is_due = True
            self._send(pipe)

    def _send(self, pipe: HostPipe) -> None:
        if not (pipe.is_due and pipe.to_device and pipe.armed_bytes is not None):
            return
        size_bytes = min(pipe.armed_bytes, pipe.ends.packet_bytes)
        burst = pipe.to_device[0]
        packet = bytes(burst[:size_bytes])
        del burst[:size_bytes]
        if not burst:
            pipe.to_device.popleft()
        pipe.armed_bytes = None
        endpoint = pipe.ends.out_endpoint
        self._bus.transact(len(packet), lambda: self._controller.complete_out(endpoint, packet))

    def _deliver(self, endpoint: int, packet: bytes) -> None:
        if endpoint == 0:
            self._control.on_in(packet)
            return
        index = self._index_of(in_endpoint=endpoint)
        if index is not None and packet:
            self._pipes[index].from_device += packet
            self.on_event()

    def _index_of(self, in_endpoint: int) -> int | None:
        for index, pipe in enumerate(self._pipes):
            if pipe.ends.in_endpoint == in_endpoint:
                return index
        return None

    # Enumeration --------------------------------------------------------------------------

    def _leave(self) -> None:
        was_connected = self._is_connected
        self._is_connected = False
        self._pipes = []
        self._bus.clear()
        self._control.clear()
        self._controller.give_up_bus_reset()
        if was_connected:
            self.on_event()

    def _on_head(self, head: bytes | None) -> None:
        if head is not None and len(head) >= 4:
            setup = GET_CONFIGURATION + head[2:4]
            self._control.request(Request(setup, on_done=self._on_configuration))

    def _on_configuration(self, configuration: bytes | None) -> None:
        # The pipes are known before SET_CONFIGURATION: the firmware arms its endpoints in it.
        self._pipes = [HostPipe(ends) for ends in find_pipes(configuration or b"")]
        requests = [Request(SET_CONFIGURATION)]
        for index, pipe in enumerate(self._pipes):
            if pipe.ends.control_interface is not None:
                requests.append(_line_coding(pipe.ends.control_interface))
                requests.append(_lines(pipe.ends.control_interface, self._wants_dtr(index)))
        requests[-1].on_done = self._on_ready
        for request in requests:
            self._control.request(request)

    def _wants_dtr(self, index: int) -> bool:
        return self._has_dtr.get(index, False)

    def _on_ready(self, _: bytes | None) -> None:
        self._is_connected = True
        self.enumerations += 1
        self.on_event()


def _line_coding(interface: int) -> Request:
    return Request(SET_LINE_CODING + bytes((interface, 0, len(LINE_CODING), 0)), LINE_CODING)


def _lines(interface: int, has_dtr: bool) -> Request:
    lines = DTR_AND_RTS if has_dtr else 0
    return Request(SET_CONTROL_LINE_STATE + bytes((lines, 0, interface, 0, 0, 0)))
