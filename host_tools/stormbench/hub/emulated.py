"""`--hub emulated`, `:repl` and `:uart`: the UF2 that would be flashed, on an emulated Pico.

Over the USB port of its own, MicroPython's USB port, or its UART. The image is the same: on the
USB it has both ports, and a pin tells it that it is the UART. And `:stock`: another image, which
has the same firmware in its files (see `stock`), over the USB port of its own.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from stormbench.emulator.pico import EmulatedPico
from stormbench.emulator.port import EmulatedPort
from stormbench.emulator.uart_port import UartPort
from stormbench.errors import NoHub
from stormbench.hub.stock import STOCK, deployed_image
from stormbench.image import DEFAULT_BOARD, find_image, inspect
from stormbench.image.stock import WAYS

_OWN_PORT_US = 5_000_000
"""Device time within which the firmware has added its own port: 0.26 s from a first power-on, at
which it also makes its file system (`tests/emulated/test_own_usb_port.py`), and 1.48 s where it
is imported from files."""

UART_STRAP = {21: False}
"""The pin with which the firmware chooses its link (firmware/commshub/board.py), to GND."""


class HubPort(EmulatedPort):
    """A USB port of an emulated Pico whose firmware may add one of its own.

    For that the board goes and comes back soon after it boots, so this waits until it has, and is
    not lost by it.
    """

    def __init__(self, pico: EmulatedPico, *, is_repl: bool, name: str) -> None:
        """Open MicroPython's port, or the firmware's own where there is one."""
        self._is_repl = is_repl
        super().__init__(pico, pipe=self._pipe_of(pico), name=name)

    def reopen(self) -> None:
        """Wait for the port to be there, and open it; another one, if the board has another now.

        Raises:
            LinkLost: It does not come.
        """
        self._pipe = self._pipe_of(self.pico)
        super().reopen()

    def _pipe_of(self, pico: EmulatedPico) -> int:
        return 1 if await_own_port(pico) and not self._is_repl else 0


def open_emulated(uf2: Path | None, hub_id: int) -> HubPort:
    """The firmware's own USB port of an emulated Pico that has booted; if it has none, the other.

    Args:
        uf2: the image; None: the one in the cache that fits the tree best.
        hub_id: gives the board a unique id of its own.

    Raises:
        InvalidInput: the file is no whole image of an RP2040.
        NoHub: no image in the cache, or no port comes up.
    """
    return HubPort(booted_pico(uf2, hub_id), is_repl=False, name="emulated")


def open_emulated_repl(uf2: Path | None, hub_id: int) -> HubPort:
    """MicroPython's own USB port of an emulated Pico that has booted.

    Args:
        uf2: the image; None: the one in the cache that fits the tree best.
        hub_id: gives the board a unique id of its own.

    Raises:
        InvalidInput: the file is no whole image of an RP2040.
        NoHub: no image in the cache, or no port comes up.
    """
    return HubPort(booted_pico(uf2, hub_id), is_repl=True, name="emulated:repl")


def open_emulated_uart(uf2: Path | None, hub_id: int) -> UartPort:
    """The other end of the UART of an emulated Pico that has booted.

    Args:
        uf2: the image; None: the one in the cache that fits the tree best.
        hub_id: gives the board a unique id of its own.

    Raises:
        InvalidInput: the file is no whole image of an RP2040.
        NoHub: no image in the cache.
        LinkLost: its firmware does not turn the UART on.
    """
    pico = booted_pico(uf2, hub_id, UART_STRAP)
    try:
        return UartPort(pico)
    except BaseException:
        pico.close()
        raise


def open_emulated_stock(uf2: Path | None, hub_id: int) -> HubPort:
    """The firmware's own USB port of an emulated Pico with stock MicroPython that has booted.

    Args:
        uf2: the stock image; None: the one in the cache, or MicroPython's release.
        hub_id: gives the board a unique id of its own.

    Raises:
        InvalidInput: the file is no stock image. NoHub: there is none, or no mpy-cross.
    """
    return HubPort(_with_power(deployed_image(uf2), hub_id), is_repl=False, name=STOCK)


def await_own_port(pico: EmulatedPico) -> bool:
    """Let a board that has booted run until its firmware has added a port; whether it has one."""
    deadline_us = pico.now_us + _OWN_PORT_US
    return pico.run_until(deadline_us, lambda: pico.is_connected and pico.pipe_count > 1)


def booted_pico(
    uf2: Path | None, hub_id: int = 1, pins: Mapping[int, bool] | None = None
) -> EmulatedPico:
    """An emulated Pico whose serial port is there.

    Args:
        uf2: the image; None: the one in the cache that fits the tree best.
        hub_id: gives the board a unique id of its own.
        pins: levels that pins are held at, by their number, from before power-on.

    Raises:
        InvalidInput: the file is no whole image of an RP2040.
        NoHub: no image in the cache, or no port comes up.
    """
    return _with_power(_hub_image(uf2), hub_id, pins)


def _hub_image(uf2: Path | None) -> Path:
    """The image to boot. The emulator would run whatever is in a file, for whatever chip.

    To look at it takes 5 ms (900 kB), where a boot takes seconds.
    """
    if uf2 is not None:
        inspect(uf2)
        return uf2
    image = find_image()  # which has looked at it
    if image is None:
        raise NoHub(f"no whole UF2 image of board {DEFAULT_BOARD} in the cache. {WAYS}")
    return image


def _with_power(image: Path, hub_id: int, pins: Mapping[int, bool] | None = None) -> EmulatedPico:
    unique_id = hashlib.sha256(b"stormbench emulated hub %d" % hub_id).digest()[:8]
    return EmulatedPico(image, unique_id=unique_id, pins=pins)
