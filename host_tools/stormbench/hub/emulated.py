"""`--hub emulated`, `:repl` and `:uart`: the UF2 that would be flashed, on an emulated Pico.

Over the USB port of its own, MicroPython's USB port, or its UART. The image is the same: on the
USB it has both ports, and a pin tells it that it is the UART.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from stormbench.emulator.pico import EmulatedPico
from stormbench.emulator.port import EmulatedPort
from stormbench.emulator.uart_port import UartPort
from stormbench.errors import NoHub
from stormbench.image import DEFAULT_BOARD, find_image

_WAYS = (
    "Three ways to an image: `stormbench firmware build` (from Debian's packages, after `make "
    "deps`, or from a checkout with --micropython PATH); `stormbench firmware get`, where the "
    "official release can be reached; or name one with --uf2 PATH"
)

_OWN_PORT_US = 1_000_000
"""Device time: within it the firmware has added its own port, for which the board goes and comes
back. Until then MicroPython's port is there alone, and may be lost any moment."""

UART_STRAP = {21: False}
"""The pin with which the firmware chooses its link (firmware/commshub/board.py), to GND."""


def open_emulated(uf2: Path | None, hub_id: int) -> EmulatedPort:
    """The fastest port of an emulated Pico that has booted: the firmware's own, if it has one.

    Args:
        uf2: the image; None: the one in the cache that fits the tree best.
        hub_id: gives the board a unique id of its own.

    Raises:
        NoHub: no image, an unreadable one, or no port comes up.
    """
    pico = _booted(uf2, hub_id)
    pico.run_until(pico.now_us + _OWN_PORT_US, lambda: pico.is_connected and pico.pipe_count > 1)
    return EmulatedPort(pico, pipe=max(0, pico.pipe_count - 1))


def open_emulated_repl(uf2: Path | None, hub_id: int) -> EmulatedPort:
    """MicroPython's own port of an emulated Pico that has booted.

    Args:
        uf2: the image; None: the one in the cache that fits the tree best.
        hub_id: gives the board a unique id of its own.

    Raises:
        NoHub: no image, an unreadable one, or no port comes up.
    """
    pico = _booted(uf2, hub_id)
    pico.run_until(pico.now_us + _OWN_PORT_US, lambda: pico.is_connected and pico.pipe_count > 1)
    return EmulatedPort(pico, name="emulated:repl")


def open_emulated_uart(uf2: Path | None, hub_id: int) -> UartPort:
    """The other end of the UART of an emulated Pico that has booted.

    Args:
        uf2: the image; None: the one in the cache that fits the tree best.
        hub_id: gives the board a unique id of its own.

    Raises:
        NoHub: no image, or an unreadable one.
        LinkLost: its firmware does not turn the UART on.
    """
    pico = _booted(uf2, hub_id, UART_STRAP)
    try:
        return UartPort(pico)
    except BaseException:
        pico.close()
        raise


def _booted(uf2: Path | None, hub_id: int, pins: Mapping[int, bool] | None = None) -> EmulatedPico:
    image = uf2 or find_image()
    if image is None:
        raise NoHub(f"no UF2 image of board {DEFAULT_BOARD} in the cache. {_WAYS}")
    if not image.is_file():
        raise NoHub(f"{image}: no such UF2 image. {_WAYS}")
    unique_id = hashlib.sha256(b"stormbench emulated hub %d" % hub_id).digest()[:8]
    return EmulatedPico(image, unique_id=unique_id, pins=pins)
