"""`stormbench firmware info`: what an image says of itself, in a file or on a hub that runs."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from stormbench.attached.asking import interpreter_of
from stormbench.capture.recording import Recording
from stormbench.cli._options import FILE, capture_option
from stormbench.hub.open import opened_hub
from stormbench.image import ImageInfo, firmware_sha256, inspect
from stormbench.link.hello import Hello
from stormbench.printable import printable
from stormbench.tree import firmware_sources


@click.command(epilog="Example: stormbench firmware info hub.uf2 --json")
@click.argument("file", required=False, type=FILE, metavar="[FILE]")
@click.option(
    "--hub",
    "hub_name",
    metavar="H",
    help="Ask a hub that runs, instead of reading FILE: as all commands take it.",
)
@click.option("--uf2", type=FILE, help="Image for an emulated hub; default: from the cache.")
@capture_option
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(
    file: Path | None,
    hub_name: str | None,
    uf2: Path | None,
    recording: Recording | None,
    as_json: bool,
) -> None:
    """Read FILE, a UF2 image, or ask a hub: versions, and the SHA-256 of the hub's sources.

    Of both it is said whether these are the sources of this tree.
    """
    if (file is None) == (hub_name is None):
        raise click.UsageError("expected either FILE or --hub H")
    if hub_name is None and recording is not None:
        raise click.UsageError(
            "--capture goes with --hub: without a hub there is nothing to record"
        )
    if hub_name is None and uf2 is not None:
        raise click.UsageError("--uf2 goes with --hub; to read an image, name it as FILE alone")
    if file is not None:
        found, rows = _of_file(file, inspect(file))
    else:
        assert hub_name is not None
        with opened_hub(hub_name, uf2, recording) as client:
            found, rows = _of_hub(hub_name, client.hello)
    lines = [f"{name + ':':16}{value}" for name, value in rows.items()]
    click.echo(json.dumps(found) if as_json else "\n".join(map(printable, lines)))


def _of_file(file: Path, info: ImageInfo) -> tuple[dict[str, object], dict[str, str]]:
    sources = _upper(info.source_sha256)
    found: dict[str, object] = {
        "file": str(file),
        **asdict(info),
        "source_sha256": sources,
        "is_this_tree": _is_this_tree(info.source_sha256),
    }
    rows = {
        "board": info.board or "not one of stormbench's",
        "circuit board": info.pico_board or "not said",
        "MicroPython": info.micropython_version or "not said",
        "hub firmware": info.firmware_version or "none: stock, or not MicroPython",
        "source SHA-256": sources or "none",
        **_whose(info.source_sha256),
        "size": f"{info.image_bytes} bytes of flash in {info.blocks} blocks",
    }
    if info.speaks_our_frames is not None:
        rows["protocol"] = "this side's" if info.speaks_our_frames else "another than this side's"
    return found, rows


def _of_hub(name: str, hello: Hello) -> tuple[dict[str, object], dict[str, str]]:
    found: dict[str, object] = {
        "hub": name,
        "board": hello.board or None,
        "unique_id": hello.unique_id,
        "firmware_version": hello.firmware_version,
        "micropython_version": hello.micropython_version,
        "source_sha256": _upper(hello.source_sha256),
        "is_this_tree": _is_this_tree(hello.source_sha256),
        "transport": hello.transport,
        "keyed": hello.keyed,
    }
    rows = {
        "board": hello.board or "not said: no board, or MicroPython before 1.25",
        "hub": f"{name}, id {hello.unique_id}",
        "runs on": interpreter_of(hello),
        "hub firmware": hello.firmware_version,
        "source SHA-256": hello.source_sha256.upper(),
        **_whose(hello.source_sha256),
        "link": hello.transport,
        "key": hello.key,
    }
    return found, rows


def _upper(sha256: str | None) -> str | None:
    return sha256.upper() if sha256 else None


def _is_this_tree(sha256: str | None) -> bool:
    return sha256 == firmware_sha256(firmware_sources())


def _whose(sha256: str | None) -> dict[str, str]:
    """Of a hub's sources, whether they are what is here."""
    if sha256 is None:
        return {}
    return {"sources": "this tree's" if _is_this_tree(sha256) else "not this tree's"}
