"""Where the figures come from: what a reader must know of the hub before trusting a number."""

from collections.abc import Mapping
from typing import Any

_NO_MICROPYTHON = "0.0.0"
"""What a hub under CPython says of itself."""
_KINDS = {
    "emulated": (
        "Figures are from an emulator; not yet run on hardware.",
        "The hub was the firmware image as it would be flashed, on an emulated RP2040.",
    ),
    "emulated:stock": (
        "Figures are from an emulator; not yet run on hardware.",
        "The hub was MicroPython's stock image with the firmware in its files, as they would be "
        "deployed, on an emulated RP2040.",
    ),
    "unix": (
        "Figures are from MicroPython on a PC; not yet run on hardware.",
        "The hub was the firmware's own modules under MicroPython's Unix port, with no board.",
    ),
    "sim": (
        "Figures are from a simulation on a PC; not yet run on hardware.",
        "The hub was the firmware's own modules under CPython, with no board and no MicroPython.",
    ),
    "board": (
        "Figures are from a real board.",
        "The hub was a microcontroller board running the firmware; the PC played all else.",
    ),
}


def caveat(hub: Mapping[str, Any]) -> str:
    """Say in one sentence whether the figures are from hardware."""
    return _described(hub)[0]


def explanation(hub: Mapping[str, Any]) -> str:
    """Say what the hub was."""
    return _described(hub)[1]


def micropython(hub: Mapping[str, Any]) -> str:
    """Give the version of MicroPython that ran the hub, if one did."""
    version = hub["micropython_version"]
    return "none" if version in (None, "", _NO_MICROPYTHON) else str(version)


def key_sentence(hub: Mapping[str, Any]) -> str:
    """Say whether the hub took commands from anyone."""
    if hub["keyed"]:
        return "set: commands that change the hub's behaviour were authenticated"
    return "none set: whoever has the serial port can change the hub's behaviour"


def _described(hub: Mapping[str, Any]) -> tuple[str, str]:
    kind = str(hub["kind"])
    unknown = (f"Figures are from a hub of kind “{kind}”.", f"The hub was of kind “{kind}”.")
    return _KINDS.get(kind, unknown)
