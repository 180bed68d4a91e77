"""The MicroPython sources that an image is built from: Debian's in the cache, or a checkout."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from stormbench import tree
from stormbench.errors import InvalidInput, NoHub
from stormbench.image import cache

_UNUSED_FOLDERS = frozenset({".git", "__pycache__", "build", "docs", "examples", "logo", "tests"})


@dataclass(frozen=True)
class MicroPython:
    """A MicroPython source tree."""

    path: Path
    version: str
    """As MicroPython counts: `1.25.0`, `1.26.0-preview`."""
    identity: str
    """Changes whenever the sources do."""
    dated_s: int
    """The date an image is given, in seconds since 1970; follows from the sources."""


def fetched_sources() -> MicroPython:
    """Return the sources that were fetched into the cache.

    Raises:
        NoHub: They are not there.
    """
    fetched = cache.sources_dir() / "debian"
    versions = fetched / "versions.txt"
    if not versions.is_file():
        raise NoHub(
            f"expected MicroPython's sources in {fetched}, got nothing there; run "
            f"`{fetch_command()}`, or name a checkout: "
            "`stormbench firmware build --micropython PATH`"
        )
    path = fetched.resolve() / "micropython"
    listed = versions.read_text(encoding="utf-8")
    dated = re.search(r"^dated (\d+)$", listed, re.MULTILINE)
    identity = hashlib.sha256(listed.encode()).hexdigest()
    return MicroPython(path, _version(path), identity, int(dated[1]) if dated else 0)


def fetch_command() -> str:
    """Return the line that puts sources and tool-chain in place: from a checkout, or without."""
    boards = tree.boards_dir()
    if (boards.parent / "Makefile").is_file():
        return "make deps"
    packages = boards / "debian" / "packages.txt"
    script = boards / "debian" / "fetch-sources.sh"
    return f"xargs -a {packages} sudo apt-get install -y && bash {script}"


def checkout_sources(path: Path) -> MicroPython:
    """Return a MicroPython checkout, with its submodules, that the user named.

    Raises:
        InvalidInput: It is none, or a submodule is missing.
    """
    path = path.absolute()
    needed = ["ports/rp2/CMakeLists.txt", "py/mpconfig.h", "lib/pico-sdk/pico_sdk_init.cmake"]
    needed += ["lib/tinyusb/src", "lib/mbedtls/library", "lib/micropython-lib/README.md"]
    for name in needed:
        if not (path / name).exists():
            raise InvalidInput(
                f"expected a MicroPython checkout with its submodules at {path}, got none of "
                f"{name}; in it, run `make -C ports/rp2 submodules`"
            )
    dated_s = int((path / "py" / "mpconfig.h").stat().st_mtime)
    return MicroPython(path, _version(path), _listing_sha256(path), dated_s)


def _version(micropython: Path) -> str:
    text = (micropython / "py" / "mpconfig.h").read_text(encoding="utf-8")
    numbers = dict(re.findall(r"#define MICROPY_VERSION_(\w+) +\(?(\d+)", text))
    release = ".".join(numbers.get(part, "0") for part in ("MAJOR", "MINOR", "MICRO"))
    return f"{release}-preview" if numbers.get("PRERELEASE") == "1" else release


def _listing_sha256(path: Path) -> str:
    """Hash names, sizes and times, as make judges what changed; contents would take seconds."""
    digest = hashlib.sha256(str(path).encode())
    for folder, subfolders, names in os.walk(path, followlinks=True):
        subfolders[:] = sorted(
            name for name in subfolders if name not in _UNUSED_FOLDERS | {"build-standard"}
        )
        if os.path.relpath(folder, path) == "ports":
            subfolders[:] = ["rp2"]
        for name in sorted(names):
            stat = os.stat(os.path.join(folder, name), follow_symlinks=False)
            digest.update(f"{folder}/{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
