"""Constants in frozen machine code are where the code looks for them.

On ARMv6-M a constant of more than 16 bits lies behind the instruction that loads it, and is found
only if the code begins at a multiple of 4 bytes (boards/shared/frozen_native.h).
"""

import struct

from stormbench.image import find_image
from stormbench.image.uf2 import decode_uf2, flash_contents

LOAD, ITS_REGISTERS = 0x4800, 0xF8FF  # ldr rX, [pc, #0]
SKIP_A_WORD = 0xE001  # b.n, over the constant


def test_constants_in_frozen_code_are_aligned() -> None:
    uf2 = find_image()
    assert uf2 is not None
    octets = flash_contents(decode_uf2(uf2.read_bytes()))
    halves = struct.unpack(f"<{len(octets) // 2}H", octets[: len(octets) // 2 * 2])
    places = [
        2 * at
        for at in range(len(halves) - 1)
        if halves[at] & ITS_REGISTERS == LOAD and halves[at + 1] == SKIP_A_WORD
    ]
    assert places, "no such constant is in the image: nothing is tested"
    assert [hex(place) for place in places if place % 4] == []
