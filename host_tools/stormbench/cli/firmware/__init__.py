"""`stormbench firmware`: the image of a hub; one sub-command per file of this package.

A file NAME.py that defines `command` is the sub-command `NAME`; nothing else lists it.
"""

import importlib
import pkgutil

import click


class _CommandPerFile(click.Group):
    """A group whose sub-commands are the modules of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(name for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        found = importlib.import_module(f"{__name__}.{cmd_name}").command
        assert isinstance(found, click.Command)
        return found


@click.group(cls=_CommandPerFile, epilog="Example: stormbench firmware build")
def command() -> None:
    """Build, fetch and read the image of a hub."""
