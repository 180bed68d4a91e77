"""The policy that a hub has in force: read, compared, and replaced by another.

The only file here that speaks with a hub.
"""

from typing import Any, NamedTuple

from commshub.policy import Policy
from stormbench.errors import HostToolError
from stormbench.link.client import HubClient
from stormbench.policy_file import frame_values, plain_policy, policy_in_frame


class ReadBackDiffers(HostToolError):
    """A hub took a policy, and says that another one is in force."""


class Change(NamedTuple):
    """A field of a policy, as `plain_policy` has it, before and after."""

    field: str
    before: Any
    after: Any


def policy_in_force(client: HubClient) -> Policy:
    """The policy by which the hub throttles now."""
    return policy_in_frame(client.policy())


def changes(before: Policy, after: Policy) -> list[Change]:
    """The fields that differ, in the order in which fields are shown."""
    ours, theirs = plain_policy(before), plain_policy(after)
    return [Change(name, ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]]


def push(client: HubClient, policy: Policy) -> None:
    """Put a policy in force, and see that it is.

    Raises:
        HubRefused: the hub does not take it.
        NoAuthority: the hub has a key, and this side has none for it.
        ReadBackDiffers: the hub says that it took it, and has another one.
    """
    client.set_policy(frame_values(policy))
    wrong = changes(policy, policy_in_force(client))
    if wrong:
        told = "; ".join(
            f"{change.field}: sent {change.before}, read back {change.after}" for change in wrong
        )
        raise ReadBackDiffers(f"{client.name} does not have the policy that it took: {told}")
