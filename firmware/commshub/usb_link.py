"""The third kind of link: a serial port of the hub's own, beside MicroPython's on the same cable.

MicroPython takes its own port's bytes one by one, 8 us each; here the USB controller writes whole
transfers to a buffer (machine.USBDevice, in each image of 1.23 and later). The only file that
touches it. The callbacks run between two bytecodes of ours, like any scheduled function, and never
within native code.

A transfer that asks for more than a packet ends with a short packet, or when it is full. So a host
must not end what it sends with a whole packet: the hub would see none of it before it sends more.
"""

import io
import select

from commshub.compat import const, make_words, micropython, ptr8, ptr32
from commshub.framer import BUFFER_BYTES
from commshub.front import Front
from commshub.octets import take_out
from commshub.usb_function import SerialFunction

IN_BYTES = const(1024)  # a transfer to the hub: a whole window of alerts of the usual length
OUT_BYTES = const(319)  # a transfer to the host; full, it ends with a short packet

# A host that takes nothing for so long does not read. As long as MicroPython's own port waits
# (MICROPY_HW_USB_CDC_TX_TIMEOUT).
STALLED_MS = const(500)

_ONCE = (None,)

_POLL = const(3)  # MP_STREAM_POLL in py/stream.h
_SETUP = const(1)  # CONTROL_STAGE_SETUP of TinyUSB

# Words: whether a host has configured the port; whether a transfer to it is on its way; whether it
# takes none; which of two buffers gathers what leaves next, and how much that is; of each where a
# `Front` has its length, or 0.
_IS_OPEN = const(0)
_IS_SENDING = const(1)
_IS_STALLED = const(2)
_GATHERING = const(3)
_GATHERED = const(4)
_LENGTHS_AT = const(5)
_WORDS = const(7)

# Parts, of two each: the buffers, their views, their `of`; then the endpoint, `submit_xfer`,
# machine.mem32, and `take_out`, which is found here sooner than by its name.
_VIEWS = const(2)
_OF = const(4)
_ENDPOINT = const(6)
_SUBMIT = const(7)
_MEMORY = const(8)
_COPY = const(9)

_WITHIN_PACKET = const(63)

# PSTN 1.2, table 13: the request with its type before it.
_SET_LINE_CODING = const(0x2120)
_GET_LINE_CODING = const(0xA121)
_SET_CONTROL_LINE_STATE = const(0x2122)


class UsbLink:
    """Frames over a port of the hub's own.

    Args:
        device: the machine.USBDevice, not active.
        memory: machine.mem32, or None.

    `source` is what a poll can watch: ready for input while bytes are there.
    """

    overruns = 0  # a host that is too fast has to wait

    def __init__(self, device, memory=None):
        self._submit = device.submit_xfer
        function = SerialFunction(device.BUILTIN_DEFAULT)
        self._to_hub = function.to_hub
        self._from_hub = function.from_hub
        self._coding = bytearray(
            b"\x00\xc2\x01\x00\x00\x00\x08"
        )  # 115,200 baud 8N1; kept, not used

        self._in = bytearray(IN_BYTES)
        self._come = (
            0  # bytes of a transfer that are not all taken; while there are none it is armed
        )
        self._taken = 0

        self._words = make_words(_WORDS)
        fronts = [Front(OUT_BYTES + 1, memory) for _ in range(2)]
        buffers, views, of = zip(*[(front.buffer, front.view, front.of) for front in fronts])
        self._parts = buffers + views + of + (self._from_hub, self._submit, memory, take_out)
        for number, front in enumerate(fronts):
            self._words[_LENGTHS_AT + number] = front.length_at

        self.source = _Readiness(self)
        self._bytes = select.poll()
        self._bytes.register(self.source, select.POLLIN)
        self._room = select.poll()
        self._room.register(self.source, select.POLLOUT)
        self._activate(device, function)

    # What the hub calls.

    @micropython.native
    def is_waiting(self) -> bool:
        """Whether bytes are there."""
        if not self._come:
            _breathe()
        return self._come > 0

    @micropython.native
    def wait(self, wait_ms: int) -> bool:
        """Wait up to `wait_ms` (-1: for ever) for bytes; whether some are there."""
        for _ in self._bytes.ipoll(wait_ms):
            return True
        return False

    @micropython.native
    def receive(self, framer) -> bool:
        """Give `framer` what is there of a transfer, as far as it has room.

        Returns: True; a host that goes away may come back.

        Allocates: nothing.
        """
        taken = self._taken
        length = self._come - taken
        room = BUFFER_BYTES - framer.filled
        if length > room:
            framer.take(self._in, room, taken)
            self._taken = taken + room
        elif length:
            framer.take(self._in, length, taken)
            self._come = self._taken = 0
            if self._words[_IS_OPEN]:
                self._arm()  # so the next comes while the frames of this one are served
        return True

    receive_without_waiting = receive

    @micropython.native
    def can_write(self) -> bool:
        """Whether a frame can be written: a host is there, and reads as far as can be told."""
        words = self._words
        return words[_IS_OPEN] and not words[_IS_STALLED]

    @micropython.native
    def write(self, buffer, length: int) -> bool:
        """Write `buffer[:length]`; it leaves by itself.

        While a transfer is under way what is written is gathered for the next. Waits only where
        that one is full, and no longer than STALLED_MS.

        Returns: whether all of it was taken. What was is gone all the same where the cable is
            pulled before a host has it.

        Allocates: nothing.
        """
        if _write(self._words, self._parts, buffer, 0, length):
            return True
        return self._write_in_parts(buffer, length)

    @micropython.native
    def _write_in_parts(self, buffer, length):
        words = self._words
        done = 0
        while done < length:
            if words[_GATHERED] == OUT_BYTES:
                self._await_room()
            part = OUT_BYTES - words[_GATHERED]
            if part > length - done:
                part = length - done
            if not part or not _write(words, self._parts, buffer, done, part):
                return False
            done += part
        return True

    # Transfers.

    def _activate(self, device, function):
        device.builtin_driver = device.BUILTIN_DEFAULT
        device.config(
            device.BUILTIN_DEFAULT.desc_dev,
            function.configuration,
            function.strings,
            open_itf_cb=self._on_open,
            reset_cb=self._on_reset,
            control_xfer_cb=self._on_control,
            xfer_cb=self._on_transfer,
        )
        device.active(True)  # a host that has seen the board already sees it go and come back

    @micropython.native
    def _arm(self):
        self._submit(self._to_hub, self._in)

    @micropython.native
    def _await_room(self):
        if self._words[_IS_STALLED]:
            return
        for _ in self._room.ipoll(STALLED_MS):
            return
        self._words[_IS_STALLED] = 1

    # What the USB says.

    @micropython.native
    def _on_transfer(self, endpoint, result, length):
        if endpoint == self._from_hub:
            _go_on(self._words, self._parts)
        elif endpoint == self._to_hub:
            self._come = length
            if not length:
                self._arm()
        return True

    def _on_open(self, descriptor):
        """A host has configured the device."""
        self._words[_IS_OPEN] = 1
        if not self._come:
            self._arm()

    def _on_reset(self):
        """The bus was reset: what was on its way is gone, and what has come stays."""
        for word in (_IS_OPEN, _IS_SENDING, _IS_STALLED, _GATHERED):
            self._words[word] = 0

    def _on_control(self, stage, request):
        """Answer a request: True, False to refuse it, or the bytes that it reads or writes."""
        if stage != _SETUP:
            return True
        what = request[0] << 8 | request[1]
        if what in (_SET_LINE_CODING, _GET_LINE_CODING):
            return self._coding
        return what == _SET_CONTROL_LINE_STATE


