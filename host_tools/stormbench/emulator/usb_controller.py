"""The RP2040's USB device controller, with a host on the other end that takes time.

rp2040py's controller decides by itself when a transfer is over. This one only tells the host that
a buffer was armed, and completes it when the host says so, which is what a NAK is. It also
watches the pull-up, which is how a real host learns that a device came or went: firmware that
adds an interface at run time drops it and raises it again. It knows no class and no enumeration.
"""

from collections.abc import Callable
from typing import Protocol

from rp2040py.peripherals import usb as registers
from rp2040py.peripherals.usb import RPUSBController
from rp2040py.rp2040 import RP2040

BUFFER_AVAILABLE = registers.USB_BUF_CTRL_AVAILABLE
BUFFER_FULL = registers.USB_BUF_CTRL_FULL
BUFFER_LENGTH = registers.USB_BUF_CTRL_LEN_MASK
BUFFER_STALL = 1 << 11  # RP2040 datasheet, 4.1.2.7.4, buffer control register
SECOND_BUFFER_BYTES = 64

FRAME_NS = 1_000_000
FRAME_NUMBER_MASK = 0x7FF


class Host(Protocol):
    """What the controller tells the other end of the cable."""

    def on_pull_up(self, is_up: bool) -> None:
        """The device appeared on the bus, or left it."""

    def on_bus_reset_seen(self) -> None:
        """The firmware has acknowledged the bus reset."""

    def on_in_armed(self, endpoint: int, packet: bytes, sent: Callable[[], None]) -> None:
        """A packet waits for an IN token; `sent` is to be called when it has gone over."""

    def on_out_armed(self, endpoint: int, size_bytes: int) -> None:
        """A buffer waits for at most `size_bytes` from the host."""

    def on_control_stall(self) -> None:
        """The firmware refuses the control request that is going on."""


class UsbController(RPUSBController):
    """A device controller whose transfers end when the host completes them."""

    def __init__(self, chip: RP2040, name: str) -> None:
        super().__init__(chip, name)
        self.host: Host | None = None
        self.on_reset_received = self._on_bus_reset_seen
        self._frame_alarm = chip.clock.create_alarm(self._on_frame)

    def _on_bus_reset_seen(self) -> None:
        if self.host is not None:
            self.host.on_bus_reset_seen()

    def _handle_sie_ctrl_write(self, value: int) -> None:
        was_up = bool(self._sie_ctrl & registers.SIE_CTRL_PULLUP_EN)
        super()._handle_sie_ctrl_write(value)
        is_up = bool(value & registers.SIE_CTRL_PULLUP_EN)
        if is_up != was_up and self.host is not None:
            self.host.on_pull_up(is_up)

    def read_uint32(self, offset: int) -> int:
        """Read a register; reading the frame number acknowledges the frame's interrupt."""
        if offset != registers.SOF_RD:
            return super().read_uint32(offset)
        self._int_raw &= ~registers.INTR_DEV_SOF
        self.check_interrupts()
        return int(self.rp2040.clock.nanos // FRAME_NS) & FRAME_NUMBER_MASK

    def write_uint32(self, offset: int, value: int) -> None:
        """Write a register; frames are counted while their interrupt is wanted."""
        super().write_uint32(offset, value)
        if offset == registers.INTE and value & registers.INTR_DEV_SOF:
            self._frame_alarm.schedule(FRAME_NS - self.rp2040.clock.nanos % FRAME_NS)

    def _on_frame(self) -> None:
        # MicroPython flushes its greeting 16 frames after DTR, and then wants no more of them.
        if self._int_enable & registers.INTR_DEV_SOF:
            self._int_raw |= registers.INTR_DEV_SOF
            self.check_interrupts()
            self._frame_alarm.schedule(FRAME_NS)

    def start_bus_reset(self) -> None:
        """What a host does with a device that has just appeared: reset the bus, for 10 ms."""
        self._set_connected(True)
        self.reset_device()

    def give_up_bus_reset(self) -> None:
        """The device left before the reset was over."""
        self.reset_alarm.cancel()

    def dpram_updated(self, offset: int, value: int) -> None:
        """Called by the bus for every word written to the USB RAM.

        Both halves of a double buffer are looked at, first half first, which is the order on
        the wire. TinyUSB never double-buffers OUT endpoints, so only IN can have two.
        """
        if not registers.EP0_IN_BUFFER_CONTROL <= offset <= registers.EP15_OUT_BUFFER_CONTROL:
            return
        if self.host is None:
            return
        endpoint = (offset - registers.EP0_IN_BUFFER_CONTROL) >> 3
        is_out = bool(offset & 4)
        if endpoint == 0 and value & BUFFER_STALL:
            self.host.on_control_stall()
        elif not value & BUFFER_AVAILABLE:
            return
        elif is_out:
            self._clear(offset, BUFFER_AVAILABLE)
            self.host.on_out_armed(endpoint, value & BUFFER_LENGTH)
        else:
            self._arm_in(endpoint, offset, value)

    def _arm_in(self, endpoint: int, offset: int, value: int) -> None:
        second = value >> registers.USB_BUF1_SHIFT
        is_double = bool(second & BUFFER_AVAILABLE)
        self._arm_in_half(endpoint, offset, value, 0, interrupts=not is_double)
        if is_double:
            self._arm_in_half(endpoint, offset, second, 1, interrupts=True)

    def _arm_in_half(
        self, endpoint: int, offset: int, half: int, index: int, *, interrupts: bool
    ) -> None:
        shift = index * registers.USB_BUF1_SHIFT
        start = self._get_endpoint_buffer_offset(endpoint, False) + index * SECOND_BUFFER_BYTES
        packet = bytes(self.rp2040.usb_dpram[start : start + (half & BUFFER_LENGTH)])
        self._clear(offset, BUFFER_AVAILABLE << shift)

        def sent() -> None:
            self._clear(offset, BUFFER_FULL << shift)
            if interrupts:
                self._indicate_buffer_ready(endpoint, False)

        assert self.host is not None
        self.host.on_in_armed(endpoint, packet, sent)

    def _clear(self, offset: int, bits: int) -> None:
        word = int.from_bytes(self.rp2040.usb_dpram[offset : offset + 4], "little")
        self.rp2040.usb_dpram[offset : offset + 4] = (word & ~bits).to_bytes(4, "little")

    def complete_out(self, endpoint: int, packet: bytes) -> None:
        """The host has sent `packet` into the buffer that was armed."""
        self._finish_read(endpoint, packet)
