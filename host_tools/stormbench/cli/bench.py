"""`stormbench bench`: what an alert costs on a hub."""

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from stormbench.bench import PROBES, memory_map, overload
from stormbench.bench.alerts import SIZES
from stormbench.bench.link_figures import Effort
from stormbench.bench.run import NOT_IN_THE_EMULATOR, measure, steps
from stormbench.bench.text import text_of
from stormbench.capture.recording import Recording
from stormbench.cli._count_progress import CountProgress
from stormbench.cli._options import hub_option, say_if_new
from stormbench.cli._repl_port import repl_port_option, require_board_has_it
from stormbench.errors import InvalidInput
from stormbench.hub.open import hub_kind, is_emulated, links_of, opened_hub
from stormbench.link.board_session import probed
from stormbench.link.client import HubClient

_TIMELESS = "sim"
_LEAST_ALERTS = 100
_PATHS = 200


@click.command(epilog="Example: stormbench bench --hub emulated --size 85")
@hub_option
@click.option(
    "--alerts",
    metavar="N",
    type=click.IntRange(_LEAST_ALERTS),
    default=3_000,
    show_default=True,
    help="How many for each figure.",
)
@click.option(
    "--size",
    "sizes",
    metavar="BYTES",
    type=click.Choice([str(size) for size in SIZES]),
    multiple=True,
    help=f"Only alerts of this length, one of {', '.join(map(str, SIZES))}; can be repeated.",
)
@click.option("--one-link", is_flag=True, help="Only the link that --hub names, not all it has.")
@repl_port_option
@click.option(
    "--overload",
    "mode",
    flag_value="overload",
    help="Instead, offer 10 to 300 % of what the hub carries: goodput, latency, what gives way.",
)
@click.option(
    "--memory",
    "mode",
    flag_value="memory",
    help="Instead, a map of the board's RAM, tables full, for 4, 16 and 64 devices.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(
    hub_name: str,
    uf2: Path | None,
    recording: Recording | None,
    alerts: int,
    sizes: tuple[str, ...],
    one_link: bool,
    repl_port: str | None,
    mode: str | None,
    as_json: bool,
) -> None:
    """Measure what an alert costs on a hub: rates and what bounds them, times, heap, stages.

    Rates are with the link kept full and the host acknowledging all. What happens within the board
    is measured by code that is run there, in the hub's place, which then boots again. Times are
    the device's on an emulated hub, whose flash and USB have typical times and not a board's;
    elsewhere they are the wall clock's. The hub is left under another policy.
    """
    if hub_kind(hub_name) == _TIMELESS:
        raise InvalidInput(
            f"--hub {hub_name}: its time passes only while somebody waits, so it has no rate; "
            "take emulated, or a board"
        )
    require_board_has_it(hub_name, repl_port)
    say_if_new(hub_name)
    if mode is not None:
        if sizes or one_link:
            raise InvalidInput(f"--{mode} has no --size, and only the link that --hub names")
        if mode == "overload" and repl_port is not None:
            raise InvalidInput("--overload runs nothing on the board, so it has no --repl-port")
        with opened_hub(hub_name, uf2, recording) as client:
            measured = _MODES[mode](client, alerts, repl_port)
            found = {"hub": hub_name, "transport": client.hello.transport, mode: measured}
        click.echo(json.dumps(found) if as_json else _TEXTS[mode](measured))
        return
    effort = Effort([int(size) for size in sizes] or list(SIZES), alerts, _PATHS, alerts)
    links = [hub_name] if one_link else links_of(hub_name)

    def hub(name: str) -> AbstractContextManager[HubClient]:
        return opened_hub(name, uf2, recording)

    with CountProgress("figures", steps(effort, len(links))) as on_step:
        found = measure(hub, links, effort, on_step, repl_port)
    if is_emulated(hub_name):
        found["not_in_the_emulator"] = NOT_IN_THE_EMULATOR
    click.echo(json.dumps(found) if as_json else text_of(found, is_emulated(hub_name)))


def _overload(client: HubClient, alerts: int, _: str | None) -> dict[str, Any]:
    with CountProgress("loads", len(overload.OFFERED_PERCENT) + 1) as on_step:
        return overload.measure_overload(client, alerts, on_step)


def _memory(client: HubClient, _: int, repl_port: str | None) -> dict[str, Any]:
    with probed(client, PROBES, repl_port) as session:
        return memory_map.measure_map(session)


_MODES = {"overload": _overload, "memory": _memory}
_TEXTS = {"overload": overload.text_of, "memory": memory_map.text_of}
