"""`stormbench firmware get`: a finished image from the network."""

import json

import click

from stormbench.cli.firmware._progress import StepProgress
from stormbench.image import OFFICIAL_URL, Fetched, get


@click.command(epilog="Example: stormbench firmware get --sha256 $(cat RPI_PICO.sha256)")
@click.option("--url", default=OFFICIAL_URL, show_default=True, help="http, https or file.")
@click.option("--sha256", metavar="HEX", help="Refuse any other file than this one.")
@click.option("--json", "as_json", is_flag=True, help="Print what was fetched as JSON.")
def command(url: str, sha256: str | None, as_json: bool) -> None:
    """Fetch an image into the cache, and print its path.

    The default is MicroPython's official release for the Raspberry Pi Pico, which has no hub in
    it. Any other image is, without --sha256, not verified beyond being a UF2 of an RP2040.
    """
    with StepProgress() as on_step:
        on_step("fetching", None)
        fetched = get(url, sha256)
    if as_json:
        click.echo(json.dumps(_as_json(fetched)))
        return
    click.echo(fetched.path)
    click.echo(_sentences(fetched), err=True)


def _as_json(fetched: Fetched) -> dict[str, object]:
    source_sha256 = fetched.info.source_sha256
    return {
        "path": str(fetched.path),
        "url": fetched.url,
        "sha256": fetched.sha256.upper(),
        "verified": fetched.verified,
        "board": fetched.info.board,
        "source_sha256": source_sha256.upper() if source_sha256 else None,
    }


def _sentences(fetched: Fetched) -> str:
    checked = (
        "as it should be" if fetched.verified else "compared with nothing: no --sha256 was given"
    )
    if fetched.info.source_sha256:
        hub = f"It has the hub's firmware {fetched.info.firmware_version} in it."
    else:
        hub = (
            "This is stock MicroPython: there is no hub in it, and it answers no stormbench Hello "
            "until the firmware is put on its file system (`stormbench firmware deploy`)."
        )
    return f"stormbench: SHA-256 {fetched.sha256.upper()}, {checked}.\n{hub}"
