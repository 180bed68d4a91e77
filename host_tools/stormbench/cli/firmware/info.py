"""`stormbench firmware info`: what a UF2 file says of itself."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from stormbench.cli._options import FILE
from stormbench.image import ImageInfo, inspect


@click.command(epilog="Example: stormbench firmware info hub.uf2 --json")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(file: Path, as_json: bool) -> None:
    """Read FILE, a UF2 image: board, size, MicroPython, and the SHA-256 of the hub's sources."""
    info = inspect(file)
    if as_json:
        click.echo(json.dumps({"file": str(file), **asdict(info), **_upper(info)}))
        return
    click.echo(_text(info))


def _upper(info: ImageInfo) -> dict[str, str | None]:
    return {"source_sha256": info.source_sha256.upper() if info.source_sha256 else None}


def _text(info: ImageInfo) -> str:
    rows = {
        "board": info.board or "not one of stormbench's",
        "circuit board": info.pico_board or "not said",
        "MicroPython": info.micropython_version or "not said",
        "hub firmware": info.firmware_version or "none: stock, or not MicroPython",
        "source SHA-256": _upper(info)["source_sha256"] or "none",
        "size": f"{info.image_bytes} bytes of flash in {info.blocks} blocks",
    }
    return "\n".join(f"{name + ':':16}{value}" for name, value in rows.items())
