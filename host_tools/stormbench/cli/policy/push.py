"""`stormbench policy push`: put a policy in force on a hub, and show what that changes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from stormbench.capture.recording import Recording
from stormbench.cli._options import hub_option, policy, say_if_new, warn
from stormbench.cli._table import table
from stormbench.cli.policy._tables import shown_value
from stormbench.hub.open import opened_hub
from stormbench.policies.in_force import Change, changes, policy_in_force, push
from stormbench.policy_file import FIELDS, read_policy
from stormbench.printable import printable


@click.command(epilog="Example: stormbench policy push tamper_cautious --hub sim --dry-run")
@click.argument("path", metavar="P.toml|NAME", type=policy)
@hub_option
@click.option("--dry-run", is_flag=True, help="Show what it would change, and send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(
    path: Path,
    hub_name: str,
    uf2: Path | None,
    recording: Recording | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put a policy in force on a hub; print each field that it changes, before and after.

    It is checked here as `policy check` does, checked again by the hub, and read back. A hub with
    a key takes it only from whoever has that key in their keyring (`stormbench key list`).
    Incidents and overloads that are open end with the change; what was suppressed is reported.
    """
    wanted = read_policy(path)
    warn(wanted)
    say_if_new(hub_name)
    with opened_hub(hub_name, uf2, recording) as client:
        changed = changes(policy_in_force(client), wanted)
        is_pushed = bool(changed) and not dry_run
        if is_pushed:
            push(client, wanted)
        found = {
            "hub": hub_name,
            "unique_id": client.hello.unique_id,
            "keyed": client.hello.keyed,
            "file": str(path),
            "pushed": is_pushed,
            "changes": {change.field: _plain(change) for change in changed},
        }
    click.echo(json.dumps(found) if as_json else _text(hub_name, path, changed, is_pushed))


def _plain(change: Change) -> dict[str, Any]:
    return {"before": change.before, "after": change.after}


def _text(hub_name: str, path: Path, changed: list[Change], is_pushed: bool) -> str:
    if not changed:
        return printable(f"hub {hub_name} has the policy {path} in force already; nothing sent")
    rows = [
        (change.field, *(shown_value(change.field, value) for value in change[1:]))
        for change in changed
    ]
    lines = [f"policy {path} on hub {hub_name}", ""]
    lines += table(("field", "before", "after"), rows).splitlines()
    code_rows = [row for change in changed for row in _code_rows(change)]
    if code_rows:
        lines += ["", *table(("code", "before", "after"), code_rows).splitlines()]
    lines += ["", f"{len(FIELDS) - len(changed)} of {len(FIELDS)} fields are the same"]
    if is_pushed:
        lines.append("in force, and read back; incidents and overloads that were open have ended")
    else:
        lines.append("dry run: nothing was sent")
    return "\n".join(printable(line) for line in lines)


def _code_rows(change: Change) -> Iterator[tuple[str, str, str]]:
    """Each code of which something else holds: how many codes there are says too little."""
    if not isinstance(change.before, list | dict):
        return
    ours, theirs = _by_code(change.before), _by_code(change.after)
    for code in sorted(ours | theirs):
        before, after = ours.get(code, "-"), theirs.get(code, "-")
        if before != after:
            yield code, before, after


def _by_code(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {code: f"own limit {limit}" for code, limit in value.items()}
    return {code: "excluded" for code in value}
