"""Why a hub that runs would judge the next alert of a key as it would; it is only asked."""

from stormbench.explain.why import Reason, next_alert
from stormbench.link.client import HubClient
from stormbench.policy_file import policy_in_frame


def explain_key(
    client: HubClient, originator: bytes, target: bytes, code: int
) -> tuple[Reason, int]:
    """Why, and the hub's time in ms.

    Raises:
        HubRefused: the hub has restarted, and waits for the host's time.
    """
    state = client.key_state(originator, target, code)
    return next_alert(state, policy_in_frame(client.policy()), code), state.at_ms
