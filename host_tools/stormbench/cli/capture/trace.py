"""`stormbench capture trace`: the alerts of a capture, for `stormbench replay`."""

from pathlib import Path

import click

from stormbench.capture.reading import Capture
from stormbench.capture.stamped import write_trace
from stormbench.capture.story import Story
from stormbench.cli._options import FILE
from stormbench.cli.capture._options import capture_argument, end, session_option
from stormbench.errors import InvalidInput
from stormbench.printable import printable
from stormbench.replay.result_files import require_folder_of


@click.command(epilog="Example: stormbench capture trace storm.capture --out storm.csv")
@capture_argument
@session_option
@click.option("--out", "trace_path", metavar="T.csv", type=FILE, required=True)
@click.pass_context
def command(ctx: click.Context, path: Path, session: int | None, trace_path: Path) -> None:
    """Write a session's alerts as t_ms,originator,target,code, with the hub's stamps.

    Messages that are no alerts, and alerts whose verdict is not in the capture, are left out and
    counted on stderr.
    """
    capture = Capture(path)
    require_folder_of(trace_path)
    number = _the_session(capture, session)
    counts = write_trace(trace_path, Story().tell(capture.records(number)))
    left_out = f"{counts.unjudged} without a verdict and {counts.not_alerts} that are no alerts"
    click.echo(
        f"stormbench: {printable(str(trace_path))}: {counts.alerts} alerts; left out: {left_out}",
        err=True,
    )
    end(ctx, capture)


def _the_session(capture: Capture, session: int | None) -> int:
    if session is not None:
        capture.require_session(session)
        return session
    count = len(capture.sessions())
    if count != 1:
        raise InvalidInput(
            f"{printable(str(capture.path))} has {count} sessions, and a trace is of one: choose "
            "with --session N; `stormbench capture show` has their numbers"
        )
    return 1
