"""What one link of a hub carries: rates, what bounds them, and how long alerts are under way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from stormbench.bench.alerts import USUAL_SIZE, alerts_of
from stormbench.bench.limits import limits
from stormbench.bench.outcomes import FORWARDED, SUPPRESSED, VERDICT_OF
from stormbench.bench.path import measure_path
from stormbench.bench.rate import measure_rate
from stormbench.bench.spread import spread
from stormbench.link.client import HubClient

BOTH = (FORWARDED, SUPPRESSED)
"""Of which paths are measured, too."""


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes:
        sizes: lengths of alerts, bytes; some of `SIZES`.
        alerts: for each rate.
        paths: alerts one by one, for each length and outcome.
        decisions: on the board.
    """

    sizes: Sequence[int]
    alerts: int
    paths: int
    decisions: int

    def link_steps(self) -> int:
        """How often `measure_link` says that it got on."""
        return len(self.sizes) * (len(VERDICT_OF) + len(BOTH))


def measure_link(client: HubClient, effort: Effort, on_step: Callable[[], None]) -> dict[str, Any]:
    """Rates and paths by length.

    Args:
        client: of a hub whose policy may be changed; it is another one afterwards.
        on_step: called after each figure.

    Returns: `by_size`, and what is in it for the usual length on top, too. Rates are alerts a
        second of the port's time, which on an emulated hub is the device's, and `limits` what
        bounds each. `path_us` {p50, p99, max} is that of forwarded alerts, one at a time and the
        link idle: to the verdict and the message that went north; `path_suppressed_us` to the
        verdict. `path_loaded_us` and `path_loaded_suppressed_us` are under full load, eight at
        once, to the verdict.
    """
    by_size = {str(size): _of_size(client, size, effort, on_step) for size in effort.sizes}
    return {
        "transport": client.hello.transport,
        "alerts": effort.alerts,
        **by_size.get(str(USUAL_SIZE), {}),
        "by_size": by_size,
    }


def _of_size(
    client: HubClient, size: int, effort: Effort, on_step: Callable[[], None]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    message = next(alerts_of(size))
    for outcome in VERDICT_OF:
        rate = measure_rate(client, outcome, size, effort.alerts)
        found[f"{outcome}_alerts_per_s"] = round(rate.alerts_per_s, 1)
        if outcome in BOTH and rate.paths_us:
            paths[f"path_loaded_{outcome}_us"] = spread(rate.paths_us)
        on_step()
    for outcome in BOTH:
        paths[f"path_{outcome}_us"] = spread(measure_path(client, outcome, size, effort.paths))
        on_step()
    named = {name.replace(f"_{FORWARDED}", ""): each for name, each in sorted(paths.items())}
    bounds = {each: limits(client.hello.transport, each, message) for each in VERDICT_OF}
    return {**found, **named, "limits": bounds}
