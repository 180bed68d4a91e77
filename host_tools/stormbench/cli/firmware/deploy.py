"""`stormbench firmware deploy`: the firmware onto a board that has stock MicroPython."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from stormbench.cli._options import FILE
from stormbench.cli.firmware._progress import StepProgress
from stormbench.deploy.mpy_cross import MpyCross
from stormbench.deploy.onto_board import Onto, deploy_onto
from stormbench.deploy.where import repl_device
from stormbench.errors import InvalidInput
from stormbench.hub.stock import STOCK, stock_pico
from stormbench.link.board_ports import is_micropythons
from stormbench.link.port import Port
from stormbench.link.serial_port import SerialPort


@click.command(epilog="Example: stormbench firmware deploy --port auto")
@click.option(
    "--port",
    metavar="P",
    help="auto, id:SERIAL, or a port of the board; default: auto.",
)
@click.option(
    "--hub", "hub_name", metavar="H", help=f"{STOCK}: an emulated Pico, to see what would be done."
)
@click.option(
    "--uf2", type=FILE, help=f"The stock image of {STOCK}; default: from the cache, or fetched."
)
@click.option("--replace-main", is_flag=True, help="A main.py that is not the hub's may go.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(
    port: str | None, hub_name: str | None, uf2: Path | None, replace_main: bool, as_json: bool
) -> None:
    """Put this tree's firmware onto a board with stock MicroPython, and boot the hub.

    Only what is not there already is copied, as .mpy files, and read again there. Until all of it
    is there the board starts no hub; a deploy that was cut off is simply given again.
    """
    _require_one_board(port, hub_name, uf2)
    with StepProgress() as on_step, _opened(port, hub_name, uf2) as board:
        is_boards = hub_name is not None or is_micropythons(board.name)
        done = deploy_onto(board, MpyCross(), replace_main, on_step, is_boards)
        name = board.name
    click.echo(json.dumps(_as_json(name, done)) if as_json else _text(name, done))


def _require_one_board(port: str | None, hub_name: str | None, uf2: Path | None) -> None:
    if hub_name not in (None, STOCK):
        raise InvalidInput(f"--hub {hub_name}: expected {STOCK}; a board is named with --port")
    if port is not None and hub_name is not None:
        raise InvalidInput("expected --port or --hub, got both")
    if uf2 is not None and hub_name is None:
        raise InvalidInput(f"--uf2 is the stock image of --hub {STOCK}, which was not asked for")


@contextmanager
def _opened(port: str | None, hub_name: str | None, uf2: Path | None) -> Iterator[Port]:
    if hub_name is not None:
        board: Port = stock_pico(uf2)
    else:
        board = SerialPort.open(repl_device(port or "auto"))
    try:
        yield board
    finally:
        board.close()


def _as_json(board: str, done: Onto) -> dict[str, object]:
    deployed = done.deployed
    return {
        "board": board,
        "micropython_version": deployed.micropython_version,
        "source_sha256": deployed.firmware.identity.source_sha256.upper(),
        "copied": list(deployed.copied),
        "removed": list(deployed.removed),
        "kept": deployed.kept,
        "heap_used_bytes": done.memory["heap_used"],
        "heap_free_bytes": done.memory["heap_free"],
    }


def _text(board: str, done: Onto) -> str:
    deployed = done.deployed
    files = deployed.firmware.files
    copied_bytes = sum(len(files[name]) for name in deployed.copied)
    identity = deployed.firmware.identity
    return (
        f"{board}: {len(deployed.copied)} of {len(files)} files copied ({copied_bytes} "
        f"bytes), {len(deployed.removed)} removed, {deployed.kept} were there already\n"
        f"hub:  firmware {'.'.join(map(str, identity.version))} "
        f"({identity.source_sha256[:12].upper()}...) on MicroPython "
        f"{deployed.micropython_version}\n"
        f"heap: {done.memory['heap_used']} bytes used, {done.memory['heap_free']} free"
    )
