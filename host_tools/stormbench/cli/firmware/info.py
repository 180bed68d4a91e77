"""`stormbench firmware info`: what a UF2 file, or a hub that runs, says of its firmware."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from stormbench.cli._options import FILE
from stormbench.errors import InvalidInput
from stormbench.hub.open import opened_hub
from stormbench.image import ImageInfo, firmware_sha256, inspect
from stormbench.link.hello import Hello
from stormbench.printable import printable
from stormbench.tree import firmware_sources


@click.command(epilog="Example: stormbench firmware info hub.uf2 --json")
@click.argument("file", type=FILE, required=False)
@click.option("--hub", "hub_name", metavar="H", help="Ask this hub instead.")
@click.option("--uf2", type=FILE, help="Image for --hub emulated; default: from the cache.")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(file: Path | None, hub_name: str | None, uf2: Path | None, as_json: bool) -> None:
    """Read FILE, a UF2 image: board, size, MicroPython, and the SHA-256 of the hub's sources.

    With --hub, as in `firmware info --hub auto`, the same of the firmware that runs there.
    """
    if (file is None) == (hub_name is None):
        raise InvalidInput("expected a UF2 file, or --hub H, one of the two")
    if file is not None:
        info = inspect(file)
        found, rows = {"file": str(file), **asdict(info), **_upper(info)}, _of_image(info)
    else:
        assert hub_name is not None
        with opened_hub(hub_name, uf2) as client:
            found, rows = _of_hub(hub_name, client.hello)
    click.echo(json.dumps(found) if as_json else _text(rows))


def _upper(info: ImageInfo) -> dict[str, str | None]:
    return {"source_sha256": info.source_sha256.upper() if info.source_sha256 else None}


def _of_image(info: ImageInfo) -> dict[str, str]:
    return {
        "board": info.board or "not one of stormbench's",
        "circuit board": info.pico_board or "not said",
        "MicroPython": info.micropython_version or "not said",
        "hub firmware": info.firmware_version or "none: stock, or not MicroPython",
        "source SHA-256": _upper(info)["source_sha256"] or "none",
        "size": f"{info.image_bytes} bytes of flash in {info.blocks} blocks",
    }


def _of_hub(hub_name: str, hello: Hello) -> tuple[dict[str, Any], dict[str, str]]:
    is_ours = hello.source_sha256 == firmware_sha256(firmware_sources())
    found = {
        "hub": hub_name,
        "board": hello.board or None,
        "unique_id": hello.unique_id,
        "micropython_version": hello.micropython_version,
        "firmware_version": hello.firmware_version,
        "source_sha256": hello.source_sha256.upper(),
        "is_this_tree": is_ours,
    }
    rows = {
        "board": hello.board or "not said: no board, or MicroPython before 1.25",
        "unique id": hello.unique_id,
        "MicroPython": hello.micropython_version,
        "hub firmware": hello.firmware_version,
        "source SHA-256": hello.source_sha256.upper(),
        "this tree's": "yes" if is_ours else "no: `stormbench firmware build` makes that",
    }
    return found, rows


def _text(rows: Mapping[str, str]) -> str:
    return "\n".join(printable(f"{name + ':':16}{value}") for name, value in rows.items())
