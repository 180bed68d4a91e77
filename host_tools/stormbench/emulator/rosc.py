"""The ring oscillator's random bit, from which MicroPython has `os.urandom` on an RP2040.

rp2040py has no such block, and answers ones: every boot of every board would draw the same bytes,
and so bear the same boot id. Here the bits follow from the board's unique id and from how many
were drawn since power-on, so that runs repeat to the bit. Nothing secret may be drawn here.
"""

import random
from typing import TYPE_CHECKING

from rp2040py.peripherals.peripheral import BasePeripheral

if TYPE_CHECKING:
    from rp2040py.rp2040 import RP2040

_RANDOMBIT = 0x1C  # RP2040 data sheet, 2.17.8


class BoardRosc(BasePeripheral):
    """The block; of its registers only the random bit means anything."""

    def __init__(self, chip: "RP2040", name: str, unique_id: bytes) -> None:
        super().__init__(chip, name)
        self._bits = random.Random(unique_id)

    def read_uint32(self, offset: int) -> int:
        """A bit that no reset brings back, or ones, as rp2040py has them."""
        return self._bits.getrandbits(1) if offset == _RANDOMBIT else 0xFFFFFFFF

    def write_uint32(self, offset: int, value: int) -> None:
        """Nothing: the oscillator clocks the chip only until the crystal does."""

    def reset(self) -> None:
        """Nothing: noise is not reset."""
