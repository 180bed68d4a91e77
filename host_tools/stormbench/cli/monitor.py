"""`stormbench monitor`: what goes on at a hub, on a live screen; or in a capture."""

import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click
from click.core import ParameterSource

from stormbench.capture.reading import Capture
from stormbench.capture.recording import Recording
from stormbench.capture.records import Record
from stormbench.cli._injection import made_injection
from stormbench.cli._options import (
    FILE,
    FiniteRange,
    capture_option,
    say_if_new,
    time_scale_option,
    warn,
)
from stormbench.cli._options import scenario as scenario_file
from stormbench.errors import ExitCode
from stormbench.inject.injection import require_one_hub
from stormbench.inject.plan import plan_of, require_within_limits
from stormbench.inject.text import text_of
from stormbench.monitor.capture_source import follow
from stormbench.monitor.hub_source import HubSource, Storm, idle, look_once
from stormbench.monitor.pace import paced, wait
from stormbench.monitor.picture import write_svg
from stormbench.monitor.plain import plain
from stormbench.monitor.run import watch
from stormbench.monitor.screen import Screen
from stormbench.monitor.views import View, plain_console, view_for
from stormbench.monitor.watch import Watches
from stormbench.monitor.watched_time import is_in_real_time
from stormbench.replay.result_files import require_folder_of
from stormbench.scenario.fit import require_fit
from stormbench.scenario.read import changed, read_scenario


@dataclass(frozen=True)
class _Source:
    """What is watched.

    `is_live`: it happens now; `speed`: at which it is shown where none is asked for, None: at
    once; `outcome` says on stderr what came of it, once it has ended and no screen is there.
    """

    records: Iterable[Record | None]
    is_live: bool
    speed: float | None = None
    outcome: Callable[[], ExitCode] = lambda: ExitCode.DONE

    def paced(self, watches: Watches, speed: float) -> "_Source":
        """The same, as its time goes."""
        slower = paced(self.records, lambda: watches.watch.now_ms, speed)
        return replace(self, records=slower, is_live=False)


_TOGETHER = (
    ("is_followed", "path", "--follow goes with CAPTURE"),
    ("session", "path", "--session goes with CAPTURE"),
    ("uf2", "hub_name", "--uf2 goes with --hub"),
    ("recording", "hub_name", "--capture goes with --hub: a CAPTURE is recorded already"),
    ("scenario_path", "hub_name", "--scenario goes with --hub: a CAPTURE has its storm"),
    ("time_scale", "scenario_path", "--time-scale goes with --scenario"),
)
"""Options that need another one, and what is said without it."""

_LATEST_S = (1 << 48) // 1000
"""Of the link's times, which are 48 bits of ms."""


@click.command(
    epilog="Examples: stormbench inject storm.toml --hub id:E6614103E7452D2F --capture "
    "storm.capture, and beside it stormbench monitor storm.capture --follow; or stormbench "
    "monitor --hub unix --scenario stuck_tamper_sensor --time-scale 60"
)
@click.argument("path", metavar="[CAPTURE]", required=False, type=FILE)
@click.option("--follow", "is_followed", is_flag=True, help="Go on while others write CAPTURE.")
@click.option(
    "--session",
    metavar="N",
    type=click.IntRange(1),
    help="Of CAPTURE; default: the latest that has begun.",
)
@click.option("--hub", "hub_name", metavar="H", help="Be the host of a hub: as everywhere.")
@click.option("--uf2", type=FILE, help="Image for an emulated hub; default: from the cache.")
@capture_option
@click.option(
    "--scenario",
    "scenario_path",
    metavar="SCENARIO.toml|NAME",
    type=scenario_file,
    help="Send its storm to the hub, as `stormbench inject` does, and say at the end what came "
    "of it, on stderr.",
)
@time_scale_option
@click.option(
    "--names",
    "names_path",
    metavar="SCENARIO.toml|NAME",
    type=scenario_file,
    help="Show devices by the names that this scenario gives them; default: --scenario's.",
)
@click.option(
    "--speed",
    metavar="K",
    type=FiniteRange(0, min_open=True),
    help="Show what is finished, or a hub that has its own time, at K times that time; default: "
    "at once, and an idle hub as time goes.",
)
@click.option(
    "--until-s",
    metavar="S",
    type=FiniteRange(0, _LATEST_S, min_open=True),
    help="End when so much of the time that is watched has passed.",
)
@click.option(
    "--every-s",
    metavar="S",
    type=FiniteRange(0, min_open=True),
    default=10.0,
    show_default=True,
    help="Between two lines, where there is no terminal to draw on.",
)
@click.option("--once", is_flag=True, help="Draw nothing live; print the state once, at the end.")
@click.option("--json", "as_json", is_flag=True, help="Print the state at the end as JSON.")
@click.option(
    "--export-svg",
    "svg_path",
    metavar="FILE",
    type=FILE,
    help="Write a picture of the screen at the end.",
)
@click.pass_context
def command(
    ctx: click.Context,
    path: Path | None,
    is_followed: bool,
    session: int | None,
    hub_name: str | None,
    uf2: Path | None,
    recording: Recording | None,
    scenario_path: Path | None,
    time_scale: float | None,
    names_path: Path | None,
    speed: float | None,
    until_s: float | None,
    every_s: float,
    once: bool,
    as_json: bool,
    svg_path: Path | None,
) -> None:
    """Watch a CAPTURE, while it is written or afterwards; or a hub, as its host.

    A port has one host only, so a hub that others talk to is watched by the capture that they
    write. Shows rates in and out, verdicts, alarm floods as ISA-18.2 counts them, incidents,
    overloaded kinds of alerts and the link. q ends, and so does Ctrl-C, with exit code 130; then
    the state is printed. Without a terminal there is a line now and then instead of the screen.
    """
    _require_together(ctx)
    if svg_path is not None:
        require_folder_of(svg_path)
    watches = Watches(session, _names(names_path or scenario_path))
    with ExitStack() as stack:
        if path is not None:
            source = _of_capture(path, is_followed, session)
        else:
            assert hub_name is not None
            storm = _storm(hub_name, scenario_path, time_scale)
            source = _of_hub(stack, hub_name, uf2, recording, storm, once)
        if (speed or source.speed) and not once:
            source = source.paced(watches, speed or source.speed or 1.0)
        stack.callback(_print_state, watches, as_json)
        view = None
        if not once:
            view = view_for(
                plain_console(stderr=as_json), watches, every_s, partial(click.echo, err=as_json)
            )
        code = _watch(source, watches, view, None if until_s is None else round(until_s * 1000))
    if svg_path is not None:
        write_svg(svg_path, watches)
    ctx.exit(code)


