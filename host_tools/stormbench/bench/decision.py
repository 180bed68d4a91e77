"""What a decision costs: measured on the board itself, tables full, in the middle of a storm."""

from collections import Counter
from typing import Any

from hubwire.frames import VERDICTS
from stormbench.bench.alerts import USUAL_SIZE, alerts_of, code_at
from stormbench.bench.spread import spread
from stormbench.link.board_session import BoardSession

WARM_UP = 800
"""Decisions until the tables are full."""

WATCHED = 100


def measure_decision(session: BoardSession, decisions: int) -> dict[str, Any]:
    """Times and allocations of a decision of `Timeline`.

    Args:
        decisions: how many are timed.

    Returns: `decision_us` {p50, p99, max}; the same `decision_us_by_verdict`;
        `decision_alloc_bytes`, the most that any of some others has allocated, and
        {p50, p99, max} of it `decision_alloc_by_verdict`; `decision_storm`, what the storm was;
        `decision_all_end_us`, how long it takes if all incidents and overloads end at once.
    """
    message = next(alerts_of(USUAL_SIZE))
    found = session.call(
        "decision", message, code_at(USUAL_SIZE, message), decisions, WARM_UP, WATCHED
    )
    times = [max(0, each - found["empty_us"]) for each in found["times_us"]]
    watched = found["watched"]
    return {
        "decision_us": spread(times),
        "decision_us_by_verdict": _by_verdict(zip(found["verdicts"], times, strict=True)),
        "decision_alloc_bytes": max(allocated for _, allocated in watched),
        "decision_alloc_by_verdict": _by_verdict(watched),
        "decision_all_end_us": found["all_end_us"],
        "decision_storm": {
            "decisions": len(times),
            "verdicts": {
                VERDICTS[verdict]: count
                for verdict, count in sorted(Counter(found["verdicts"]).items())
            },
            **{name: found[name] for name in ("events", "incidents", "overloads", "untracked")},
        },
    }


def _by_verdict(pairs: Any) -> dict[str, dict[str, int]]:
    values: dict[int, list[int]] = {}
    for verdict, value in pairs:
        values.setdefault(verdict, []).append(value)
    return {VERDICTS[key]: spread(each) for key, each in sorted(values.items()) if len(each) > 1}
