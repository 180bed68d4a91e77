"""What the sub-commands of `stormbench capture` have in common."""

from collections.abc import Callable
from typing import Any

import click

from stormbench.capture.reading import Capture
from stormbench.cli._options import FILE
from stormbench.errors import ExitCode

_Command = Callable[..., Any]

capture_argument = click.argument("path", metavar="FILE", type=FILE)

session_option = click.option(
    "--session",
    metavar="N",
    type=click.IntRange(1),
    help="Only this one of the sessions in the file; `capture show` has their numbers.",
)


def end(ctx: click.Context, capture: Capture, *, failed: bool = False) -> None:
    """Say what was wrong with the file, and leave with 1 if something was, or something failed."""
    for complaint in capture.complaints:
        click.echo(f"stormbench: {complaint}", err=True)
    if capture.complaints or failed:
        ctx.exit(ExitCode.FAILED)
