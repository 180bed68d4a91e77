"""The `stormbench` command: one sub-command per file of this package.

A file NAME.py that defines `command` is the sub-command `NAME`; nothing else lists it. Parsing and
printing stay here, the work is done by what the sub-commands call.
"""

import os
import sys
from importlib.metadata import PackageNotFoundError, version

import click

from hubwire.errors import ProtocolError
from stormbench.cli._command_per_file import CommandPerFile
from stormbench.errors import ExitCode, HostToolError


def _version() -> str:
    try:
        return version("stormbench")
    except PackageNotFoundError:
        return "not installed"


@click.group(
    cls=CommandPerFile,
    package=__name__,
    epilog="Exit codes: 0 done; 1 done, but something in it failed; 2 invalid command line or "
    "file; 3 no port, no UF2 or link lost; 4 a hub with another firmware or protocol; 42 a hub "
    "did not answer in time; 130 Ctrl-C.",
)
@click.version_option(_version(), prog_name="stormbench")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def stormbench(ctx: click.Context, debug: bool) -> None:
    """Flood a Communications Hub with alerts, and see where a throttle helps whom."""
    ctx.obj = {"debug": debug}


def _where_to_look(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f" (see `{context.command_path} --help`)" if context else ""


def main() -> None:
    """Run the command line, and turn what went wrong into one sentence and an exit code."""
    debug = "--debug" in sys.argv[1:2]
    try:
        # What a command leaves with ctx.exit(code) comes back as a value.
        if exit_code := stormbench.main(prog_name="stormbench", standalone_mode=False):
            sys.exit(exit_code)
    except click.exceptions.Abort:
        click.echo("stormbench: stopped", err=True)
        sys.exit(ExitCode.INTERRUPTED)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(ExitCode.INVALID)
    except click.ClickException as error:
        click.echo(f"stormbench: {error.format_message()}{_where_to_look(error)}", err=True)
        sys.exit(ExitCode.INVALID)
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody to tell, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.FAILED)
    except OSError as error:
        if debug or error.filename is not None:  # of a file, which its command should have told
            raise
        # What was printed stays in the stream, and would raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo(f"stormbench: the result cannot be printed: {error.strerror}", err=True)
        sys.exit(ExitCode.FAILED)
    except (HostToolError, ProtocolError) as error:
        if debug:
            raise
        click.echo(f"stormbench: {error}", err=True)
        sys.exit(error.exit_code if isinstance(error, HostToolError) else ExitCode.FAILED)
