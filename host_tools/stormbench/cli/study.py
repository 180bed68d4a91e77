"""`stormbench study`: every scenario in every arm, and the answers that follow."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from stormbench.cli._count_progress import CountProgress
from stormbench.cli._options import make_folder, policy_option, warn
from stormbench.errors import ExitCode
from stormbench.policy_file import plain_policy, read_policy
from stormbench.printable import printable
from stormbench.study.identity import identity
from stormbench.study.plan import REPLICATIONS, plan
from stormbench.study.pool import run_jobs
from stormbench.study.report import study_report
from stormbench.study.results import Results
from stormbench.study.write import RUNS, write_study


@click.command(epilog="Example: stormbench study --only stuck_tamper_sensor --replications 5")
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    help="A scenario of the library, or a sweep; can be repeated. Default: all.",
)
@click.option(
    "--replications",
    metavar="N",
    type=click.IntRange(1),
    default=REPLICATIONS,
    show_default=True,
    help="Of each scenario; of each point of a sweep fewer.",
)
@policy_option
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1),
    help="Processes; default: one for each processor.",
)
@click.option(
    "--out",
    "out_dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out/study"),
    show_default=True,
    help="Where the report goes, and the runs, with which the same command goes on.",
)
@click.option("--json", "as_json", is_flag=True, help="Print report.json on stdout.")
@click.pass_context
def command(
    ctx: click.Context,
    only: tuple[str, ...],
    replications: int,
    policy_path: Path | None,
    workers: int | None,
    out_dir: Path,
    as_json: bool,
) -> None:
    """Run every scenario in every arm, again and again, and answer what SECMP0062 asked.

    All on hub sim. Writes DIR/report.html, and beside it report.json, alerts.csv and summary.md.
    Stopped by Ctrl-C or by anything else, the same command goes on where it was. The exit code is
    1 if a claim of the report is not met.
    """
    policy = read_policy(policy_path) if policy_path else None
    if policy is not None:
        warn(policy)
    fields = plain_policy(policy) if policy is not None else None
    wanted = plan(only, replications, fields)
    make_folder(out_dir)
    study = identity(fields)
    with Results(out_dir / RUNS, study) as results:
        left = [job for job in wanted if job.key not in results.runs]
        if len(left) < len(wanted):
            there = f"{len(wanted) - len(left)} of {len(wanted)} runs are there"
            click.echo(f"stormbench: {out_dir / RUNS}: {there}", err=True)
        with CountProgress("runs of the study", len(left)) as step:
            for run in run_jobs(left, workers or os.cpu_count() or 1):
                results.add(run)
                step()
        runs = [results.runs[job.key] for job in wanted]
    report = study_report(runs, study, shlex.join(["stormbench", *sys.argv[1:]]))
    page = write_study(out_dir, report, runs)
    if as_json:
        click.echo((out_dir / "report.json").read_text(encoding="utf-8"), nl=False)
    else:
        click.echo("\n".join(_result(report)))
        click.echo(f"{page}")
    if not all(claim["met"] for claim in report["claims"]):
        ctx.exit(ExitCode.FAILED)


def _result(report: Mapping[str, Any]) -> list[str]:
    verdict = report["verdict"]
    lines = [verdict["sentence"], *verdict["conditions"]] if verdict else []
    for claim in report["claims"]:
        mark = "met" if claim["met"] else "NOT MET"
        lines.append(printable(f"  {mark}: {claim['claim']}: {claim['found']}"))
    return lines
