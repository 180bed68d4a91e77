"""`stormbench scenarios`: the library of scenarios, what each stands for, and one as a file."""

import json
from typing import Any

import click

from stormbench.cli._table import table
from stormbench.errors import InvalidInput
from stormbench.scenario.read import read_scenario
from stormbench.scenario.schema import schema_text
from stormbench.scenario.shipped import scenario_names, scenario_path
from stormbench.shipped_files import is_word


@click.command(epilog="Example: stormbench scenarios stuck_tamper_sensor > mine.toml")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the list as one JSON object.")
@click.option("--schema", is_flag=True, help="Print the JSON schema of scenario files.")
def command(name: str | None, as_json: bool, schema: bool) -> None:
    """List the scenarios that come with stormbench; with NAME print that one, to begin one's own.

    Each is named after a cause; `evidence` says whether a public document tells of that cause.
    Rates, lengths and the WAN are assumed in all of them.
    """
    if schema:
        click.echo(schema_text(), nl=False)
    elif name is not None:
        _print_file(name)
    elif as_json:
        click.echo(json.dumps({"scenarios": [_found(each) for each in scenario_names()]}))
    else:
        rows = [_row(_found(each)) for each in scenario_names()]
        click.echo(table(("name", "evidence", "expects", "fits", "cause"), rows))


def _print_file(name: str) -> None:
    if not is_word(name):
        raise InvalidInput(
            f"{name}: expected the name of a scenario that comes with stormbench; there are "
            f"{', '.join(scenario_names())}"
        )
    click.echo(scenario_path(name).read_text(encoding="utf-8"), nl=False)


def _found(name: str) -> dict[str, Any]:
    path = scenario_path(name)
    scenario = read_scenario(path)
    return {
        "name": name,
        "cause": scenario.cause.model_dump() if scenario.cause else None,
        "description": " ".join(scenario.description.split()),
        "runs_on": list(scenario.runs_on),
        "duration_ms": scenario.duration_ms,
        "expectations": len(scenario.expect),
        "file": str(path),
    }


def _row(found: dict[str, Any]) -> tuple[str, ...]:
    cause = found["cause"]
    bounds = f"{found['expectations']} bounds"
    fits = ", ".join(found["runs_on"])
    return found["name"], cause["evidence"], bounds, fits, cause["what"]
