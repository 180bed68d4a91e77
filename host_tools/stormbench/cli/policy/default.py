"""`stormbench policy default`: the policy that holds where nobody asks for another."""

import json

import click

from commshub.policy import Policy
from stormbench.policies.shipped import DEFAULT, policy_path
from stormbench.policy_file import plain_policy


@click.command(epilog="Example: stormbench policy default > mine.toml")
@click.option("--json", "as_json", is_flag=True, help="Print the fields as one JSON object.")
def command(as_json: bool) -> None:
    """Print the default policy as TOML, each field with its unit and meaning.

    Every value is assumed: the figures of the real DSP are not public.
    """
    if as_json:
        click.echo(json.dumps(plain_policy(Policy())))
        return
    click.echo(policy_path(DEFAULT).read_text(encoding="utf-8"), nl=False)
