"""`stormbench firmware build`: the tree's own firmware as a UF2."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from stormbench.cli.firmware._progress import StepProgress
from stormbench.image import DEFAULT_BOARD, Built, build, stage

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(epilog="Example: stormbench firmware build --board COMMS_HUB_PICO --json")
@click.option(
    "--micropython",
    type=_FOLDER,
    metavar="PATH",
    help="A MicroPython checkout with its submodules; default: the sources `make deps` fetched.",
)
@click.option("--board", default=DEFAULT_BOARD, show_default=True, metavar="NAME")
@click.option(
    "--stage",
    "stage_folder",
    type=_FOLDER,
    metavar="DIR",
    help="Build nothing; write what the board's manifest freezes, for a build by hand.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was built as JSON.")
def command(
    micropython: Path | None, board: str, stage_folder: Path | None, as_json: bool
) -> None:
    """Build the hub's image from this tree's firmware, and print its path.

    An image that is in the cache already is not built again. Nothing is downloaded.
    """
    if stage_folder is not None:
        stage(stage_folder)
        click.echo(json.dumps({"stage": str(stage_folder)}) if as_json else stage_folder)
        return
    with StepProgress() as on_step:
        built = build(board, micropython, on_step)
    if as_json:
        click.echo(json.dumps(_as_json(built)))
        return
    click.echo(built.path)
    click.echo(_sentence(built), err=True)


def _as_json(built: Built) -> dict[str, object]:
    return {
        **asdict(built),
        "path": str(built.path),
        "source_sha256": built.source_sha256.upper(),
    }


def _sentence(built: Built) -> str:
    done = "was in the cache" if built.reused else "is built"
    return (
        f"stormbench: {built.board} with firmware {built.firmware_version} "
        f"({built.source_sha256[:12].upper()}...) on MicroPython {built.micropython_version} "
        f"{done}; {built.image_bytes} bytes of flash"
    )
