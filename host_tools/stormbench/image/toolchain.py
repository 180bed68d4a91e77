"""The programs that a build calls, all of the machine's own distribution."""

import os
import shutil
import subprocess
from pathlib import Path

from stormbench.errors import NoHub
from stormbench.image.sources import MicroPython, fetch_command

_PROGRAMS = ("arm-none-eabi-gcc", "arm-none-eabi-g++", "cmake", "make", "gcc")
_LIBRARIES = {
    "nano.specs": "libnewlib-arm-none-eabi",
    "libstdc++.a": "libstdc++-arm-none-eabi-newlib",
}
_LEAKING = (
    "MICROPY_",
    "PICO_",
    "CMAKE_",
    "CFLAGS",
    "CXXFLAGS",
    "CPPFLAGS",
    "LDFLAGS",
    "MAKE",
    "MFLAGS",
)


def toolchain_version() -> str:
    """Return what the cross compiler says of itself.

    Raises:
        NoHub: A program or a library that a build needs is not there.
    """
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    if not missing:
        missing = [package for file, package in _LIBRARIES.items() if not _knows(file)]
    if missing:
        raise NoHub(
            f"expected a tool-chain for the RP2040, but here is no {', '.join(missing)}; "
            f"run `{fetch_command()}`, or take an image that was built elsewhere: --uf2 PATH"
        )
    return _ask("--version").splitlines()[0]


def _knows(file: str) -> bool:
    return os.path.isabs(_ask(f"-print-file-name={file}").strip())


def _ask(question: str) -> str:
    return subprocess.run(
        ["arm-none-eabi-gcc", question], capture_output=True, text=True, check=True
    ).stdout


def build_environment(micropython: MicroPython, mpy_cross: Path) -> dict[str, str]:
    """Return the environment of a build, free of what could change the image unseen.

    Args:
        micropython: The sources. The image bears their date and, where they are no git checkout,
            their version, whatever repository the cache may lie in.
        mpy_cross: The compiler for the frozen modules.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_LEAKING)}
    if not (micropython.path / ".git").exists():
        kept["MICROPY_GIT_TAG"] = f"v{micropython.version}"
    return {
        **kept,
        "LC_ALL": "C",
        "PYTHONDONTWRITEBYTECODE": "1",
        "SOURCE_DATE_EPOCH": str(micropython.dated_s),
        "MICROPY_MPYCROSS": str(mpy_cross),
    }
