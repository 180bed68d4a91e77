"""`stormbench study`: every scenario in every arm, and the answers that follow."""

import os
from pathlib import Path

import click

from stormbench.cli._options import policy_option, progress
from stormbench.policy_file import plain_policy, read_policy
from stormbench.study.identity import identity
from stormbench.study.plan import REPLICATIONS, plan
from stormbench.study.pool import run_jobs
from stormbench.study.results import Results
from stormbench.study.summary import summary


@click.command(epilog="Example: stormbench study --out study")
@click.option(
    "--only", multiple=True, metavar="NAME", help="A scenario or a sweep; can be repeated."
)
@click.option(
    "--replications",
    type=click.IntRange(1),
    default=REPLICATIONS,
    show_default=True,
    help="Of each scenario; a sweep has fewer.",
)
@policy_option
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=lambda: os.cpu_count() or 1,
    help="Processes; default: one for each processor.",
)
@click.option(
    "--out",
    "out_dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("study"),
    show_default=True,
    help="Where the report goes, and the runs, with which the same command goes on.",
)
def command(
    only: tuple[str, ...],
    replications: int,
    policy_path: Path | None,
    jobs: int,
    out_dir: Path,
) -> None:
    import json

    policy = plain_policy(read_policy(policy_path)) if policy_path else None
    wanted = plan(only, replications, policy)
    out_dir.mkdir(parents=True, exist_ok=True)
    with Results(out_dir / "runs.jsonl", identity(policy)) as results:
        left = [job for job in wanted if job.key not in results.runs]
        with progress("study", len(left)) as step:
            for run in run_jobs(left, jobs):
                results.add(run)
                step()
        found = summary(results.runs[job.key] for job in wanted)
    (out_dir / "report.json").write_text(json.dumps(found, indent=1))
