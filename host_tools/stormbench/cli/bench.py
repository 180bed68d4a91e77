"""`stormbench bench`: how much a hub carries."""

import json
from pathlib import Path
from typing import Any

import click

from stormbench.bench.alerts import SIZES
from stormbench.bench.outcomes import VERDICT_OF
from stormbench.bench.rate import measure_rate
from stormbench.cli._options import hub_option, progress, say_if_new
from stormbench.hub.open import opened_hub


@click.command(epilog="Example: stormbench bench --hub emulated --size 85 --json")
@hub_option
@click.option("--alerts", metavar="N", type=click.IntRange(100), default=3_000, show_default=True)
@click.option(
    "--size",
    "sizes",
    metavar="BYTES",
    type=click.Choice([str(size) for size in SIZES]),
    multiple=True,
    help="Only alerts of this length; can be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(
    hub_name: str, uf2: Path | None, alerts: int, sizes: tuple[str, ...], as_json: bool
) -> None:
    """Measure how many alerts a second a hub carries, by length and by what becomes of them."""
    say_if_new(hub_name)
    by_size: dict[str, Any] = {}
    with opened_hub(hub_name, uf2) as client:
        for size in sizes or [str(size) for size in SIZES]:
            by_size[size] = {}
            for outcome in VERDICT_OF:
                rate = measure_rate(client, outcome, int(size), alerts)
                by_size[size][f"{outcome}_alerts_per_s"] = round(rate.alerts_per_s, 1)
        log = client.log
    found = {"hub": hub_name, "alerts": alerts, "by_size": by_size}
    click.echo(json.dumps(found, indent=None if as_json else 2))
    for line in log: click.echo(line, err=True)
