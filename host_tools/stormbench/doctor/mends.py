"""Which command brings this tree's hub onto a board, by what is on it and what is here."""

from stormbench.doctor.mpy import is_misfit
from stormbench.errors import HostToolError
from stormbench.hub.open import is_virtual
from stormbench.image.sources import fetched_sources
from stormbench.image.toolchain import toolchain_version
from stormbench.link.hello import Hello

BUILD = "stormbench firmware build"
_GET = "stormbench firmware get"
_OURS = "COMMS_HUB_"
"""How names of boards begin for which an image has the hub in it (boards/README.md)."""


def update(name: str, hello: Hello) -> str:
    """For a hub of other sources: the way by which it came, unless its MicroPython is too old."""
    if is_virtual(name):
        return BUILD
    if hello.board.startswith(_OURS) or is_misfit(hello.micropython_version):
        return flash(name)
    return deploy(name)


def deploy(name: str) -> str:
    """For a board with MicroPython: needs nothing that has to be built here."""
    return BUILD if is_virtual(name) else f"stormbench firmware deploy --port {name}"


def flash(name: str | None) -> str:
    """For a board with whatever is on it; None: it is at BOOTSEL."""
    if name is not None and is_virtual(name):
        return BUILD
    port = f" --port {name}" if name else ""
    if _can_build():
        return f"{BUILD} && stormbench firmware flash{port}"
    deploy_then = f"stormbench firmware deploy{port}"
    return f"{_GET} && stormbench firmware flash{port} && {deploy_then}"


def _can_build() -> bool:
    try:
        toolchain_version()
        fetched_sources()
    except HostToolError:
        return False
    return True
