"""A client that floods a hub over a bad link waits for what goes north: nothing gives way."""

import pytest

from link_storm import Storm
from stormbench.faults.inject import inject_faults
from stormbench.faults.plan import FaultPlan
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient

ALERTS = 600


@pytest.mark.parametrize("fault", ["drop", "cut", "corrupt"])
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_gives_way_in_a_flood_over_a_link_that_loses_frames(fault: str, seed: int) -> None:
    """In shadow every alert goes north."""
    port = inject_faults(SimPort(), FaultPlan.model_validate({fault: 0.03}), seed)
    client = HubClient(port)
    policy = {**client.policy(), "shadow": 1}
    client.set_policy(policy)
    for message in Storm(seed).alerts(ALERTS):
        client.submit(0, message)
    client.settle()
    client.collect()
    assert client.counters()["passed"] == ALERTS
    assert (client.ledger.gave_way, client.ledger.on_the_way) == (0, 0)
