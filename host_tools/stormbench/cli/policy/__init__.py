"""`stormbench policy`: the numbers of a throttle; one sub-command per file of this package."""

import click

from stormbench.cli._command_per_file import CommandPerFile


@click.group(
    cls=CommandPerFile, package=__name__, epilog="Example: stormbench policy check tamper_cautious"
)
def command() -> None:
    """Check, show and begin policies.

    A policy is a TOML file, or a word without a suffix that names one that comes with stormbench.
    """
