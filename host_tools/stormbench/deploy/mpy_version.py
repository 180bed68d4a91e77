"""Which `.mpy` files an interpreter takes: their version, and the processor of machine code.

Source: MicroPython 1.25, docs/reference/mpyfiles.rst, "Versioning and compatibility of .mpy
files", and py/persistentcode.h.
"""

from typing import NamedTuple

ARCHITECTURES = (
    "none",
    "x86",
    "x64",
    "armv6",
    "armv6m",
    "armv7m",
    "armv7em",
    "armv7emsp",
    "armv7emdp",
    "xtensa",
    "xtensawin",
    "rv32imc",
)

RP2040 = "armv6m"
"""A Cortex-M0+."""


class MpyVersion(NamedTuple):
    """Machine code wants both numbers to be the same on the board and in the file."""

    version: int
    sub_version: int

    def __str__(self) -> str:
        return f"v{self.version}.{self.sub_version}"


def read_mpy(number: int) -> tuple[MpyVersion, str]:
    """Read `sys.implementation._mpy` of a board.

    Returns:
        The version, and the name of the architecture as mpy-cross calls it.
    """
    architecture = number >> 10 & 0x0F
    known = architecture < len(ARCHITECTURES)
    name = ARCHITECTURES[architecture] if known else f"number {architecture}"
    return MpyVersion(number & 0xFF, number >> 8 & 0x03), name
