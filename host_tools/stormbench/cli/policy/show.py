"""`stormbench policy show`: what holds under a policy, field by field and for single codes."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from commshub.policy import Policy
from hubwire.codes import alert_name
from stormbench.cli._options import policy
from stormbench.policy_file import Examined, code_of, examine, examine_file, plain_policy
from stormbench.printable import printable
from stormbench.report.units import duration


def _codes(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> list[int]:
    try:
        return [code_of(text) for text in texts]
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command(epilog="Example: stormbench policy show tamper_cautious --code 8F75 --code 8F66")
@click.argument("path", metavar="[P.toml|NAME]", required=False, type=policy)
@click.option(
    "--code",
    "codes",
    metavar="HEX4",
    multiple=True,
    callback=_codes,
    help="The limit of this alert code; can be repeated.  [default: all that it names]",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(path: Path | None, codes: list[int], as_json: bool) -> None:
    """Show every field of a policy, whether its file names it, and the limits of codes.

    Without a policy, the default one.
    """
    examined = examine({}) if path is None else examine_file(path)
    accepted = examined.accepted(str(path))
    named_codes = sorted(accepted.excluded_codes | accepted.code_limits.keys())
    fields = _fields(examined)
    limits = [_limit(accepted, code) for code in codes or named_codes]
    file = None if path is None else str(path)
    if as_json:
        click.echo(json.dumps({"file": file, "fields": fields, "codes": limits}))
        return
    click.echo(printable(f"policy: {file or 'no file, every field at its default'}") + "\n")
    click.echo(_table(("field", "value", "from"), [_field_row(*each) for each in fields.items()]))
    click.echo(
        "\n" + _table(("code", "limit", "rule", "name"), [_code_row(row) for row in limits])
    )


def _fields(examined: Examined) -> dict[str, dict[str, Any]]:
    return {
        name: {"value": value, "from": "file" if name in examined.named else "default"}
        for name, value in plain_policy(examined.policy).items()
    }


def _limit(accepted: Policy, code: int) -> dict[str, Any]:
    """What holds for a code; the limit is None where it is never throttled."""
    if code in accepted.excluded_codes:
        rule, limit = "excluded", None
    else:
        rule = "own limit" if code in accepted.code_limits else "code_limit"
        limit = accepted.limit_for(code)
    return {"code": f"{code:04X}", "name": alert_name(code), "limit": limit, "rule": rule}


def _field_row(name: str, field: dict[str, Any]) -> tuple[str, ...]:
    value = field["value"]
    if isinstance(value, list | dict):
        shown = f"{len(value)} codes" if value else "none"
    elif name.endswith("_ms"):
        shown = f"{value} ({duration(value)})"
    else:
        shown = json.dumps(value).strip('"')
    return name, shown, field["from"]


def _code_row(limit: dict[str, Any]) -> tuple[str, ...]:
    shown = "never throttled" if limit["limit"] is None else str(limit["limit"])
    return limit["code"], shown, limit["rule"], limit["name"] or "not in the table of codes"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
