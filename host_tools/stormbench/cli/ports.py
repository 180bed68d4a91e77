"""`stormbench ports`: which boards are plugged in, and what runs on them if that is asked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from stormbench.attached.asking import Answer, Who, ask_device
from stormbench.attached.boards import Board, boards_attached
from stormbench.attached.drives import default_roots
from stormbench.cli._options import drive_root_option
from stormbench.cli._table import table
from stormbench.printable import printable

_ROLES = {"hub": "hub's own", "repl": "MicroPython's", "adapter": "adapter"}

_Answers = dict[str, Answer]


@click.command(epilog="Example: stormbench ports --ask --json")
@click.option("--ask", "is_asked", is_flag=True, help="Ask each board what runs on it.")
@drive_root_option
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(is_asked: bool, drive_roots: tuple[Path, ...], as_json: bool) -> None:
    """List the boards by serial number, with their ports, and those at BOOTSEL by their drives.

    A hub has two ports: its own is the faster one, MicroPython's is where the REPL is when no hub
    runs. With --ask a port gets delimiters and HelloRequests and nothing else, a board's best port
    first, up to the one on which a hub answers; an adapter is asked nothing.
    """
    boards = boards_attached(drive_roots or default_roots())
    answers: _Answers = {}
    if is_asked:
        for board in boards:
            answers.update(_ask(board))
    if as_json:
        found = [_plain(board, answers) for board in boards]
        click.echo(json.dumps({"boards": found, "asked": is_asked}))
        return
    if not boards:
        click.echo("stormbench: no board is plugged in (`stormbench doctor`)", err=True)
        return
    heads = ("serial number", "USB", "where", "what", *(["runs"] if is_asked else []))
    rows = [row[: len(heads)] for board in boards for row in _rows(board, answers)]
    click.echo("\n".join(printable(line) for line in table(heads, rows).splitlines()))


def _ask(board: Board) -> _Answers:
    answers: _Answers = {}
    for port in () if board.is_adapter else board.ports:
        answers[port.device] = answer = ask_device(port.device)
        if answer.who is Who.HUB:
            break
    return answers


def _rows(board: Board, answers: _Answers) -> Iterator[tuple[str, ...]]:
    for port in board.ports:
        answer = answers.get(port.device)
        runs = answer.sentence if answer else "not asked"
        yield port.serial_number or "-", port.usb, port.device, _ROLES[port.role], runs
    if board.drive:
        chip = "board at BOOTSEL" if board.drive.is_rp2040 else "another chip at BOOTSEL"
        yield "-", "-", str(board.drive.path), chip, board.drive.bootloader


def _plain(board: Board, answers: _Answers) -> dict[str, Any]:
    return {
        "serial_number": board.serial_number,
        "kind": "bootsel" if board.drive else "adapter" if board.is_adapter else "board",
        "drive": str(board.drive.path) if board.drive else None,
        "chip": board.drive.board_id if board.drive else None,
        "ports": [
            {
                "port": port.device,
                "usb": port.usb,
                "role": port.role,
                "runs": _plain_answer(answers.get(port.device)),
            }
            for port in board.ports
        ],
    }


def _plain_answer(answer: Answer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    hello = answer.hello
    return {
        "who": answer.who.value,
        "says": answer.sentence,
        "firmware_version": hello.firmware_version if hello else None,
        "source_sha256": hello.source_sha256.upper() if hello else None,
        "micropython_version": hello.micropython_version if hello else None,
        "keyed": hello.keyed if hello else None,
    }
