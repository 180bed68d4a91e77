"""`stormbench firmware flash`: an image onto a board, by the drive that it is at BOOTSEL."""

import json
from pathlib import Path

import click

from stormbench.attached.drives import default_roots
from stormbench.cli._options import FILE, FiniteRange, drive_root_option
from stormbench.cli.firmware._progress import StepProgress
from stormbench.flashing.flash import WAIT_S, Flashed, flash
from stormbench.flashing.image_choice import FitImage, fit_image
from stormbench.printable import printable


@click.command(epilog="Example: stormbench firmware flash --port auto")
@click.argument("image", required=False, type=FILE, metavar="[IMAGE.uf2]")
@drive_root_option
@click.option(
    "--port",
    metavar="P",
    help="Send the board on this port to BOOTSEL first, without its button: auto, id:SERIAL or a "
    "port. A hub with a key goes there only for whoever has that (`stormbench key list`).",
)
@click.option(
    "--wait-s",
    type=FiniteRange(min=0),
    default=WAIT_S,
    show_default=True,
    help="The longest for each wait; 0: write, and do not look what runs.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(
    image: Path | None,
    drive_roots: tuple[Path, ...],
    port: str | None,
    wait_s: float,
    as_json: bool,
) -> None:
    """Put an image on a board, wait until it is back, and say what runs on it.

    The board is at BOOTSEL, where it shows itself as a drive: hold its button while you plug it
    in, or name its --port. Without IMAGE the hub's image in the cache is taken (`stormbench
    firmware build`), else the official one (`stormbench firmware get`). It is looked at before
    anything is written.
    """
    fit = fit_image(image)
    if fit.remark:
        click.echo(printable(f"stormbench: {fit.path.name}: {fit.remark}"), err=True)
    with StepProgress() as on_step:
        flashed = flash(fit, drive_roots or default_roots(), port, wait_s, on_step)
    if as_json:
        click.echo(json.dumps(_as_json(fit, flashed)))
        return
    click.echo(printable(f"{fit.path} is written to {flashed.drive}"))
    click.echo(printable(_what_runs(flashed)))


def _what_runs(flashed: Flashed) -> str:
    if flashed.port is None or flashed.answer is None:
        return "nobody waited to see what runs; `stormbench ports --ask` says it"
    port = flashed.port
    return f"board {port.serial_number} on {port.device}: {flashed.answer.sentence}"


def _as_json(fit: FitImage, flashed: Flashed) -> dict[str, object]:
    port, answer = flashed.port, flashed.answer
    hello = answer.hello if answer else None
    return {
        "image": str(fit.path),
        "drive": str(flashed.drive),
        "port": port.device if port else None,
        "unique_id": port.serial_number if port else None,
        "runs": answer.who.value if answer else None,
        "firmware_version": hello.firmware_version if hello else None,
        "source_sha256": hello.source_sha256.upper() if hello else None,
    }
