"""`stormbench key forget`: take a key out of the keyring."""

import click

from stormbench.cli._options import hex_digits
from stormbench.errors import InvalidInput
from stormbench.keys.keyring import Keyring
from stormbench.keys.signer import fingerprint
from stormbench.printable import printable


@click.command(epilog="Example: stormbench key forget E6614103E7452D2F")
@click.argument("unique_id", metavar="HEX16", callback=hex_digits)
def command(unique_id: bytes) -> None:
    """Forget the key of the board with this unique id; `stormbench key list` has the ids.

    The hub is not asked and keeps its key: without a copy nobody commands it any more, and only
    the recovery pin at the board erases the key there.
    """
    keyring = Keyring()
    shown = unique_id.hex().upper()
    found = keyring.forget(shown)
    if found is None:
        raise InvalidInput(f"{keyring.path} has no key for {shown}: see `stormbench key list`")
    click.echo(printable(f"{shown}: key {fingerprint(found.key)} is no longer in {keyring.path}"))
