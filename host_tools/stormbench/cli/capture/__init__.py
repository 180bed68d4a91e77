"""`stormbench capture`: recordings of a link; one sub-command per file of this package."""

import click

from stormbench.cli._command_per_file import CommandPerFile


@click.group(
    cls=CommandPerFile,
    package=__name__,
    epilog="Example: stormbench replay storm.csv --hub sim --out v.csv --capture storm.capture; "
    "then stormbench capture show storm.capture",
)
def command() -> None:
    """Look at, replay and convert what `--capture FILE` has recorded.

    A file that is damaged or cut off is read as far as it goes; that is said, and the exit code
    is 1.
    """
