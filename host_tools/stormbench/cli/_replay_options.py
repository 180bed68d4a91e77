"""The options that shape a replay, for every command that replays a trace."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from stormbench.cli._options import policy_option
from stormbench.errors import InvalidInput
from stormbench.policy_file import read_policy
from stormbench.replay.run import Setting
from stormbench.replay.trace_file import LATEST_MS, Row

TIME_MS = click.IntRange(0, LATEST_MS)
_ENTRIES = click.IntRange(0, 1024)

_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    policy_option,
    click.option(
        "--start-ms",
        metavar="MS",
        type=TIME_MS,
        help="What the hub's clock shows at the first row.",
    ),
    click.option(
        "--reset-at",
        "reset_at_ms",
        metavar="MS",
        type=TIME_MS,
        multiple=True,
        help="Cut the hub's power here, before any alert at that time; can be repeated.",
    ),
    click.option("--capacity-devices", metavar="N", type=_ENTRIES, help="Entries for devices."),
    click.option("--capacity-keys", metavar="N", type=_ENTRIES, help="Entries for keys."),
)


def replay_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--policy`, `--start-ms`, `--reset-at`, `--capacity-devices`, `--capacity-keys`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def setting_of(
    rows: Sequence[Row],
    until_ms: int | None = None,
    *,
    policy_path: Path | None,
    start_ms: int | None,
    reset_at_ms: tuple[int, ...],
    capacity_devices: int | None,
    capacity_keys: int | None,
) -> Setting:
    """What these options ask for.

    Raises:
        InvalidInput: the policy is refused, or a time is not within the replay.
    """
    first_ms = rows[0].t_ms
    last_ms = rows[-1].t_ms if until_ms is None else until_ms
    if last_ms < rows[-1].t_ms:
        raise InvalidInput(
            f"--until {until_ms}: the last row of the trace is at {rows[-1].t_ms} ms"
        )
    for at_ms in reset_at_ms:
        if not first_ms <= at_ms <= last_ms:
            raise InvalidInput(
                f"--reset-at {at_ms}: the replay is from {first_ms} to {last_ms} ms (--until)"
            )
    return Setting(
        read_policy(policy_path), start_ms, until_ms, capacity_devices, capacity_keys, reset_at_ms
    )
