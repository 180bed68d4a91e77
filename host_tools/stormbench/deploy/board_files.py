"""The files of a board, through its raw REPL, as mpremote handles them.

mpremote's transport opens its own port and waits by the wall clock, which on the emulated Pico
means nothing, so what runs code on the board is our `RawRepl`; what the code is, is mpremote's.
Only writing and hashing are ours. The REPL takes a character in 8 us and more, and mpremote sends
up to four of them for a byte, and three pieces of code for a hash: ours are compressed, and one.
"""

import ast
import binascii
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from mpremote.transport import Transport, TransportExecError

from stormbench.deploy.firmware import MAIN
from stormbench.deploy.plan import PACKAGES, PART, OnBoard
from stormbench.link.raw_repl import CodeFailed, RawRepl

_TIMEOUT_MS = 30_000
_CHUNK_BYTES = 1_536
"""Of what is sent at once; 2,048 characters."""

_WINDOW_BITS = 10
"""Of the compression: 1 kB, which the board keeps beside the file."""

_IS_FOLDER = 0x4000

_ABOUT = """
import json, os, sys
def frozen():
    path = sys.path[:]
    sys.path[:] = [".frozen"]
    try:
        import commshub
        return True
    except ImportError:
        return False
    finally:
        sys.path[:] = path
        sys.modules.pop("commshub", None)
own = sys.implementation
print(json.dumps({
    "platform": sys.platform, "version": list(own.version[:3]), "mpy": getattr(own, "_mpy", 0),
    "machine": getattr(own, "_machine", ""), "has_frozen_hub": frozen(),
    "block_bytes": os.statvfs("/")[0], "free_blocks": os.statvfs("/")[3],
}))
"""

_HELPERS = """
import binascii, deflate, hashlib, io, json
buffer = memoryview(bytearray(1024))
packed = io.BytesIO()
def pieces(source):
    while True:
        count = source.readinto(buffer)
        if not count:
            return
        yield buffer[:count]
def digests(paths):
    for path in paths:
        total = hashlib.sha256()
        with open(path, "rb") as file:
            for piece in pieces(file):
                total.update(piece)
        print(binascii.hexlify(total.digest()).decode())
def take(chunk):
    packed.write(binascii.a2b_base64(chunk))
def put(path, window_bits):
    global packed
    packed.seek(0)
    try:
        with open(path, "wb") as file:
            for piece in pieces(deflate.DeflateIO(packed, deflate.RAW, window_bits)):
                file.write(piece)
    finally:
        packed = io.BytesIO()
"""


class About(NamedTuple):
    """What a board says of itself."""

    platform: str
    version: list[int]
    """Of its MicroPython: major, minor, patch."""
    mpy: int
    """`sys.implementation._mpy`; 0: it takes no .mpy files."""
    machine: str
    has_frozen_hub: bool
    """A hub is part of its image."""
    block_bytes: int
    free_blocks: int


class BoardFiles(Transport):  # type: ignore[misc]  # mpremote has no types
    """A board's files.

    Args:
        repl: of the board, entered.
    """

    def __init__(self, repl: RawRepl) -> None:
        self._repl = repl
        self._has_helpers = False

    def exec(self, command: str, data_consumer: Callable[[bytes], None] | None = None) -> bytes:
        """Run code on the board; what it printed. mpremote's methods come down to this one.

        Raises:
            TransportExecError: it ended with an exception.
        """
        try:
            printed = self._repl.run(command, _TIMEOUT_MS).encode()
        except CodeFailed as error:
            raise TransportExecError(1, error.traceback) from error
        if data_consumer is not None:
            data_consumer(printed)
        return printed

    def eval(self, expression: str) -> Any:
        """What an expression is on the board, if it is plain."""
        return ast.literal_eval(self.exec(f"print(repr({expression}))").decode().strip())

    def about(self) -> About:
        """Ask the board what it is."""
        return About(**json.loads(self.exec(_ABOUT)))

    def present(self) -> dict[str, OnBoard]:
        """What there is of a firmware: main.py, and everything in its folders.

        A folder within those has no hash.
        """
        entries = {entry.name: entry for entry in self._listed("") if entry.name in (MAIN, PART)}
        for package in PACKAGES:
            entries |= {f"{package}/{entry.name}": entry for entry in self._listed(package)}
        files = [path for path, entry in entries.items() if not entry.st_mode & _IS_FOLDER]
        hashes = dict(zip(files, self.sha256(*files), strict=True))
        return {
            path: OnBoard(hashes.get(path, b""), entry.st_size) for path, entry in entries.items()
        }

    def sha256(self, *paths: str) -> list[bytes]:
        """The hashes of files, worked out on the board."""
        printed = self._help(f"digests({paths!r})")
        return [bytes.fromhex(line) for line in printed.decode().split()]

    def make_folder(self, path: str) -> None:
        """Make it, if it is not there."""
        if not self.fs_isdir(path):
            self.fs_mkdir(path)

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all that is in it."""
        if self.fs_isdir(path):
            for entry in self.fs_listdir(path):
                self.remove(f"{path}/{entry.name}")
            self.fs_rmdir(path)
        else:
            self.fs_rmfile(path)

    def write(self, path: str, content: bytes) -> None:
        """Write a file, whole.

        Raises:
            TransportExecError: the board could not, for one because its file system is full.
        """
        packer = zlib.compressobj(9, zlib.DEFLATED, -_WINDOW_BITS)
        packed = packer.compress(content) + packer.flush()
        code = []
        for start in range(0, len(packed), _CHUNK_BYTES):
            chunk = binascii.b2a_base64(packed[start : start + _CHUNK_BYTES], newline=False)
            code.append(f"take({chunk!r})")
        for line in code[:-1]:
            self._help(line)
        self._help(f"{code[-1]}\nput({path!r}, {_WINDOW_BITS})")

    def rename(self, path: str, new: str) -> None:
        """Give a file another name, in one step; one that had it is gone."""
        self.exec(f"import os\nos.rename({path!r}, {new!r})")

    def _listed(self, folder: str) -> list[Any]:
        with suppress(FileNotFoundError):
            return list(self.fs_listdir(folder))
        return []

    def _help(self, code: str) -> bytes:
        if not self._has_helpers:
            self.exec(_HELPERS)
            self._has_helpers = True
        return self.exec(code)
