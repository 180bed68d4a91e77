"""`stormbench key list`: for which hubs this user has keys."""

import json

import click

from stormbench.keys.keyring import Keyring
from stormbench.keys.signer import fingerprint
from stormbench.printable import printable


@click.command(epilog="Example: stormbench key list --json")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(as_json: bool) -> None:
    """List the hubs, by unique id, with the fingerprint of each key and never the key itself."""
    keyring = Keyring()
    keys = keyring.all()
    if as_json:
        hubs = [
            {
                "unique_id": unique_id,
                "fingerprint": fingerprint(kept.key),
                "change_cut_off": kept.next is not None,
            }
            for unique_id, kept in keys.items()
        ]
        click.echo(json.dumps({"file": str(keyring.path), "hubs": hubs}))
        return
    lines = [f"{keyring.path}: {len(keys)} keys"]
    lines += [
        f"{unique_id}  {fingerprint(kept.key)}{'  a change was cut off' if kept.next else ''}"
        for unique_id, kept in keys.items()
    ]
    click.echo("\n".join(printable(line) for line in lines))
