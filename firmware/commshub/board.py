"""What the board says of itself; with something to say where there is no board."""

import os
import sys
import time

try:
    import machine
except ImportError:
    machine = None

from commshub import identity, wire
from commshub.compat import micropython
from commshub.leaving import FOR_REPL, FOR_RESET
from commshub.store import LittleFsFile, PosixFile

PICO = "rp2"  # its standard streams are the USB serial port, its files on littlefs
RECOVERY_PIN = 22  # GPIO, to GND; RECOVERY in boards/COMMS_HUB_PICO/pins.csv

_ANSWER_LEAVES_MS = 100  # a frame takes less than 1 ms of the USB, but the host may be busy
_PULL_UP_SETTLES_MS = 1
_CTRL_C = 3


def ticks():
    """(ticks_ms, ticks_diff) of this interpreter."""
    if hasattr(time, "ticks_ms"):
        return time.ticks_ms, time.ticks_diff
    return _monotonic_ms, _difference


def unique_id() -> bytes:
    """8 bytes, the board's own; zeros where there is none."""
    return machine.unique_id() if hasattr(machine, "unique_id") else bytes(8)


def reset_cause() -> int:
    """As the board's MicroPython numbers it; 0 unknown."""
    return machine.reset_cause() if hasattr(machine, "reset_cause") else 0


def is_recovery_pin_low() -> bool:
    """Whether someone holds the pin down; where there is none, nobody does."""
    if sys.platform != PICO:
        return False
    pin = machine.Pin(RECOVERY_PIN, machine.Pin.IN, machine.Pin.PULL_UP)
    time.sleep_ms(_PULL_UP_SETTLES_MS)
    return not pin.value()


def leave(leaves_for: int) -> None:
    """Do what the hub leaves for, one of `leaving`, once its last words are out.

    For the REPL the caller has to end. Where there is no board, the process ends in any case.
    """
    if sys.platform != PICO:
        return
    time.sleep_ms(_ANSWER_LEAVES_MS)
    if leaves_for == FOR_RESET:
        reset()
    if leaves_for == FOR_REPL:
        micropython.kbd_intr(_CTRL_C)


def reset() -> None:
    """Start the board anew; does not return."""
    machine.reset()


def file(name: str):
    """Where something can be kept over a restart."""
    return LittleFsFile(name) if sys.platform == PICO else PosixFile(name)


def boot_id() -> int:
    """A number below 2**30 that another boot does not have, but by a chance of one in 2**30."""
    return int.from_bytes(os.urandom(4), "little") & 0x3FFFFFFF


def micropython_version() -> bytes:
    """Major, minor, patch; zeros on CPython."""
    if sys.implementation.name != "micropython":
        return bytes(3)
    return bytes(sys.implementation.version[:3])


def source_sha256() -> bytes:
    """32 bytes: which firmware runs."""
    return identity.source_sha256()


def transport() -> int:
    """Over what the standard streams run."""
    return wire.TRANSPORT_USB_REPL if sys.platform == PICO else wire.TRANSPORT_STDIO


def _monotonic_ms():
    return time.monotonic_ns() // 1000000  # type: ignore[attr-defined]


def _difference(a, b):
    return a - b
