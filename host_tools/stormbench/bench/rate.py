"""How many alerts a second a hub carries, the link full and the host acknowledging."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

from stormbench.bench.alerts import alerts_of
from stormbench.bench.outcomes import POLICY_OF, VERDICT_OF
from stormbench.errors import HostToolError
from stormbench.link.client import HubClient, Judged
from stormbench.policy_file import frame_values

WARM_UP_ALERTS = 20  # two that begin an overload, then some windows of the link
_MOST_OTHERS = 0.01
"""Share of alerts that may have another outcome: samples that are due while others are counted."""


@dataclass(frozen=True)
class Rate:
    """One run.

    Attributes:
        alerts: how many were sent.
        took_us: from the first byte to the hub until the last verdict, and the last message that
            was forwarded, had come; microseconds of the port's clock.
        others: how many had another outcome than the run was for.
        paths_us: of each, from handing its bytes to the port until its verdict had come.
    """

    alerts: int
    took_us: int
    others: int
    paths_us: tuple[int, ...] = field(default=(), compare=False, repr=False)

    @property
    def alerts_per_s(self) -> float:
        """Sustained over the run."""
        return self.alerts * 1e6 / self.took_us


def measure_rate(client: HubClient, outcome: str, size: int, alerts: int) -> Rate:
    """Send `alerts` alerts of `size` bytes, each as soon as the link takes it.

    Args:
        client: of a hub whose clock and policy may be changed; the policy stays.
        outcome: one of `VERDICT_OF`.

    Raises:
        HostToolError: more than one in a hundred had another outcome.
    """
    client.set_policy(frame_values(POLICY_OF[outcome]()))
    messages = list(islice(alerts_of(size), WARM_UP_ALERTS + alerts))
    for message in messages[:WARM_UP_ALERTS]:
        client.submit(0, message)
    client.settle()
    client.collect()
    begun_us = client.now_us()
    judged: list[Judged] = []
    sent_us: list[int] = []
    known_us: list[int] = []
    for message in messages[WARM_UP_ALERTS:]:
        judged += client.submit(0, message)
        sent_us.append(client.now_us())
        known_us += [sent_us[-1]] * (len(judged) - len(known_us))
    judged += client.settle()
    known_us += [client.now_us()] * (len(judged) - len(known_us))
    client.await_north()
    took_us = client.now_us() - begun_us
    verdicts = Counter(each.verdict for each in judged)
    others = alerts - verdicts[VERDICT_OF[outcome]]
    if others > alerts * _MOST_OTHERS:
        raise HostToolError(
            f"bench: {alerts} alerts of {size} bytes were to be {outcome}, and {others} were not: "
            f"{dict(verdicts)}"
        )
    paths_us = (known - sent for sent, known in zip(sent_us, known_us, strict=True))
    return Rate(alerts, took_us, others, tuple(paths_us))
