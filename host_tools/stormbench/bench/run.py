"""All figures of one hub."""

from collections.abc import Callable, Sequence
from typing import Any

from stormbench.bench.alerts import USUAL_SIZE
from stormbench.bench.outcomes import VERDICT_OF
from stormbench.bench.rate import measure_rate
from stormbench.link.client import HubClient


def measure(
    client: HubClient, sizes: Sequence[int], alerts: int, on_step: Callable[[], None]
) -> dict[str, Any]:
    """Rates by length and by what becomes of the alerts.

    Args:
        client: of a hub whose policy may be changed; it is another one afterwards.
        sizes: lengths of alerts, bytes; some of `SIZES`.
        alerts: how many are sent for each figure.
        on_step: called after each figure.

    Returns: what `stormbench bench --json` prints, but for the hub's name. Rates are alerts a
        second of the port's time, which on an emulated hub is the device's.
    """
    by_size: dict[str, dict[str, float]] = {}
    for size in sizes:
        by_size[str(size)] = rates = {}
        for outcome in VERDICT_OF:
            rate = measure_rate(client, outcome, size, alerts)
            rates[f"{outcome}_alerts_per_s"] = round(rate.alerts_per_s, 1)
            on_step()
    return {
        "transport": client.hello.transport,
        "alerts": alerts,
        **by_size.get(str(USUAL_SIZE), {}),
        "by_size": by_size,
    }
