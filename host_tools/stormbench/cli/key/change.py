"""`stormbench key change`: another key for a hub that has one."""

from pathlib import Path

import click

from stormbench.capture.recording import Recording
from stormbench.cli._options import hub_option
from stormbench.cli.key._options import key_file_option, key_from, tell
from stormbench.errors import InvalidInput
from stormbench.hub.open import VIRTUAL_HUBS, opened_hub
from stormbench.keys.authority import NoAuthority
from stormbench.keys.custody import change
from stormbench.keys.keyring import Keyring
from stormbench.link.client import HubRefused


@click.command(epilog="Example: stormbench key change --hub auto")
@hub_option
@key_file_option
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(
    hub_name: str,
    uf2: Path | None,
    recording: Recording | None,
    key_file: Path | None,
    as_json: bool,
) -> None:
    """Give a hub another key, authorised with the one it has; the keyring has both until then.

    If the link is lost on the way, the same command finishes what was begun, with the key that
    was sent then. The new key crosses the wire in clear.
    """
    if hub_name in VIRTUAL_HUBS:
        raise InvalidInput(f"--hub {hub_name}: a virtual hub is new, and has no key to change")
    key = key_from(key_file)
    keyring = Keyring()
    with opened_hub(hub_name, uf2, recording) as client:
        unique_id = client.hello.unique_id
        if not client.hello.keyed:
            raise NoAuthority(f"hub {hub_name} has no key yet: `stormbench key set` sets one")
        now = change(unique_id, key, keyring, client.set_key, HubRefused)
    did = "key changed" if now == key else "the change that was cut off is done"
    tell(did, hub_name, unique_id, now, keyring, as_json)
