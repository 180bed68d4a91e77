"""How late alerts went out, by whom, and how long their verdicts took; from a course. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from stormbench.bench.spread import spread
from stormbench.inject.limits import LATE_MS
from stormbench.inject.plan import Shot
from stormbench.link.drive import Course

_US_PER_MS = 1_000


def times_of(shots: Sequence[Shot], course: Course) -> dict[str, Any]:
    """The times of a course, us.

    Returns: `latency_us` from the intended time to the verdict, `hub_latency_us` from when the
        bytes were handed over; `lateness_us` from the intended time to that, of which `pc` was
        this computer's and `hub` the time that the hub or the link took nothing. Each has p50,
        p99 and max, the last two `late` as well: how many were late, each counted where the
        larger part of its lateness is. None where there is none.
    """
    pairs = list(zip(shots, course.sent_us, strict=False))
    late = [sent_us - shot.at_us for shot, sent_us in pairs]
    by_hub = [course.held_up.within(shot.at_us, sent_us) for shot, sent_us in pairs]
    by_pc = [whole - held for whole, held in zip(late, by_hub, strict=True)]
    pc_late, hub_late = _late(by_pc, by_hub)
    judged = list(zip(shots, course.sent_us, course.judged_us, strict=False))
    return {
        "late_ms": LATE_MS,
        "lateness_us": {
            "all": _spread(late),
            "pc": _with_late(by_pc, pc_late),
            "hub": _with_late(by_hub, hub_late),
        },
        "latency_us": _spread([judged_us - shot.at_us for shot, _, judged_us in judged]),
        "hub_latency_us": _spread([judged_us - sent_us for _, sent_us, judged_us in judged]),
    }


def _spread(values: Sequence[int]) -> Mapping[str, int] | None:
    if not values:
        return None
    return spread(values if len(values) > 1 else [*values, *values])


def _late(by_pc: Sequence[int], by_hub: Sequence[int]) -> tuple[int, int]:
    """How many were late by this PC, and by the hub.

    While the hub holds many up, this PC's own part of each wait grows with it, by some percent.
    """
    late = [
        pc > hub for pc, hub in zip(by_pc, by_hub, strict=True) if pc + hub > LATE_MS * _US_PER_MS
    ]
    return sum(late), len(late) - sum(late)


def _with_late(values: Sequence[int], late: int) -> Mapping[str, int] | None:
    found = _spread(values)
    return found and {**found, "late": late}
