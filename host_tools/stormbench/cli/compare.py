"""`stormbench compare`: the same storm with the throttle in different places."""

import json
import shlex
import sys
from pathlib import Path

import click

from stormbench.capture.recording import Recording
from stormbench.cli._hub_image import hub_with_image
from stormbench.cli._options import FILE, hub_option, policy_option, progress, warn
from stormbench.compare.run import Comparison
from stormbench.errors import ExitCode, InvalidInput
from stormbench.hub.open import require_virtual
from stormbench.policy_file import read_policy
from stormbench.report.write import write_report
from stormbench.scenario.model import read_scenario


@click.command(epilog="Example: stormbench compare --hub sim --out out")
@click.argument("scenario_path", metavar="[SCENARIO.toml]", required=False, type=FILE)
@hub_option
@policy_option
@click.option("--seed", metavar="N", type=click.IntRange(0), help="Instead of the scenario's.")
@click.option(
    "--out",
    "out_dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Where report.html and report.json go.",
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
    out_dir: Path,
    as_json: bool,
) -> None:
    """Run a scenario with the throttle nowhere, at the hub, at the DSP and at both.

    Prints which place is best and why, and writes DIR/report.html and DIR/report.json. Where no
    image of the hub is in the cache, stock MicroPython with the firmware in its files takes the
    place of --hub emulated, and that is said.
    """
    scenario = read_scenario(scenario_path)
    if seed is not None:
        scenario = scenario.model_copy(update={"seed": seed})
    policy = read_policy(policy_path) if policy_path else scenario.throttle_policy()
    require_virtual(hub_name)
    _make_folder(out_dir)
    hub_name = hub_with_image(hub_name, uf2)
    warn(policy)
    comparison = Comparison(scenario, policy, hub_name, uf2)
    with progress(f"alerts through hub {hub_name}", comparison.alerts_to_send) as step:
        compared = comparison.run(out_dir, step, recording)
    page = write_report(out_dir, compared.report, compared.series, shlex.join(sys.argv))
    if as_json:
        click.echo(json.dumps(compared.report, indent=2))
    else:
        click.echo(compared.report["verdict"]["sentence"])
        click.echo(f"{page}")
    if any(arm["unaccounted"] for arm in compared.report["arms"].values()):
        ctx.exit(ExitCode.FAILED)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"--out {path}: cannot be made: {error.strerror}") from error
