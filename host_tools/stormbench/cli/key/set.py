"""`stormbench key set`: the first key of a hub."""

from pathlib import Path

import click

from stormbench.capture.recording import Recording
from stormbench.cli._options import hub_option, say_if_new
from stormbench.cli.key._options import key_file_option, key_from, tell
from stormbench.errors import HostToolError
from stormbench.hub.open import VIRTUAL_HUBS, opened_hub
from stormbench.keys.custody import set_first
from stormbench.keys.keyring import Keyring
from stormbench.link.client import HubClient, HubRefused


class HasAKey(HostToolError):
    """A hub that has a key takes no first one."""


@click.command(epilog="Example: stormbench key set --hub auto")
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
    """Give a hub that has no key its first one, and keep it in the keyring.

    From then on it takes commands from who has the key only. The key crosses the wire in clear,
    this once: set it before the hub is connected to anything that is not trusted. A key that is
    lost can only be erased at the board, with its recovery pin.
    """
    key = key_from(key_file)
    keyring = Keyring()
    say_if_new(hub_name)
    with opened_hub(hub_name, uf2, recording) as client:
        unique_id = client.hello.unique_id
        if client.hello.keyed:
            raise HasAKey(_why_not(client, keyring))
        if hub_name in VIRTUAL_HUBS:
            client.set_key(key)
        else:
            set_first(unique_id, key, keyring, client.set_key, HubRefused)
    kept = None if hub_name in VIRTUAL_HUBS else keyring
    tell("key set", hub_name, unique_id, key, kept, as_json)


def _why_not(client: HubClient, keyring: Keyring) -> str:
    if client.hello.key == "damaged":
        return (
            f"what hub {client.name} keeps as its key is damaged: erase it with the recovery pin "
            "(GP22 to GND while it boots), restart the hub without, and set a key then"
        )
    has = "has its key" if keyring.find(client.hello.unique_id) else "does not have it"
    return (
        f"hub {client.name} has a key already, and {keyring.path} {has}: `stormbench key change` "
        "changes it, and the recovery pin (GP22 to GND while it boots) erases it"
    )
