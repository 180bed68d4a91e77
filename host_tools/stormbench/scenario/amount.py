"""How many alerts a scenario comes to, by arithmetic: known before the first one is drawn."""

import math
from collections.abc import Iterator

from stormbench.scenario.phases import Burst, Flap, Periodic, Phase, Poisson, Ramp, Replay
from stormbench.strict_model import Problem

HOUR_MS = 3_600_000

MOST_ALERTS = 250_000
"""Of all phases together, whatever is done with them. The most demanding is a comparison, which
keeps each alert and what became of it in six arms: 9 kB an alert (20,000 of them on `sim`, all of
which pass), so that this many fit into 3 GB of memory. The largest scenario of the library has
700."""

_FIELDS = {"burst": "count", "replay": "trace"}
"""What makes a phase so large, by its shape, where that is not its length."""


def too_many(phases: tuple[Phase, ...]) -> Iterator[Problem]:
    """The phase by which a scenario has more than `MOST_ALERTS`, if it has."""
    total = 0
    for number, phase in enumerate(phases):
        own = alerts_of(phase)
        total += own
        if total > MOST_ALERTS:
            reason = f"the phase comes to {own:,} alerts"
            if own < total:
                reason += f", and with those before it to {total:,}"
            reason += f"; at most {MOST_ALERTS:,} are taken of one scenario"
            yield Problem(("phases", number, _FIELDS.get(phase.shape, "duration_ms")), reason)
            return


def alerts_of(phase: Phase) -> int:
    """The alerts that a phase comes to, at most; of a Poisson phase in the mean."""
    if isinstance(phase, Replay):
        return len(phase.trace)
    return _happenings(phase) * (2 if phase.also_to else 1)


def _happenings(phase: Poisson | Periodic | Burst | Ramp | Flap) -> int:
    if isinstance(phase, Poisson):
        mean = math.ceil(phase.duration_ms * phase.per_hour / HOUR_MS)
        return mean if phase.count is None else min(mean, phase.count)
    if isinstance(phase, Burst):
        return -(-phase.duration_ms // phase.every_ms) * phase.count
    if isinstance(phase, Ramp):
        mean_per_hour = (phase.from_per_hour + phase.to_per_hour) / 2
        return round(phase.duration_ms * mean_per_hour / HOUR_MS)
    return periodic_draws(phase)


def periodic_draws(phase: Periodic | Flap) -> int:
    """How many times are to be drawn, so that the first `count` are among them.

    Each is late by `jitter_ms` at the most, so one further behind comes after them all.
    """
    draws = int(phase.duration_ms * phase.per_hour / HOUR_MS) + 1
    if phase.count is None:
        return draws
    return min(draws, phase.count + math.ceil(phase.jitter_ms * phase.per_hour / HOUR_MS) + 1)
