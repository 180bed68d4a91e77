"""`stormbench inject`: a storm into one hub or several, in real time."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from commshub.policy import Policy
from stormbench.capture.recording import Recording
from stormbench.cli._count_progress import CountProgress
from stormbench.cli._injection import made_injection
from stormbench.cli._options import (
    FILE,
    capture_option,
    make_folder,
    policy_option,
    say_if_new,
    time_scale_option,
    warn,
)
from stormbench.cli._options import scenario as scenario_file
from stormbench.errors import ExitCode
from stormbench.hub.open import default_hub, require_image_is_booted
from stormbench.inject.bounds import HeldBound
from stormbench.inject.files import write_files
from stormbench.inject.injection import Injection
from stormbench.inject.junit import write_junit
from stormbench.inject.limits import DEFAULT_MAX_PER_S, LARGEST_MAX_PER_S
from stormbench.inject.one_hub import Result
from stormbench.inject.plan import plan_of, require_within_limits, summary
from stormbench.inject.run import exit_code, inject, opened, summed
from stormbench.inject.text import text_of, text_of_plan
from stormbench.policy_file import read_policy
from stormbench.printable import printable
from stormbench.replay.result_files import require_folder_of
from stormbench.scenario.fit import require_fit
from stormbench.scenario.model import Scenario
from stormbench.scenario.pace import Pace
from stormbench.scenario.read import changed, read_scenario


@click.command(
    epilog="Example: stormbench inject storm.toml --hub id:E6614103E7452D2F --time-scale 60 --out "
    "out --junit out/junit.xml. Exit codes: 0 certified, bounds met; 1 one of the two is not, and "
    "why; 130 Ctrl-C."
)
@click.argument("scenario_path", metavar="SCENARIO.toml|NAME", type=scenario_file)
@click.option(
    "--hub",
    "hub_names",
    metavar="H",
    multiple=True,
    help="As everywhere (sim, unix, emulated, auto, id:SERIAL, a port, rfc2217://HOST:PORT, "
    "socket://HOST:PORT); given again, a hub more, all at once. Default: STORMBENCH_HUB, else "
    "emulated.",
)
@click.option("--uf2", type=FILE, help="Image for emulated hubs; default: from the cache.")
@capture_option
@time_scale_option
@click.option(
    "--max-per-s",
    metavar="N",
    type=click.IntRange(1, LARGEST_MAX_PER_S),
    default=DEFAULT_MAX_PER_S,
    show_default=True,
    help="Refuse a storm with more alerts in any second to one hub.",
)
@policy_option
@click.option("--real-ids", is_flag=True, help="Allow identities that are not DCC's for tests.")
@click.option("--seed", metavar="N", type=click.IntRange(0), help="Instead of the scenario's.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent; open and send nothing.")
@click.option(
    "--out",
    "out_dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write inject.json, alerts.jsonl and alerts.csv here.",
)
@click.option(
    "--junit", "junit_path", metavar="FILE", type=FILE, help="Write the checks as JUnit."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    scenario_path: Path,
    hub_names: tuple[str, ...],
    uf2: Path | None,
    recording: Recording | None,
    time_scale: float | None,
    max_per_s: int,
    policy_path: Path | None,
    real_ids: bool,
    seed: int | None,
    dry_run: bool,
    out_dir: Path | None,
    junit_path: Path | None,
    as_json: bool,
) -> None:
    """Send a scenario's storm into hubs in real time, and account for every alert.

    Open loop: an alert goes out at its intended time, whether or not those before it were
    answered, and its latency counts from that time. A run in which alerts went out late is not
    certified, and it says whether this PC or the hub was why. The scenario's faults are put into
    each link. What is open at a hub ends before
    it begins. Of a scenario's bounds, those on figures of arm hub that can be known here are held
    against the run, which then lasts as long as the scenario does. Ctrl-C stops the sending, and
    the account is whole all the same. Where neither the
    scenario nor --policy names a policy each hub keeps its own, which no time scale divides.
    """
    scenario = changed(read_scenario(scenario_path), seed=seed, time_scale=time_scale)
    names = hub_names or (default_hub(),)
    require_image_is_booted(uf2, *names)
    for name in names:
        require_fit(scenario, name)
    plan = plan_of(scenario, len(names))
    require_within_limits(plan, max_per_s, real_ids)
    if dry_run:
        found = summary(names, plan)
        click.echo(json.dumps(found, indent=2) if as_json else text_of_plan(found))
        return
    _prepare_files(out_dir, junit_path)
    injection = made_injection(scenario, plan, _policy(scenario, policy_path))
    results = _run(injection, names, uf2, recording)
    bounds = injection.bounds_on(results)
    document = _document(scenario, results, bounds)
    text = text_of(results, bounds, scenario.time_scale)
    # First, because a drive that is full must not take it along.
    click.echo(json.dumps(document, indent=2) if as_json else text)
    for result in results:
        for failure in result.failures:
            click.echo(f"stormbench: {result['hub']}: not certified: {failure}", err=True)
    for bound in bounds:
        if bound.is_broken:
            hub = bound.hub or "all hubs together"
            click.echo(printable(f"stormbench: {hub}: not met: {bound.sentence}"), err=True)
    if out_dir is not None:
        write_files(out_dir, document, results)
    if junit_path is not None:
        write_junit(junit_path, scenario, results, bounds)
    code = exit_code(results)
    ctx.exit(ExitCode.FAILED if not code and any(each.is_broken for each in bounds) else code)


def _policy(scenario: Scenario, policy_path: Path | None) -> Policy | None:
    """The policy that is named by a file, in the run's time; None: none is."""
    if policy_path is None:
        return None
    return Pace(scenario.time_scale).policy(read_policy(policy_path))


def _prepare_files(out_dir: Path | None, junit_path: Path | None) -> None:
    if out_dir is not None:
        make_folder(out_dir)
    if junit_path is not None:
        require_folder_of(junit_path)


def _run(
    injection: Injection, names: Sequence[str], uf2: Path | None, recording: Recording | None
) -> list[Result]:
    storms = injection.storms
    if injection.policy is not None:
        warn(injection.policy)
    for name in names:
        say_if_new(name)
    with (
        opened(names, uf2, injection.policy, recording, injection.faults) as hubs,
        CountProgress(f"inject into {', '.join(names)}", sum(map(len, storms))) as on_sent,
    ):
        return inject(hubs, storms, on_sent, _on_stop, injection.lasts_us)


def _on_stop() -> None:
    click.echo(
        "stormbench: stopping; waiting for what is on its way (Ctrl-C: not even that)", err=True
    )


def _document(
    scenario: Scenario, results: Sequence[Result], bounds: Sequence[HeldBound]
) -> dict[str, Any]:
    return {
        "scenario": {
            "name": scenario.name,
            "seed": scenario.seed,
            "time_scale": scenario.time_scale,
        },
        "certified": all(result.certified for result in results),
        "hubs": [result.facts for result in results],
        "sum": summed(results),
        "expectations": [bound.as_json() for bound in bounds],
    }
