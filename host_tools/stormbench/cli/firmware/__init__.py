"""`stormbench firmware`: the image of a hub; one sub-command per file of this package."""

import click

from stormbench.cli._command_per_file import CommandPerFile


@click.group(cls=CommandPerFile, package=__name__, epilog="Example: stormbench firmware build")
def command() -> None:
    """Build, fetch, flash and read the image of a hub."""
