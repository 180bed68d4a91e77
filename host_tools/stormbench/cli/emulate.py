"""`stormbench emulate`: an emulated Pico for any serial tool."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from stormbench.cli._options import FILE
from stormbench.emulate.end import End
from stormbench.emulate.loopback import Loopback
from stormbench.emulate.serve import serve
from stormbench.errors import InvalidInput
from stormbench.hub.emulated import await_own_port, booted_pico

_NS_PER_US = 1_000


@click.command(epilog="Example: stormbench emulate --pty")
@click.option(
    "--pty",
    "is_pty",
    is_flag=True,
    help="Pseudo-terminals instead of sockets, for tools that open files.",
)
@click.option("--uf2", type=FILE, help="The image; default: the hub's from the cache.")
@click.option("--json", "as_json", is_flag=True, help="Print the ports as one JSON object.")
def command(is_pty: bool, uf2: Path | None, as_json: bool) -> None:
    """Boot an image on an emulated Pico, and offer its two serial ports to whoever opens them.

    pyserial opens a socket by its URL, and so does `--hub`. Device time is never ahead of wall
    time: a tool that waits for a second waits for one. Ctrl-C pulls the plug; what was in the
    flash is gone then.
    """
    with ExitStack() as stack:
        ends = [*_pseudo_terminals(stack)] if is_pty else [Loopback(), Loopback()]
        for end in ends:
            stack.callback(end.close)
        pico = booted_pico(uf2)
        stack.callback(pico.close)
        await_own_port(pico)
        told = _told(pico.unique_id, ends, as_json)
        serve(
            pico,
            ends,
            wall_us=lambda: time.monotonic_ns() // _NS_PER_US,
            rest=time.sleep,
            on_there=lambda: click.echo(told),
        )


def _pseudo_terminals(stack: ExitStack) -> Iterator[End]:
    if os.name != "posix":
        raise InvalidInput(
            "--pty: this system has no pseudo-terminals; without --pty the ports are sockets"
        )
    from stormbench.emulate.pseudo_terminal import PseudoTerminal

    folder = Path(stack.enter_context(TemporaryDirectory(prefix="stormbench-")))
    for name in ("ttyACM0", "ttyACM1"):
        yield PseudoTerminal(folder / name)


def _told(unique_id: bytes, ends: Sequence[End], as_json: bool) -> str:
    shown_id = unique_id.hex().upper()
    repl, own = (end.name for end in ends)
    if as_json:
        return json.dumps({"unique_id": shown_id, "hub_port": own, "repl_port": repl})
    return (
        f"emulated Pico {shown_id}; Ctrl-C pulls its plug\n"
        f"  hub's own port      {own}\n"
        f"  MicroPython's port  {repl}"
    )
