"""`stormbench capture replay`: the alerts of a capture again; are the verdicts alike?"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from stormbench.capture.reading import Capture
from stormbench.capture.rerun import Rerun, rerun
from stormbench.capture.story import AlertSent, Step, Story
from stormbench.cli._count_progress import CountProgress
from stormbench.cli._options import FILE
from stormbench.cli.capture._options import capture_argument, end, session_option
from stormbench.hub.open import opened_hub, require_virtual
from stormbench.printable import printable


@click.command(epilog="Example: stormbench capture replay storm.capture")
@capture_argument
@session_option
@click.option(
    "--hub",
    "hub_name",
    metavar="H",
    default="sim",
    show_default=True,
    help="A virtual hub: sim, unix, emulated, ...",
)
@click.option("--uf2", type=FILE, help="Image for an emulated hub; default: from the cache.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each session.")
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    session: int | None,
    hub_name: str,
    uf2: Path | None,
    as_json: bool,
) -> None:
    """Send the alerts of a capture through a new hub, and compare its verdicts with the recorded.

    Each bears the time at which it was counted, and the hub is told what the recorded one was
    told: tables, policy, clock; where that one restarted, its power is cut. Exit code 1 where a
    verdict differs.
    """
    require_virtual(hub_name)
    capture = Capture(path)
    if session is not None:
        capture.require_session(session)
    numbers = [session] if session else range(1, len(capture.sessions()) + 1)
    differing = 0
    for number in numbers:
        judged = sum(
            isinstance(step, AlertSent) and step.verdict is not None
            for step in _steps(capture, number)
        )
        with (
            opened_hub(hub_name, uf2) as client,
            CountProgress(f"session {number} on {hub_name}", judged) as on_alert,
        ):
            found = rerun(client, _steps(capture, number), on_alert)
            is_other = found.source_sha256 not in ("", client.hello.source_sha256)
        differing += found.differing
        if as_json:
            click.echo(json.dumps(_plain(number, hub_name, found, is_other)))
        else:
            click.echo(printable(_text(number, hub_name, found)))
        for remark in _remarks(found, is_other):
            click.echo(f"stormbench: session {number}: {remark}", err=True)
    end(ctx, capture, failed=bool(differing))


def _steps(capture: Capture, number: int) -> Iterator[Step]:
    return Story().tell(capture.records(number))


def _plain(number: int, hub_name: str, found: Rerun, is_other: bool) -> dict[str, Any]:
    return {"session": number, "hub": hub_name, **asdict(found), "other_firmware": is_other}


def _text(number: int, hub_name: str, found: Rerun) -> str:
    head = f"session {number}: {found.alerts} alerts through hub {hub_name}"
    if not found.alerts:
        return f"session {number}: no alerts with a verdict in it"
    if not found.differing:
        return f"{head}: every verdict as it was recorded"
    first = "; ".join(
        f"alert {each.number} at {each.at_ms} ms: {each.recorded} recorded, {each.replayed} now"
        for each in found.differences
    )
    return f"{head}: {found.differing} verdicts differ: {first}"


def _remarks(found: Rerun, is_other: bool) -> list[str]:
    """What may be the reason of a difference, and is told without one, too."""
    remarks = []
    if found.unjudged:
        remarks.append(f"{found.unjudged} alerts have no verdict in it, and were not sent")
    if found.had_state:
        remarks.append("the hub had judged alerts before it began, and may differ by these")
    if found.restarts:
        remarks.append(
            f"the hub restarted {found.restarts} times: how much it had saved may differ"
        )
    if is_other:
        remarks.append("it was recorded with another firmware than this tree's")
    return remarks
