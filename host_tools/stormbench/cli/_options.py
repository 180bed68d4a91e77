"""Options that several sub-commands have."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stormbench.hub.open import default_hub

FILE = click.Path(dir_okay=False, path_type=Path)

_Command = Callable[..., Any]


def hub_option(command: _Command) -> _Command:
    """`--hub`, and `--uf2` for the emulated one."""
    command = click.option(
        "--uf2", type=FILE, help="Image for --hub emulated; default: from the cache."
    )(command)
    return click.option(
        "--hub",
        "hub_name",
        metavar="H",
        default=default_hub,
        help="sim, unix, emulated, auto, id:SERIAL, a port or a URL; default: "
        "STORMBENCH_HUB, else emulated.",
    )(command)


def policy_option(command: _Command) -> _Command:
    """`--policy`."""
    return click.option(
        "--policy", "policy_path", metavar="P.toml", type=FILE, help="Fields that are not default."
    )(command)


@contextmanager
def progress(text: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr; what it gives is called once for each step."""
    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=total)
        yield lambda: bar.advance(task)
