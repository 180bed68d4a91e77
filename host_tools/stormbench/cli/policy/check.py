"""`stormbench policy check`: everything that is wrong or unwise in policy files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from stormbench.cli._options import policy
from stormbench.errors import InvalidInput
from stormbench.policies.advice import warnings
from stormbench.policy_file import Examined, Finding, examine_file
from stormbench.printable import printable


@click.command(epilog="Example: stormbench policy check bad tamper_cautious --json")
@click.argument("paths", metavar="P.toml|NAME...", nargs=-1, required=True, type=policy)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(paths: tuple[Path, ...], as_json: bool) -> None:
    """Say of each policy whether a hub would accept it, and why not.

    Every reason to refuse a policy is told, not only the first; of one that is accepted, what is
    legal and unwise. The exit code is 2 if any is refused; warnings do not change it.
    """
    examined = [(path, examine_file(path)) for path in paths]
    if as_json:
        files = [_as_json(path, found) for path, found in examined]
        click.echo(json.dumps({"files": files}))
    else:
        for path, found in examined:
            click.echo("\n".join(_lines(path, found)))
    refused = sum(bool(found.refusals) for _, found in examined)
    if refused:
        raise InvalidInput(f"{refused} of {len(examined)} policies refused")


def _lines(path: Path, found: Examined) -> list[str]:
    if found.refusals:
        return [refusal.sentence(str(path)) for refusal in found.refusals]
    advice = [warning.sentence(f"{path}: warning") for warning in warnings(found.policy)]
    return [printable(f"{path}: accepted"), *advice]


def _as_json(path: Path, found: Examined) -> dict[str, Any]:
    return {
        "file": str(path),
        "accepted": not found.refusals,
        "refusals": _plain(found.refusals),
        "warnings": [] if found.refusals else _plain(warnings(found.policy)),
    }


def _plain(findings: Iterable[Finding]) -> list[dict[str, str | None]]:
    return [finding._asdict() for finding in findings]
