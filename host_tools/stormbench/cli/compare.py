"""`stormbench compare`: the same storm with the throttle in different places."""

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from stormbench.capture.recording import Recording
from stormbench.cli._count_progress import CountProgress
from stormbench.cli._hub_image import hub_with_image
from stormbench.cli._options import (
    FILE,
    hub_option,
    make_folder,
    policy_option,
    scenario_argument,
    time_scale_option,
    warn,
)
from stormbench.compare.run import Comparison
from stormbench.errors import ExitCode
from stormbench.hub.open import require_image_is_booted, require_virtual
from stormbench.policy_file import read_policy
from stormbench.printable import printable
from stormbench.replay.result_files import require_folder_of
from stormbench.report.expectations import expectation_lines, time_scale_sentence
from stormbench.report.junit import write_junit
from stormbench.report.write import write_report
from stormbench.scenario.fit import require_comparable, require_fit
from stormbench.scenario.read import changed, read_scenario


@click.command(epilog="Example: stormbench compare stuck_tamper_sensor --hub sim --out out")
@scenario_argument
@hub_option
@policy_option
@click.option("--seed", metavar="N", type=click.IntRange(0), help="Instead of the scenario's.")
@time_scale_option
@click.option(
    "--out",
    "out_dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Where report.html and report.json go.",
)
@click.option(
    "--junit",
    "junit_path",
    metavar="FILE",
    type=FILE,
    help="Write accounts and bounds as JUnit, a suite an arm.",
)
@click.option("--json", "as_json", is_flag=True, help="Print report.json on stdout.")
@click.pass_context
def command(
    ctx: click.Context,
    scenario_path: Path | None,
    hub_name: str,
    uf2: Path | None,
    recording: Recording | None,
    policy_path: Path | None,
    seed: int | None,
    time_scale: float | None,
    out_dir: Path,
    junit_path: Path | None,
    as_json: bool,
) -> None:
    """Run a scenario with the throttle nowhere, at the hub, at the DSP and at both.

    Prints which place is best and why, and writes DIR/report.html and DIR/report.json. A scenario
    is a file, or one of those that `stormbench scenarios` lists; of one with bounds, each is
    printed, and the exit code is 1 if one is not met. Where no
    image of the hub is in the cache, stock MicroPython with the firmware in its files takes the
    place of --hub emulated, and that is said.
    """
    scenario = changed(read_scenario(scenario_path), seed=seed, time_scale=time_scale)
    policy = read_policy(policy_path) if policy_path else scenario.throttle_policy()
    require_comparable(scenario)
    require_virtual(hub_name)
    require_image_is_booted(uf2, hub_name)
    require_fit(scenario, hub_name)
    make_folder(out_dir)
    if junit_path is not None:
        require_folder_of(junit_path)
    hub_name = hub_with_image(hub_name, uf2)
    warn(policy)
    comparison = Comparison(scenario, policy, hub_name, uf2)
    with CountProgress(f"alerts through hub {hub_name}", comparison.alerts_to_send) as step:
        compared = comparison.run(out_dir, step, recording)
    page = write_report(out_dir, compared.report, compared.series, shlex.join(sys.argv))
    if as_json:
        click.echo(json.dumps(compared.report, indent=2))
    else:
        click.echo("\n".join(_result(compared.report)))
        click.echo(f"{page}")
    if junit_path is not None:
        write_junit(junit_path, compared.report)
    if not _is_as_it_should_be(compared.report):
        ctx.exit(ExitCode.FAILED)


def _result(report: Mapping[str, Any]) -> list[str]:
    said = time_scale_sentence(report["scenario"]["time_scale"])
    bounds = map(printable, expectation_lines(report["expectations"]))
    return [report["verdict"]["sentence"], *filter(None, [said]), *bounds]


def _is_as_it_should_be(report: Mapping[str, Any]) -> bool:
    accounts = (arm["unaccounted"] for arm in report["arms"].values())
    return not any(accounts) and all(held["met"] for held in report["expectations"])
