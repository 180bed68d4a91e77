"""`stormbench doctor`: what can be wrong here, and the command that mends it."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from stormbench.attached.drives import default_roots
from stormbench.cli._options import FILE, drive_root_option
from stormbench.cli._table import table
from stormbench.doctor.finding import FAIL, Finding
from stormbench.doctor.visit import visit
from stormbench.errors import ExitCode
from stormbench.printable import printable


@click.command(epilog="Example: stormbench doctor --hub emulated --json")
@click.option(
    "--hub",
    "hub_name",
    metavar="H",
    help="Ask this hub alone, virtual or real, as all commands take it; default: every board that "
    "is plugged in, and no virtual hub.",
)
@click.option("--uf2", type=FILE, help="Image for an emulated hub; default: from the cache.")
@drive_root_option
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    hub_name: str | None,
    uf2: Path | None,
    drive_roots: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Go through what can be wrong here, print what was found, and the command that mends it.

    Looks at Python and its packages, programs, images, permissions, and what runs on boards; to
    those it sends delimiters and HelloRequests and nothing else. It changes nothing: what needs
    sudo is printed for you to type. Exit code 1: something failed. What is marked `warn` keeps
    one command or another from working, and no more.
    """
    if uf2 is not None and hub_name is None:
        raise click.UsageError("--uf2 goes with --hub")
    findings = list(visit(hub_name, uf2, drive_roots or default_roots()))
    click.echo(json.dumps(_as_json(findings)) if as_json else _text(findings))
    if any(finding.state == FAIL for finding in findings):
        ctx.exit(ExitCode.FAILED)


def _as_json(findings: list[Finding]) -> dict[str, object]:
    failed = sum(finding.state == FAIL for finding in findings)
    return {"failed": failed, "findings": [asdict(finding) for finding in findings]}


def _text(findings: list[Finding]) -> str:
    rows = [(finding.check, finding.state, finding.found) for finding in findings]
    lines = table(("check", "state", "found"), rows).splitlines()
    mends = [finding for finding in findings if finding.mend]
    if mends:
        lines += ["", "what mends it:"]
    for finding in mends:
        lines += [f"  {finding.check} ({finding.state})", f"    {finding.mend}"]
    return "\n".join(printable(line) for line in lines)
