"""`stormbench firmware repl`: a board's hub leaves, for MicroPython's REPL and its tools."""

import json

import click

from stormbench.errors import InvalidInput
from stormbench.flashing.leaving import Repl, hand_over_repl
from stormbench.hub.open import VIRTUAL_HUBS
from stormbench.printable import printable


@click.command(epilog="Example: stormbench firmware repl --port auto")
@click.option(
    "--port", metavar="P", default="auto", show_default=True, help="auto, id:SERIAL, or a port."
)
@click.option("--json", "as_json", is_flag=True, help="Print where the REPL is as JSON.")
def command(port: str, as_json: bool) -> None:
    """Let the hub on a board leave for MicroPython's REPL, and say on which port that is.

    Then mpremote, or any other tool for MicroPython, has the board, until it is reset. The hub
    saves before it leaves. One with a key leaves only for whoever has that (`stormbench key
    list`).
    """
    if port in VIRTUAL_HUBS:
        raise InvalidInput(
            f"--port {port}: expected a board's port: the REPL of a virtual hub ends with the "
            "command"
        )
    repl = hand_over_repl(port)
    click.echo(json.dumps(_as_json(repl)) if as_json else _text(repl))


def _as_json(repl: Repl) -> dict[str, object]:
    return {"port": repl.device, "unique_id": repl.left.unique_id if repl.left else None}


def _text(repl: Repl) -> str:
    who = f"hub {repl.left.unique_id} has left" if repl.left else "no hub runs"
    connect = f"mpremote connect {printable(repl.device)}"
    return (
        f"{who}; the REPL is on {printable(repl.device)}\n"
        f"  {connect}          to use it\n"
        f"  {connect} reset    to start the hub again"
    )