def _breathe():
    """Let callbacks run that wait for it: between the bytecodes of a loop, so this is not native.

    The loop of the hub is native code, and would let them wait until the hub is idle.
    """
    for _ in _ONCE:
        pass


@micropython.viper
def _write(words, parts, buffer, start: int, length: int) -> int:
    """Add so many bytes to what leaves next, and let it leave if nothing is on its way.

    Returns: 0, and nothing is done, where they do not fit.
    """
    word = ptr32(words)
    if word[_IS_SENDING] != 0:
        _breathe()
    gathered = word[_GATHERED]
    if word[_IS_OPEN] == 0 or gathered + length > OUT_BYTES:
        return 0
    copy = parts[_COPY]
    copy(buffer, start, length | gathered << 14, parts[word[_GATHERING]])
    word[_GATHERED] = gathered + length
    if word[_IS_SENDING] == 0:
        _send(words, parts)
    return 1


@micropython.viper
def _go_on(words, parts):
    """A transfer is over: the host reads, and what was gathered meanwhile leaves."""
    word = ptr32(words)
    word[_IS_SENDING] = 0
    word[_IS_STALLED] = 0
    if word[_GATHERED] != 0:
        _send(words, parts)


@micropython.viper
def _send(words, parts):
    word = ptr32(words)
    number = word[_GATHERING]
    length = word[_GATHERED]
    if length & _WITHIN_PACKET == 0:  # so it ends a frame, and an empty one may follow
        buffer = ptr8(parts[number])
        buffer[length] = 0
        length += 1
    if word[_LENGTHS_AT + number] != 0:
        memory = parts[_MEMORY]
        memory[word[_LENGTHS_AT + number]] = length
        view = parts[_VIEWS + number]
    else:
        of = parts[_OF + number]
        view = of(length)
    submit = parts[_SUBMIT]
    word[_GATHERED] = 0
    word[_GATHERING] = number ^ 1
    word[_IS_SENDING] = 1 if submit(parts[_ENDPOINT], view) else 0


class _Readiness(io.IOBase):
    """What a poll asks. A class of its own: nothing else is to be looked up through IOBase."""

    def __init__(self, link):
        self._link = link

    @micropython.native
    def ioctl(self, request, events):
        """Which of `events` there are."""
        if request != _POLL:
            return 0
        link = self._link
        found = 0
        if link._come:
            found = select.POLLIN
        if link._words[_GATHERED] < OUT_BYTES:
            found |= select.POLLOUT
        return found & events
