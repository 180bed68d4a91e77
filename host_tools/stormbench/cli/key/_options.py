"""What the commands that send a key have in common."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from hubwire.frames import KEY_BYTES
from stormbench.cli._options import FILE
from stormbench.keys.keyring import Keyring, read_key_file
from stormbench.keys.signer import fingerprint
from stormbench.printable import printable


def key_file_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--key-file`."""
    return click.option(
        "--key-file",
        type=FILE,
        help=f"A file of {2 * KEY_BYTES} hex digits, for its owner alone; without it a key is "
        "generated.",
    )(command)


def key_from(key_file: Path | None) -> bytes:
    """The key in a file, or a new one.

    Raises:
        InvalidInput: the file holds none, or others may read it.
    """
    return secrets.token_bytes(KEY_BYTES) if key_file is None else read_key_file(key_file)


def tell(
    did: str, hub_name: str, unique_id: str, key: bytes, keyring: Keyring | None, as_json: bool
) -> None:
    """Print what was done to a hub; of its key the fingerprint."""
    kept = None if keyring is None else str(keyring.path)
    if as_json:
        found = {"hub": hub_name, "unique_id": unique_id, "fingerprint": fingerprint(key)}
        click.echo(json.dumps({**found, "kept": kept}))
        return
    where = f"kept in {kept}" if kept else "kept nowhere: the hub is gone with this command"
    click.echo(
        printable(
            f"hub {hub_name}, id {unique_id}: {did}, fingerprint {fingerprint(key)}; {where}"
        )
    )
