"""`stormbench replay`: a trace through one hub's throttle."""

from pathlib import Path
from typing import Any

import click

from stormbench.capture.recording import Recording
from stormbench.cli._count_progress import CountProgress
from stormbench.cli._options import FILE, hub_option, warn
from stormbench.cli._replay_options import TIME_MS, replay_options, setting_of
from stormbench.hub.open import open_hub, require_this_firmware, require_virtual
from stormbench.replay.result_files import require_folder_of, write_events, write_verdicts
from stormbench.replay.run import replay
from stormbench.replay.trace_file import read_trace


@click.command(
    epilog="Example: stormbench replay storm.csv --hub sim --out verdicts.csv --events events.csv"
)
@click.argument("trace_path", metavar="TRACE.csv", type=FILE)
@hub_option
@click.option("--until", "until_ms", metavar="MS", type=TIME_MS, help="Move time on to here.")
@replay_options
@click.option("--out", "verdicts_path", metavar="V.csv", type=FILE, required=True)
@click.option("--events", "events_path", metavar="E.csv", type=FILE)
def command(
    trace_path: Path,
    hub_name: str,
    uf2: Path | None,
    recording: Recording | None,
    until_ms: int | None,
    verdicts_path: Path,
    events_path: Path | None,
    **options: Any,
) -> None:
    """Replay TRACE.csv (t_ms,originator,target,code) and write a verdict for each row.

    A virtual hub is put on the trace's clock, so sim, unix and emulated answer alike.
    """
    rows = read_trace(trace_path)
    setting = setting_of(rows, until_ms, **options)
    require_virtual(hub_name)
    for path in filter(None, (verdicts_path, events_path)):
        require_folder_of(path)
    warn(setting.policy)
    client = open_hub(hub_name, uf2, recording=recording)
    try:
        require_this_firmware(client)
        with CountProgress(f"replay on {hub_name}", len(rows)) as step:
            replayed = replay(client, rows, setting, step)
    finally:
        client.close()
    write_verdicts(verdicts_path, rows, replayed)
    if events_path is not None:
        write_events(events_path, replayed.events)
