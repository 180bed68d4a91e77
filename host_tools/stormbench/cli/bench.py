"""`stormbench bench`: how much a hub carries."""

import json
from pathlib import Path
from typing import Any

import click

from stormbench.bench.alerts import SIZES
from stormbench.bench.outcomes import VERDICT_OF
from stormbench.bench.run import measure
from stormbench.cli._options import hub_option, progress, say_if_new
from stormbench.errors import InvalidInput
from stormbench.hub.open import hub_kind, opened_hub
from stormbench.printable import printable

_TIMELESS = "sim"
_LEAST_ALERTS = 100


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
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(
    hub_name: str, uf2: Path | None, alerts: int, sizes: tuple[str, ...], as_json: bool
) -> None:
    """Measure how many alerts a second a hub carries, by length and by what becomes of them.

    The link is kept full and the host acknowledges all. Times are the device's on an emulated hub,
    whose flash and USB have typical times and not a board's; elsewhere they are the wall clock's.
    The hub is left under another policy.
    """
    if hub_kind(hub_name) == _TIMELESS:
        raise InvalidInput(
            f"--hub {hub_name}: its time passes only while somebody waits, so it has no rate; "
            "take emulated, or a board"
        )
    say_if_new(hub_name)
    chosen = [int(size) for size in sizes] or list(SIZES)
    with (
        opened_hub(hub_name, uf2) as client,
        progress("figures", len(chosen) * len(VERDICT_OF)) as on_step,
    ):
        found = {"hub": hub_name, **measure(client, chosen, alerts, on_step)}
    click.echo(json.dumps(found) if as_json else _text(found))


def _text(found: dict[str, Any]) -> str:
    lines = [
        f"hub {printable(found['hub'])} over {found['transport']}: alerts a second",
        f"{'bytes':>6}" + "".join(f"{outcome:>12}" for outcome in VERDICT_OF),
    ]
    for size, rates in found["by_size"].items():
        cells = (rates[f"{outcome}_alerts_per_s"] for outcome in VERDICT_OF)
        lines.append(f"{size:>6}" + "".join(f"{rate:12,.1f}" for rate in cells))
    return "\n".join(lines)
