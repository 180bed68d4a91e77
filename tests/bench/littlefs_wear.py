"""littlefs alone, on a flash of the Pico's geometry that counts erases; for the Unix port.

Arguments: bytes of a save, saves, saves between two boots (0: one boot), what stands for a seed.
Prints how often each block was erased, as a JSON list. It is driven by `flash_wear.py`, which
compares it with the emulated Pico; it does in seconds what takes that an hour.
"""

import json
import sys

import vfs  # type: ignore[import-not-found]

BLOCK_BYTES = 4096
BLOCKS = (0x200000 - 0xA0000) // BLOCK_BYTES  # as MicroPython's RPI_PICO has it
PROGRAM_BYTES = 256  # as its _boot.py mounts it
PIECE_BYTES = 47  # a save is written in small pieces; littlefs gathers them


class Flash:
    """A block device in memory."""

    def __init__(self):
        self.octets = bytearray(b"\xff" * (BLOCK_BYTES * BLOCKS))
        self.erases = [0] * BLOCKS

    def readblocks(self, block, buffer, offset=0):
        """Read."""
        at = block * BLOCK_BYTES + offset
        buffer[:] = memoryview(self.octets)[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        """Program; littlefs has erased before."""
        at = block * BLOCK_BYTES + offset
        self.octets[at : at + len(buffer)] = buffer

    def ioctl(self, operation, block):
        """Count the blocks, tell their size, erase one."""
        if operation == 4:
            return BLOCKS
        if operation == 5:
            return BLOCK_BYTES
        if operation == 6:
            self.erases[block] += 1
            at = block * BLOCK_BYTES
            self.octets[at : at + BLOCK_BYTES] = b"\xff" * BLOCK_BYTES
        return 0


def main(save_bytes, saves, saves_a_boot, seed):
    """Save again and again."""
    flash = Flash()
    vfs.VfsLfs2.mkfs(flash, progsize=PROGRAM_BYTES)
    files = vfs.VfsLfs2(flash, progsize=PROGRAM_BYTES)
    for number in range(saves):
        if saves_a_boot and number % saves_a_boot == 0:
            files = vfs.VfsLfs2(flash, progsize=PROGRAM_BYTES)
        with files.open("commshub.save", "wb") as file:
            left = save_bytes
            while left:
                piece = ((seed + number) * 2654435761 & 0xFFFFFFFF).to_bytes(4, "little") * 12
                left -= file.write(piece[: min(left, PIECE_BYTES)])
    print(json.dumps(flash.erases))


main(*map(int, sys.argv[1:]))
