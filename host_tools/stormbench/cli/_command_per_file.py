"""A group of commands that is a package: a file NAME.py that defines `command` is `NAME`."""

import importlib
import pkgutil
from typing import Any

import click


class CommandPerFile(click.Group):
    """A group whose sub-commands are the modules of a package; nothing else lists them.

    Args:
        package: its name; modules that begin with an underscore are no commands.
    """

    def __init__(self, *args: Any, package: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:
        folders = importlib.import_module(self._package).__path__
        names = (module.name for module in pkgutil.iter_modules(folders))
        return sorted(name for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        found = importlib.import_module(f"{self._package}.{cmd_name}").command
        assert isinstance(found, click.Command)
        return found
