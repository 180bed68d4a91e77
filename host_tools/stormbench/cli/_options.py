"""Options that several sub-commands have."""

import math
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from commshub.policy import Policy
from stormbench.capture.recording import Recording
from stormbench.capture.writing import CaptureFile
from stormbench.errors import InvalidInput
from stormbench.hub.open import VIRTUAL_HUBS, default_hub
from stormbench.policies.advice import warnings
from stormbench.policies.shipped import policy_path, shipped_names
from stormbench.printable import printable
from stormbench.scenario.model import LEAST_TIME_SCALE, MOST_TIME_SCALE
from stormbench.scenario.shipped import scenario_path

FILE = click.Path(dir_okay=False, path_type=Path)

_Command = Callable[..., Any]


def hex_digits(ctx: click.Context, param: click.Parameter, value: str | None) -> bytes | None:
    """The bytes of an option whose metavar, HEX4 or HEX16, says how many digits it has."""
    if value is None:
        return None
    digits = int(str(param.metavar).removeprefix("HEX"))
    if len(value) != digits or not set(value) <= set(string.hexdigits):
        shown = printable(value[:64])
        raise click.BadParameter(f"expected {digits} hexadecimal digits, got {shown!r}")
    return bytes.fromhex(value)


def _recording(ctx: click.Context, param: click.Parameter, path: Path | None) -> Recording | None:
    """What is said to hubs until the command ends goes there."""
    if path is None:
        return None
    file = ctx.with_resource(
        CaptureFile(path, lambda sentence: click.echo(f"stormbench: {sentence}", err=True))
    )
    return Recording(file.write)


def capture_option(command: _Command) -> _Command:
    """`--capture`; the command's parameter is `recording`."""
    return click.option(
        "--capture",
        "recording",
        metavar="FILE",
        type=FILE,
        callback=_recording,
        help="Record all that is said to the hub and by it, for `stormbench capture`; a capture "
        "that is there is continued.",
    )(command)


def hub_option(command: _Command) -> _Command:
    """`--hub`, `--uf2` for the emulated ones, and `--capture`."""
    command = capture_option(command)
    command = click.option(
        "--uf2", type=FILE, help="Image for an emulated hub; default: from the cache."
    )(command)
    return click.option(
        "--hub",
        "hub_name",
        metavar="H",
        default=default_hub,
        help="sim, unix, emulated, emulated:repl, emulated:uart, emulated:stock, auto, id:SERIAL, "
        "a port or a URL, also with ?baud=N behind it; default: STORMBENCH_HUB, else emulated.",
    )(command)


def drive_root_option(command: _Command) -> _Command:
    """`--drive-root`, any number of times."""
    return click.option(
        "--drive-root",
        "drive_roots",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        multiple=True,
        metavar="DIR",
        help="Where boards at BOOTSEL show themselves: a drive, or a folder of drives; may be "
        "given again. Default: where this system puts what is plugged in.",
    )(command)


def say_if_new(hub_name: str) -> None:
    """Say on stderr of a virtual hub that it begins and ends with this command."""
    if hub_name in VIRTUAL_HUBS:
        click.echo(
            f"stormbench: hub {hub_name} is virtual: it is new, without a key and under the "
            "default policy, and it is gone when this command ends",
            err=True,
        )


def policy(text: str) -> Path:
    """The type of an argument that names a policy: a file, or one that comes with stormbench.

    Whether there is such a file, and what is in it, is for whoever reads it to say.
    """
    try:
        return policy_path(text)
    except InvalidInput as error:
        raise click.BadParameter(str(error)) from error


def policy_option(command: _Command) -> _Command:
    """`--policy`."""
    return click.option(
        "--policy",
        "policy_path",
        metavar="P.toml|NAME",
        type=policy,
        help="A file with the fields that are not default, or one of those that come with "
        f"stormbench: {', '.join(shipped_names())}.",
    )(command)


def scenario(text: str) -> Path:
    """The type of an argument that names a scenario: a file, or one of the library."""
    try:
        return scenario_path(text)
    except InvalidInput as error:
        raise click.BadParameter(str(error)) from error


def scenario_argument(command: _Command) -> _Command:
    """`[SCENARIO.toml|NAME]`."""
    return click.argument(
        "scenario_path", metavar="[SCENARIO.toml|NAME]", required=False, type=scenario
    )(command)


class FiniteRange(click.FloatRange):
    """A number in the range. Infinity and what is no number are in none: click lets them through.

    The type of every option that is a number and need not be whole.
    """

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        if not math.isfinite(found):
            self.fail(f"{value} is not in the range {self._describe_range()}.", param, ctx)
        return found


def time_scale_option(command: _Command) -> _Command:
    """`--time-scale`."""
    return click.option(
        "--time-scale",
        metavar="K",
        type=FiniteRange(LEAST_TIME_SCALE, MOST_TIME_SCALE),
        help="Divide every time by K, the policy's too, instead of by the scenario's time_scale.",
    )(command)


def make_folder(path: Path) -> None:
    """Make what `--out` names.

    Raises:
        InvalidInput: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"--out {path}: cannot be made: {error.strerror}") from error


def warn(policy: Policy) -> None:
    """Say on stderr what is legal in a policy and unwise, before it is put in force."""
    for finding in warnings(policy):
        click.echo(printable(f"stormbench: warning: {finding.sentence('policy')}"), err=True)
