"""Where saves are kept: one file, replaced whole, with a check sum at its end.

A power cut at any moment leaves the old save or the new one: each kind of file here sees to that
in the way of its file system. Nothing here knows what is saved.
"""

import errno
import os
import struct
from binascii import crc32

NOTHING = 0  # there is no save
SOUND = 1
DAMAGED = 2  # something is there that was not written here, or not to its end

_CHECK_BYTES = 4


class Store:
    """Sealed saves.

    Args:
        file: has `replace(octets)`, and `read()`, which returns the last ones or None; see
            `LittleFsFile`.
    """

    def __init__(self, file):
        self._file = file

    def save(self, pour) -> None:
        """Keep what pour(write) writes, instead of what was kept before. Allocates: the octets.

        The file is opened once they are all there: one that is open when something fails is closed
        all the same, and littlefs would let what was written up to then take the old one's place.

        Raises:
            OSError: it could not be written. Whatever is raised, what was kept before still is.
        """
        octets = bytearray()
        pour(octets.extend)
        octets.extend(struct.pack("<I", crc32(octets)))
        self._file.replace(octets)

    def load(self):
        """(SOUND, octets), or (NOTHING, None), or (DAMAGED, None). Allocates: the octets."""
        try:
            octets = self._file.read()
        except OSError:
            return DAMAGED, None
        if not octets:  # littlefs leaves a new file empty where its first writing was cut off
            return NOTHING, None
        end = len(octets) - _CHECK_BYTES
        view = memoryview(octets)
        if end < 0 or crc32(view[:end]) != struct.unpack_from("<I", octets, end)[0]:
            return DAMAGED, None
        return SOUND, view[:end]


class LittleFsFile:
    """A file on the board's flash.

    littlefs writes what is new beside what is old, and makes the file point to it in one step when
    it is closed; so the file can be written where it is, which is half the work of a rename.
    """

    def __init__(self, name: str):
        self._name = name

    def replace(self, octets) -> None:
        """Write the file anew."""
        with open(self._name, "wb") as file:
            file.write(octets)

    def read(self):
        """What the file holds; None where there is none."""
        try:
            with open(self._name, "rb") as file:
                return file.read()
        except OSError as error:
            if error.errno == errno.ENOENT:
                return None
            raise

    def erase(self) -> None:
        """Remove the file; where there is none, all is well."""
        try:
            os.remove(self._name)
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise


class PosixFile(LittleFsFile):
    """A file where the new is written over the old: a rename is what happens in one step."""

    def replace(self, octets) -> None:
        """Write another file, and only then let it take this one's place."""
        LittleFsFile(self._name + ".new").replace(octets)
        os.rename(self._name + ".new", self._name)
