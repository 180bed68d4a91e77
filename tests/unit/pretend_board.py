"""A board for a deploy, in a folder of this computer: what MicroPython would run, CPython runs.

It stands for the world behind the raw REPL. What MicroPython has and CPython has not (`ilistdir`,
`deflate`) is here; what the board says of itself is the test's to choose; and the cable can be
pulled, and the flash be full.
"""

import errno
import io
import json
import os
import sys
import traceback
import zlib
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from stormbench.deploy.mpy_version import MpyVersion
from stormbench.errors import HubTimeout, LinkLost
from stormbench.link.raw_repl import CodeFailed

STOCK = {
    "platform": "rp2",
    "version": [1, 25, 0],
    "mpy": 4870,
    "machine": "Raspberry Pi Pico with RP2040",
    "has_frozen_hub": False,
    "block_bytes": 4096,
    "free_blocks": 350,
}
"""What MicroPython 1.25.0 says on a new Pico; read on the emulated one."""


class PretendCompiler:
    """What comes out tells what went in, and starts no process."""

    version = MpyVersion(6, 3)

    def compile(self, source: Path, name: str, architecture: str) -> bytes:
        """As `MpyCross.compile`."""
        return b"M\x06" + architecture.encode() + source.read_bytes()


class PretendBoard:
    """Has the part of a `RawRepl` that a deploy uses.

    Attributes:
        about: what it says of itself.
        ran: the pieces of code, in order.
        pulled_at: the piece with this in it is not run any more: the cable is out.
        full_at: the piece with this in it fails, as with a full file system.
        damaged: a file with this name is written with one bit wrong.
    """

    name = "pretend"

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.about: dict[str, Any] = dict(STOCK)
        self.ran: list[str] = []
        self.pulled_at = self.full_at = self.damaged = self.mute_at = "nothing"
        self._names: dict[str, Any] = {}
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        monkeypatch.setattr(os, "ilistdir", _ilistdir, raising=False)
        monkeypatch.setitem(sys.modules, "deflate", _deflate())

    def soft_reset(self) -> None:
        """An empty heap."""
        self._names = {}

    def run(self, code: str, timeout_ms: int) -> str:
        """As `RawRepl.run`."""
        self.ran.append(code)
        if self.pulled_at in code:
            raise LinkLost(f"the link on {self.name} is lost")
        if self.mute_at in code:
            raise HubTimeout(f"no answer on {self.name}")
        if "has_frozen_hub" in code:
            return json.dumps(self.about)
        if self.full_at in code:
            raise CodeFailed(self.name, "Traceback\r\nOSError: [Errno 28] ENOSPC\r\n")
        said = io.StringIO()
        try:
            with redirect_stdout(said):
                exec(code, self._names)
        except Exception as error:
            raise CodeFailed(self.name, _as_told_there(error)) from error
        self._damage(code)
        return said.getvalue()

    def files(self) -> list[str]:
        """Every file that is there."""
        found = self.folder.rglob("*")
        return sorted(p.relative_to(self.folder).as_posix() for p in found if p.is_file())

    def written(self) -> list[str]:
        """The files that were written, in order."""
        return [code.split("put('")[1].split("'")[0] for code in self.ran if "put('" in code]

    def _damage(self, code: str) -> None:
        if f"put('{self.damaged}'" in code:
            path = self.folder / self.damaged
            content = bytearray(path.read_bytes())
            content[-1] ^= 1
            path.write_bytes(content)


def _as_told_there(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        code = errno.errorcode[error.errno]
        return f"Traceback\r\nOSError: [Errno {error.errno}] {code}\r\n"
    return "".join(traceback.format_exception(error))


def _ilistdir(folder: str = "") -> list[tuple[str, int, int, int]]:
    with os.scandir(folder or ".") as entries:
        return [
            (e.name, 0x4000 if e.is_dir() else 0x8000, 0, 0 if e.is_dir() else e.stat().st_size)
            for e in entries
        ]


def _deflate() -> ModuleType:
    module: Any = ModuleType("deflate")
    module.RAW = 1
    module.DeflateIO = lambda packed, _form, bits: io.BytesIO(
        zlib.decompress(packed.read(), -bits)
    )
    return module