def _watch(source: _Source, watches: Watches, view: View | None, until_ms: int | None) -> ExitCode:
    """Until it ends, or somebody has seen enough; the terminal is then as before."""
    is_over = was_interrupted = False
    try:
        with view or nullcontext():
            is_over = watch(source.records, watches, view, until_ms, source.is_live)
            if is_over and view is not None:
                view.linger()
    except KeyboardInterrupt:
        was_interrupted = True
    outcome = source.outcome() if is_over else ExitCode.DONE
    return ExitCode.INTERRUPTED if was_interrupted else outcome


def _of_capture(path: Path, is_followed: bool, session: int | None) -> _Source:
    if is_followed:
        return _Source(follow(path, wait), is_live=True)
    capture = Capture(path)
    if session is not None:
        capture.require_session(session)

    def outcome() -> ExitCode:
        for complaint in capture.complaints:
            click.echo(f"stormbench: {complaint}", err=True)
        return ExitCode.FAILED if capture.complaints else ExitCode.DONE

    return _Source((record for _, record in capture.records()), is_live=False, outcome=outcome)


def _of_hub(
    stack: ExitStack,
    name: str,
    uf2: Path | None,
    recording: Recording | None,
    storm: Storm | None,
    once: bool,
) -> _Source:
    say_if_new(name)
    work = storm or (look_once if once else idle)
    faults = None if storm is None else storm.injection.faults
    records = stack.enter_context(HubSource(name, uf2, work, recording, faults))

    def outcome() -> ExitCode:
        if storm is None or storm.result is None:
            return ExitCode.DONE
        result = storm.result
        click.echo(text_of([result], result.bounds, result.time_scale), err=True)
        return result.exit_code

    speed = None if storm or is_in_real_time(name) else 1.0
    return _Source(records, is_live=True, speed=speed, outcome=outcome)


def _storm(hub_name: str, path: Path | None, time_scale: float | None) -> Storm | None:
    if path is None:
        return None
    scenario = changed(read_scenario(path), time_scale=time_scale)
    require_fit(scenario, hub_name)
    require_one_hub(scenario, "`monitor` watches")
    plan = plan_of(scenario, 1)
    require_within_limits(plan)
    injection = made_injection(scenario, plan)
    if injection.policy is not None:
        warn(injection.policy)
    return Storm(injection, hub_name)


def _names(path: Path | None) -> dict[bytes, str]:
    """What a scenario calls its devices, by originator."""
    if path is None:
        return {}
    return {bytes.fromhex(each.originator): each.name for each in read_scenario(path).devices}


def _require_together(ctx: click.Context) -> None:
    """Go on only with options that mean something together."""
    given = {
        name
        for name in ctx.params
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if ("path" in given) == ("hub_name" in given):
        raise click.UsageError("expected either CAPTURE or --hub H")
    for name, other, sentence in _TOGETHER:
        if name in given and other not in given:
            raise click.UsageError(sentence)
    if {"is_followed", "once"} <= given:
        raise click.UsageError("--follow goes on, --once does not: expected one of them")
    hub = ctx.params["hub_name"]
    if "speed" in given and ("is_followed" in given or (hub and is_in_real_time(hub))):
        raise click.UsageError(
            "--speed is for what does not happen now: a finished CAPTURE, or --hub sim or emulated"
        )


def _print_state(watches: Watches, as_json: bool) -> None:
    """On stdout, if there is any."""
    if not watches.shown:
        return
    if as_json:
        click.echo(json.dumps(plain(watches), indent=2))
    else:
        plain_console().print(Screen(watches))
