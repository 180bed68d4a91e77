"""What is measured on the board itself, in place of its hub: decisions, heap, stages, a rival."""

from collections.abc import Callable, Mapping
from typing import Any

from stormbench.bench import PROBES
from stormbench.bench.alerts import USUAL_SIZE
from stormbench.bench.decision import measure_decision
from stormbench.bench.link_figures import BOTH, Effort
from stormbench.bench.memory_map import USUAL_DEVICES, heap_figures, measure_map
from stormbench.bench.naive import measure_naive
from stormbench.bench.outcomes import SUPPRESSED
from stormbench.bench.stages import measure_stages, off_percent
from stormbench.link.board_session import BoardSession, probed
from stormbench.link.client import HubClient

BOARD_KEYS = (
    "decision_us",
    "decision_alloc_bytes",
    "gc_pause_ms_max",
    "heap_used_bytes",
    "heap_free_bytes",
    "stages",
    "stages_forwarded",
    "naive_forwarded_alerts_per_s",
    "naive_suppressed_alerts_per_s",
)
"""Figures that a hub without a board does not have."""

STEPS = 2 + 2 * len(BOTH)

_MOST_STAGED = 1_000
_MOST_NAIVE = 1_000
_NO_NAIVE = "the plain filter is written for the standard streams, and this link has others"


def measure_board(
    client: HubClient,
    effort: Effort,
    rates: Mapping[str, Any],
    repl_port: str | None,
    on_step: Callable[[], None],
) -> dict[str, Any]:
    """Figures of the board that a hub runs on; it boots again afterwards.

    Args:
        client: of the hub; it must not be used afterwards but to be closed.
        rates: what `measure_link` has found, to which the stages must add up.
        repl_port: name of the port where the board's REPL is; None: it is known.

    Returns: `decision_us` and more of `measure_decision`; of `heap_figures`; `stages` of a
        suppressed alert and `stages_forwarded` with `stages_off_percent` {outcome: percent};
        rates of the plain filter; and `reasons`, why a figure is None.
    """
    with probed(client, PROBES, repl_port) as session:
        found = measure_decision(session, effort.decisions)
        on_step()
        sizes = measure_map(session, [USUAL_DEVICES])
        found |= heap_figures(sizes[str(USUAL_DEVICES)])
        on_step()
        found |= _stages(session, client, effort, rates, on_step)
        found |= _naive(session, client, effort, on_step)
    return found


def _stages(
    session: BoardSession,
    client: HubClient,
    effort: Effort,
    rates: Mapping[str, Any],
    on_step: Callable[[], None],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    off: dict[str, float] = {}
    alloc: dict[str, int] = {}
    for outcome in BOTH:
        alerts = min(effort.alerts, _MOST_STAGED)
        one = measure_stages(session, client.port, outcome, USUAL_SIZE, alerts)
        found["stages" if outcome == SUPPRESSED else f"stages_{outcome}"] = one["stages"]
        alloc[outcome] = one["alloc_bytes"]
        rate = rates.get(f"{outcome}_alerts_per_s")
        if rate:
            off[outcome] = off_percent(one["sum_us"], rate)
        on_step()
    return {**found, "stages_off_percent": off, "alert_alloc_bytes": alloc}


def _naive(
    session: BoardSession, client: HubClient, effort: Effort, on_step: Callable[[], None]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for outcome in BOTH:
        key = f"naive_{outcome}_alerts_per_s"
        if client.hello.transport == "usb_repl":
            rate = measure_naive(session, outcome, USUAL_SIZE, min(effort.alerts, _MOST_NAIVE))
            found[key] = round(rate, 1)
        else:
            found[key] = None
            found["reasons"] = {**found.get("reasons", {}), key: _NO_NAIVE}
        on_step()
    return found
