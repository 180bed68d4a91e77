"""What the board says of itself; with something to say where there is no board."""

import os
import sys
import time

try:
    import machine
except ImportError:
    machine = None

from commshub import identity, wire
from commshub.compat import const, micropython
from commshub.framer import Framer
from commshub.lanes import Lane, Lanes
from commshub.leaving import FOR_REPL, FOR_RESET
from commshub.link import StdioLink
from commshub.store import LittleFsFile, PosixFile
from commshub.usb_link import UsbLink

PICO = "rp2"  # its standard streams are the USB serial port, its files on littlefs

# GPIO numbers of a Pico, where the image has no pin of that name. A board's folder (boards/) gives
# its own in pins.csv; a stock image has none of them.
_UART_TX = const(0)
_UART_RX = const(1)
_RECOVERY = const(22)  # to GND: erase the key, and leave the board to its REPL
_LINK_STRAP = const(21)  # to GND: the link is the UART; open: the USB

_ANSWER_LEAVES_MS = const(100)  # a frame takes less than 1 ms of the USB, but the host may be busy
_PULL_UP_SETTLES_MS = const(1)
_CTRL_C = const(3)

_lanes = None  # type: Lanes


def ticks():
    """(ticks_ms, ticks_diff) of this interpreter."""
    if hasattr(time, "ticks_ms"):
        return time.ticks_ms, time.ticks_diff
    return _monotonic_ms, _difference


def unique_id() -> bytes:
    """8 bytes, the board's own; zeros where there is none."""
    return machine.unique_id() if hasattr(machine, "unique_id") else bytes(8)


def reset_cause() -> int:
    """Why the board was reset, as `Hello` tells it; 0 unknown."""
    if is_rp2040():
        from commshub import watchdog

        return watchdog.reset_cause()
    return machine.reset_cause() if hasattr(machine, "reset_cause") else 0


def watchdog():
    """The module `watchdog`, which runs from now on; None where there is none that can rest."""
    if not is_rp2040():
        return None
    from commshub import watchdog  # only now: other machines have it elsewhere

    watchdog.begin()
    return watchdog


def has_repl() -> bool:
    """Whether a REPL is what comes after the hub."""
    return sys.platform == PICO


def is_recovery_pin_low() -> bool:
    """Whether someone holds the pin down; where there is none, nobody does."""
    return sys.platform == PICO and _is_low(_pin("RECOVERY", _RECOVERY))


def leave(leaves_for: int) -> None:
    """Do what the hub leaves for, one of `leaving`, once its last words are out.

    For the REPL the caller has to end. Where there is no board, the process ends in any case.
    """
    if sys.platform != PICO:
        return
    time.sleep_ms(_ANSWER_LEAVES_MS)
    if is_rp2040():
        from commshub import watchdog

        watchdog.crashes(0)
    if leaves_for == FOR_RESET:
        machine.reset()
    if leaves_for == FOR_REPL:
        micropython.kbd_intr(_CTRL_C)


def file(name: str):
    """Where something can be kept over a restart."""
    return LittleFsFile(name) if sys.platform == PICO else PosixFile(name)


def boot_id() -> int:
    """A number below 2**30 that another boot does not have, but by a chance of one in 2**30.

    Frames bear its low half, and there `wire.NO_BOOT` stands for none.
    """
    number = wire.NO_BOOT
    while number & 0xFFFF == wire.NO_BOOT:
        number = int.from_bytes(os.urandom(4), "little") & 0x3FFFFFFF
    return number


def micropython_version() -> bytes:
    """Major, minor, patch; zeros on CPython."""
    if sys.implementation.name != "micropython":
        return bytes(3)
    return bytes(sys.implementation.version[:3])


def name() -> bytes:
    """The MicroPython board that the image was built for; empty on a port, or before 1.25."""
    if sys.platform != PICO:
        return b""
    return getattr(sys.implementation, "_build", "").encode()


def source_sha256() -> bytes:
    """32 bytes: which firmware runs."""
    return identity.source_sha256()


def lanes():
    """The links to the host that the strap asks for; it is looked at once, at boot."""
    global _lanes
    if sys.platform == PICO and _is_low(_pin("LINK_STRAP", _LINK_STRAP)):
        _lanes = Lanes(Lane(wire.TRANSPORT_UART, _uart(), Framer()))
        return _lanes
    is_usb = sys.platform == PICO
    transport = wire.TRANSPORT_USB_REPL if is_usb else wire.TRANSPORT_STDIO
    first = Lane(transport, StdioLink(sys.stdin.buffer, sys.stdout.buffer), Framer())
    second = None
    if is_usb and hasattr(machine, "USBDevice"):  # not before MicroPython 1.23
        link = UsbLink(machine.USBDevice(), machine.mem32)
        second = Lane(wire.TRANSPORT_USB_ENDPOINT, link, Framer())
    _lanes = Lanes(first, second)
    return _lanes


def _uart():
    from commshub import uart_link  # only now: what is not needed takes no memory

    for number in (0, 1):
        try:
            uart = machine.UART(
                number,
                uart_link.BAUD,
                tx=machine.Pin(_pin("UART_TX", _UART_TX)),
                rx=machine.Pin(_pin("UART_RX", _UART_RX)),
                rxbuf=uart_link.RX_BYTES,
                txbuf=uart_link.TX_BYTES,
                timeout=0,
            )
        except ValueError:  # these are pins of the other one
            continue
        return uart_link.UartLink(uart, machine.mem32, number)
    raise ValueError("UART_TX and UART_RX are not pins of one UART")


def transport() -> int:
    """Over what the hub speaks."""
    return _lanes.transport if _lanes else wire.TRANSPORT_STDIO


def is_rp2040() -> bool:
    """Whether the registers of its watchdog are where we know them to be."""
    return "RP2040" in getattr(sys.implementation, "_machine", "")


def _pin(name, picos_number):
    """What `machine.Pin` takes for the board's pin of that name."""
    return getattr(machine.Pin.board, name, picos_number)


def _is_low(pin):
    pin = machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP)
    time.sleep_ms(_PULL_UP_SETTLES_MS)
    return pin.value() == 0


def overruns() -> int:
    """How often bytes from the host were lost in the port; USB holds the host back instead."""
    return _lanes.link.overruns if _lanes else 0


def _monotonic_ms():
    return time.monotonic_ns() // 1000000  # type: ignore[attr-defined]


def _difference(a, b):
    return a - b
