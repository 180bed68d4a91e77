"""`stormbench policy show`: what holds under a policy, field by field and for single codes."""

import json
from pathlib import Path
from typing import Any

import click

from commshub.policy import Policy
from hubwire.codes import alert_name
from stormbench.capture.recording import Recording
from stormbench.cli._options import FILE, capture_option, policy, say_if_new
from stormbench.cli._table import table
from stormbench.cli.policy._tables import shown_value
from stormbench.errors import InvalidInput
from stormbench.hub.open import opened_hub
from stormbench.policies.in_force import policy_in_force
from stormbench.policy_file import code_of, examine, examine_file, plain_policy
from stormbench.printable import printable


def _codes(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> list[int]:
    try:
        return [code_of(text) for text in texts]
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command(epilog="Example: stormbench policy show tamper_cautious --code 8F75 --code 8F66")
@click.argument("path", metavar="[P.toml|NAME]", required=False, type=policy)
@click.option("--hub", "hub_name", metavar="H", help="The policy that this hub has in force.")
@click.option("--uf2", type=FILE, help="Image for --hub emulated; default: from the cache.")
@capture_option
@click.option(
    "--code",
    "codes",
    metavar="HEX4",
    multiple=True,
    callback=_codes,
    help="The limit of this alert code; can be repeated.  [default: all that it names]",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(
    path: Path | None,
    hub_name: str | None,
    uf2: Path | None,
    recording: Recording | None,
    codes: list[int],
    as_json: bool,
) -> None:
    """Show every field of a policy, whether its file names it, and the limits of codes.

    Without a policy, the default one; with --hub, as in `policy show --hub auto`, the one that a
    hub has in force. The hub is only asked, so no key is needed.
    """
    if hub_name is not None and path is not None:
        raise InvalidInput(f"--hub {hub_name}: goes without a policy; the hub's own is shown")
    if hub_name is None and recording is not None:
        raise InvalidInput("--capture goes with --hub: without a hub there is nothing to record")
    if hub_name is None and uf2 is not None:
        raise InvalidInput("--uf2 goes with --hub: without a hub there is nothing to boot")
    if hub_name is not None:
        say_if_new(hub_name)
        with opened_hub(hub_name, uf2, recording) as client:
            accepted = policy_in_force(client)
        fields = _fields(accepted, frozenset(), "hub")
    else:
        examined = examine({}) if path is None else examine_file(path)
        accepted = examined.accepted(str(path))
        fields = _fields(accepted, examined.named, "default")
    named_codes = sorted(accepted.excluded_codes | accepted.code_limits.keys())
    limits = [_limit(accepted, code) for code in codes or named_codes]
    file = None if path is None else str(path)
    if as_json:
        shown = {"file": file, "hub": hub_name, "fields": fields, "codes": limits}
        click.echo(json.dumps(shown))
        return
    source = f"in force on hub {hub_name}" if hub_name else file
    click.echo(printable(f"policy: {source or 'no file, every field at its default'}") + "\n")
    rows = [(name, shown_value(name, f["value"]), f["from"]) for name, f in fields.items()]
    click.echo(table(("field", "value", "from"), rows))
    click.echo("\n" + table(("code", "limit", "rule", "name"), [_code_row(row) for row in limits]))


def _fields(accepted: Policy, named: frozenset[str], otherwise: str) -> dict[str, dict[str, Any]]:
    return {
        name: {"value": value, "from": "file" if name in named else otherwise}
        for name, value in plain_policy(accepted).items()
    }


def _limit(accepted: Policy, code: int) -> dict[str, Any]:
    """What holds for a code; the limit is None where it is never throttled."""
    if code in accepted.excluded_codes:
        rule, limit = "excluded", None
    else:
        rule = "own limit" if code in accepted.code_limits else "code_limit"
        limit = accepted.limit_for(code)
    return {"code": f"{code:04X}", "name": alert_name(code), "limit": limit, "rule": rule}


def _code_row(limit: dict[str, Any]) -> tuple[str, ...]:
    shown = "never throttled" if limit["limit"] is None else str(limit["limit"])
    return limit["code"], shown, limit["rule"], limit["name"] or "not in the table of codes"
