"""Saves on littlefs, in memory, with what can go wrong; MicroPython only.

Prints, for each way to fail, what is found afterwards; the save before held b"old".
"""

import vfs  # type: ignore[import-not-found]

from commshub.store import LittleFsFile, Store

BLOCK_BYTES = 512
BLOCKS = 24
TOO_MUCH = BLOCK_BYTES * BLOCKS


class Flash:
    """A block device in memory."""

    def __init__(self):
        self.octets = bytearray(BLOCK_BYTES * BLOCKS)

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK_BYTES + offset
        buffer[:] = memoryview(self.octets)[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        at = block * BLOCK_BYTES + offset
        self.octets[at : at + len(buffer)] = buffer

    def ioctl(self, operation, block):
        return {4: BLOCKS, 5: BLOCK_BYTES}.get(operation, 0)


def new_store(number):
    flash = Flash()
    vfs.VfsLfs2.mkfs(flash)
    folder = f"/flash{number}"
    vfs.mount(vfs.VfsLfs2(flash), folder)
    return Store(LittleFsFile(folder + "/save"))


def nothing_fails(write):
    write(b"new")


def memory_ends_at_once(write):
    raise MemoryError


def memory_ends_midway(write):
    write(b"ne")
    raise MemoryError


def flash_is_full(write):
    write(bytes(TOO_MUCH))


ways = (nothing_fails, memory_ends_at_once, memory_ends_midway, flash_is_full)
for number, pour in enumerate(ways):
    store = new_store(number)
    print(number, "first", store.load())
    store.save(lambda write: write(b"old"))
    try:
        store.save(pour)
    except (MemoryError, OSError) as error:
        print(number, "raised", type(error).__name__)
    found, octets = store.load()
    print(number, "found", found, octets and bytes(octets))
