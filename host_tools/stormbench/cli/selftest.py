"""`stormbench selftest`: whether a board is a hub, by checks that run on the board itself."""

import json
from pathlib import Path

import click

from stormbench.capture.recording import Recording
from stormbench.cli._count_progress import CountProgress
from stormbench.cli._options import FILE, hub_option, say_if_new
from stormbench.cli._repl_port import repl_port_option, require_board_has_it
from stormbench.errors import ExitCode
from stormbench.hub.open import is_emulated, opened_hub, require_this_firmware
from stormbench.selftest import report
from stormbench.selftest.run import STEPS, selftest


@click.command(epilog="Example: stormbench selftest --hub auto --report my_pico.md")
@hub_option
@repl_port_option
@click.option(
    "--report",
    "report_path",
    metavar="FILE",
    type=FILE,
    help="Write it to FILE, too: Markdown (.md) or JSON (.json).",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    hub_name: str,
    uf2: Path | None,
    recording: Recording | None,
    repl_port: str | None,
    report_path: Path | None,
    as_json: bool,
) -> None:
    """Test a board: clock, flash, heap, codec, throttle, HMAC and LED, by code that runs there.

    The hub leaves for MicroPython's REPL meanwhile, and is asked at the end whether it is as it
    was. A hub with a key does so only for whoever has that key in their keyring (`stormbench key
    list`). Exit code 1 if a check failed.
    """
    if report_path is not None:
        report.expect_report(report_path)
    require_board_has_it(hub_name, repl_port)
    say_if_new(hub_name)
    with opened_hub(hub_name, uf2, recording) as client, CountProgress("checks", STEPS) as on_step:
        require_this_firmware(client)
        made = selftest(
            client,
            hub_name,
            is_emulated=is_emulated(hub_name),
            repl_port=repl_port,
            on_step=on_step,
        )
    click.echo(json.dumps(report.plain(made)) if as_json else report.table(made))
    if report_path is not None:
        report.write(made, report_path)
    if made.has_failed:
        ctx.exit(ExitCode.FAILED)
