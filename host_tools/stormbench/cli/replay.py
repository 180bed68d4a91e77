"""`stormbench replay`: a trace through one hub's throttle."""

from pathlib import Path

import click

from stormbench.cli._options import FILE, hub_option, policy_option, progress
from stormbench.errors import InvalidInput
from stormbench.hub.open import open_hub, require_this_firmware, require_virtual
from stormbench.policy_file import read_policy
from stormbench.replay.result_files import require_folder_of, write_events, write_verdicts
from stormbench.replay.run import Setting, replay
from stormbench.replay.trace_file import LATEST_MS, read_trace

_TIME_MS = click.IntRange(0, LATEST_MS)
_ENTRIES = click.IntRange(0, 1024)


def require_within(reset_at_ms: tuple[int, ...], first_ms: int, last_ms: int) -> None:
    """Go on only if each reset is at a time that is replayed.

    Raises:
        InvalidInput: one is not.
    """
    for at_ms in reset_at_ms:
        if not first_ms <= at_ms <= last_ms:
            raise InvalidInput(
                f"--reset-at {at_ms}: the replay is from {first_ms} to {last_ms} ms (--until)"
            )


@click.command(
    epilog="Example: stormbench replay storm.csv --hub sim --out verdicts.csv --events events.csv"
)
@click.argument("trace_path", metavar="TRACE.csv", type=FILE)
@policy_option
@hub_option
@click.option("--until", "until_ms", metavar="MS", type=_TIME_MS, help="Move time on to here.")
@click.option(
    "--start-ms", metavar="MS", type=_TIME_MS, help="What the hub's clock shows at the first row."
)
@click.option(
    "--reset-at",
    "reset_at_ms",
    metavar="MS",
    type=_TIME_MS,
    multiple=True,
    help="Cut the hub's power here, before any alert at that time; may be given more than once.",
)
@click.option("--capacity-devices", metavar="N", type=_ENTRIES, help="Entries for devices.")
@click.option("--capacity-keys", metavar="N", type=_ENTRIES, help="Entries for keys.")
@click.option("--out", "verdicts_path", metavar="V.csv", type=FILE, required=True)
@click.option("--events", "events_path", metavar="E.csv", type=FILE)
def command(
    trace_path: Path,
    policy_path: Path | None,
    hub_name: str,
    uf2: Path | None,
    until_ms: int | None,
    start_ms: int | None,
    reset_at_ms: tuple[int, ...],
    capacity_devices: int | None,
    capacity_keys: int | None,
    verdicts_path: Path,
    events_path: Path | None,
) -> None:
    """Replay TRACE.csv (t_ms,originator,target,code) and write a verdict for each row.

    A virtual hub is put on the trace's clock, so sim, unix and emulated answer alike.
    """
    rows = read_trace(trace_path)
    policy = read_policy(policy_path)
    setting = Setting(policy, start_ms, until_ms, capacity_devices, capacity_keys, reset_at_ms)
    if until_ms is not None and until_ms < rows[-1].t_ms:
        raise InvalidInput(
            f"--until {until_ms}: the last row of {trace_path} is at {rows[-1].t_ms} ms"
        )
    require_within(reset_at_ms, rows[0].t_ms, rows[-1].t_ms if until_ms is None else until_ms)
    require_virtual(hub_name)
    for path in filter(None, (verdicts_path, events_path)):
        require_folder_of(path)
    client = open_hub(hub_name, uf2)
    try:
        require_this_firmware(client)
        with progress(f"replay on {hub_name}", len(rows)) as step:
            replayed = replay(client, rows, setting, step)
    finally:
        client.close()
    write_verdicts(verdicts_path, rows, replayed)
    if events_path is not None:
        write_events(events_path, replayed.events)
