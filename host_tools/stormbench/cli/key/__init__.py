"""`stormbench key`: who may command a hub; one sub-command per file of this package."""

import click

from stormbench.cli._command_per_file import CommandPerFile


@click.group(cls=CommandPerFile, package=__name__, epilog="Example: stormbench key list")
def command() -> None:
    """Set, change, list and forget the keys of hubs.

    A hub with a key takes what changes its behaviour (policy, clock, capacities, reset, the way
    to the REPL) only from who has that key. Keys are kept by the board's unique id in a file that
    only its owner may read: STORMBENCH_KEYS names it, else it is keys.json in the user's
    configuration. No command prints a key, and no hub tells one.
    """
