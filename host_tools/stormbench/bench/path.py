"""How long an alert is under way: from its bytes at the port until its verdict is back."""

from itertools import islice
from statistics import median

from stormbench.bench.alerts import alerts_of
from stormbench.bench.outcomes import POLICY_OF
from stormbench.link.client import HubClient
from stormbench.policy_file import frame_values

_WARM_UP_ALERTS = 4
_PAUSE_MS = 5
"""Between alerts, so that the link is idle: what the hub still had to do is done."""


def measure_path(client: HubClient, outcome: str, size: int, alerts: int) -> list[int]:
    """Send alerts one by one, each after a pause.

    Args:
        client: of a hub whose policy may be changed; the policy stays.
        outcome: one of `VERDICT_OF`.

    Returns: for each how long it took, us of the port's time: from handing its bytes to the port
        until its verdict had come, and what went north with it.
    """
    client.set_policy(frame_values(POLICY_OF[outcome]()))
    took = []
    for message in islice(alerts_of(size), _WARM_UP_ALERTS + alerts):
        before_us = client.now_us()
        client.alert(0, message)
        took.append(client.now_us() - before_us)
        client.listen(_PAUSE_MS)
    return took[_WARM_UP_ALERTS:]


def measure_boot_ms(client: HubClient, boots: int) -> float:
    """From switching the power on to the first alert's verdict: median, ms of the port's time.

    Args:
        client: of a virtual hub, whose power can be cut.

    Raises:
        InvalidInput: it is a real one.
    """
    took = []
    messages = alerts_of(85)
    for message in islice(messages, boots):
        before_us = client.now_us()
        client.power_cut()
        client.alert(0, message)
        took.append(client.now_us() - before_us)
    return round(median(took) / 1_000, 1)
