"""`--repl-port`: the port of a board's REPL, where the hub's link is another one."""

from collections.abc import Callable
from typing import Any

import click

from stormbench.errors import InvalidInput
from stormbench.hub.open import is_virtual

_Command = Callable[..., Any]


def repl_port_option(command: _Command) -> _Command:
    """`--repl-port`."""
    return click.option(
        "--repl-port",
        metavar="PORT",
        help="Where a board's REPL is, if the hub's link is another port.",
    )(command)


def require_board_has_it(hub_name: str, repl_port: str | None) -> None:
    """Go on only where the port can be of the hub's own board: what is sent there runs.

    Raises:
        InvalidInput: a virtual hub has its REPL at none of this computer's ports.
    """
    if repl_port is not None and is_virtual(hub_name):
        raise InvalidInput(
            f"--repl-port {repl_port}: hub {hub_name} is virtual, and has no port of this "
            "computer; leave it away, or name a board with --hub"
        )
