"""Where saves are kept: one file, replaced whole, with a check sum at its end.

A power cut at any moment leaves the old save or the new one: each kind of file here sees to that
in the way of its file system. Nothing here knows what is saved.
"""

import errno
import os
import struct
from binascii import crc32

from commshub import cobs
from commshub.compat import micropython

NOTHING = 0  # there is no save
SOUND = 1
DAMAGED = 2  # something is there that was not written here, or not to its end

_CHECK_BYTES = 4

# A heap in use has no room for a save in one piece: full tables take 8.6 kB, and with them no save
# succeeded, although far more was free in all (`tests/emulated/test_full_tables.py`).
PIECE_BYTES = 512


class Store:
    """Sealed saves.

    Args:
        file: has `replace(pieces)`, and `read()`, which returns the last ones as one or None; see
            `LittleFsFile`.
    """

    def __init__(self, file):
        self._file = file

    def save(self, pour) -> None:
        """Keep what pour(write) writes, instead of what was kept before. Allocates: the pieces.

        The file is opened once they are all there: one that is open when something fails is closed
        all the same, and littlefs would let what was written up to then take the old one's place.

        Raises:
            OSError: it could not be written. Whatever is raised, what was kept before still is.
        """
        draft = _Draft()
        pour(draft.write)
        check = 0
        for piece in draft.pieces():
            check = crc32(piece, check)
        draft.write(struct.pack("<I", check))
        self._file.replace(draft.pieces())

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


class _Draft:
    """Octets that are written one after the other, and lie in pieces of `PIECE_BYTES`."""

    def __init__(self):
        self._pieces = []
        self._free = 0  # of the last piece

    @micropython.native
    def write(self, octets):
        done = 0
        length = len(octets)
        while done < length:
            if not self._free:
                self._pieces.append(bytearray(PIECE_BYTES))
                self._free = PIECE_BYTES
            count = min(self._free, length - done)
            cobs.copy(octets, done, self._pieces[-1], PIECE_BYTES - self._free, count)
            self._free -= count
            done += count

    def pieces(self) -> list:
        """What was written, in order."""
        if not self._free:
            return self._pieces
        last = memoryview(self._pieces[-1])[: PIECE_BYTES - self._free]
        return self._pieces[:-1] + [last]


class LittleFsFile:
    """A file on the board's flash.

    littlefs writes what is new beside what is old, and makes the file point to it in one step when
    it is closed; so the file can be written where it is, which is half the work of a rename.
    """

    def __init__(self, name: str):
        self._name = name

    def replace(self, pieces) -> None:
        """Write the file anew, from a list of octets."""
        with open(self._name, "wb") as file:
            for piece in pieces:
                file.write(piece)

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

    def replace(self, pieces) -> None:
        """Write another file, and only then let it take this one's place."""
        LittleFsFile(self._name + ".new").replace(pieces)
        os.rename(self._name + ".new", self._name)
