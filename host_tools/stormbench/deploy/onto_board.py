"""The whole of a deploy, from the hub that runs to the one that runs then."""

from collections.abc import Mapping
from typing import NamedTuple

from stormbench.deploy.mpy_cross import MpyCross
from stormbench.deploy.reach import boot_hub, reach_repl
from stormbench.deploy.run import Deployed, OnStep, deploy, say_nothing
from stormbench.errors import HostToolError
from stormbench.link.port import Port


class Onto(NamedTuple):
    """A deploy, and how full the heap is of the hub that booted from it: see `memory`."""

    deployed: Deployed
    memory: Mapping[str, int]


def deploy_onto(
    port: Port,
    compiler: MpyCross,
    may_replace_main: bool = False,
    on_step: OnStep = say_nothing,
    may_interrupt: bool = False,
) -> Onto:
    """Let the board's hub leave, if there is one, put the firmware there, and meet the new one.

    Where that cannot be done the board boots again, with what was on it or with none.

    Args:
        port: MicroPython's own port of the board.
        compiler, may_replace_main, on_step: see `deploy`.
        may_interrupt: see `reach_repl`.

    Raises: what `reach_repl`, `deploy` and `boot_hub` raise.
    """
    on_step("reaching the board", None)
    repl = reach_repl(port, may_interrupt)
    try:
        deployed = deploy(repl, compiler, may_replace_main, on_step)
    except HostToolError:
        repl.reset_board()
        raise
    on_step("booting the hub", None)
    return Onto(deployed, boot_hub(repl, port, deployed.firmware.identity).memory())
