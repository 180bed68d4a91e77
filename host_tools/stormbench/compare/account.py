"""Where every alert of an arm went; each term counted by another part, from other bytes.

    generated = delivered + reported + reported_to_dsp + pending + dropped + lost_at_reset + silent

`generated` by the injector; `delivered` by the recipients, from what they decoded; `reported` from
the DUIS documents; `reported_to_dsp` by the DSP's store; `pending` from the hubs' cumulative
counters, the DSP's throttle and the failed queue; `dropped` by the WAN and by the failed queue;
`lost_at_reset` from the ledger of acknowledged verdicts against the hubs' counters; `silent` by
the masked meters, whose alerts are `generated` as they are raised. None is computed from another.
"""

from typing import Any

from stormbench.compare.home import HomePass
from stormbench.compare.one_arm import ArmRun
from stormbench.dsp.failed_queue import told_in


def account(run: ArmRun) -> dict[str, Any]:
    """The terms of one arm, and what they leave `unaccounted`, which must be 0."""
    homes = run.homes.values()
    passes = [home.hub for home in homes]
    expired, waiting = not_arrived(run)
    terms: dict[str, Any] = {
        "generated": sum(_generated(home) for home in homes),
        "delivered": run.recipients.delivered,
        "reported": run.recipients.reported,
        "reported_to_dsp": run.reported_to_dsp,
        "pending": sum(hub.terms.pending for hub in passes) + run.twin.pending() + waiting,
        "dropped": {"queue": _dropped(run), "expired": expired},
        "lost_at_reset": sum(hub.terms.lost_at_reset for hub in passes),
        "silent": sum(len(home.silent) for home in homes),
    }
    return {**terms, "unaccounted": unaccounted(terms)}


def came_to_dsp(run: ArmRun) -> int:
    """Alerts that came to the DSP, themselves or in a count: what did not go before it."""
    gone = _dropped(run)
    for home in run.homes.values():
        gone += home.hub.terms.pending + home.hub.terms.lost_at_reset + len(home.silent)
    return sum(map(_generated, run.homes.values())) - gone


def _dropped(run: ArmRun) -> int:
    """In a hub's queue or the WAN's, themselves or with the count that they were in."""
    gave_way = sum(home.hub.terms.gave_way for home in run.homes.values())
    return run.cell.dropped_alerts + run.cell.lost_counts() + gave_way


def _generated(home: HomePass) -> int:
    """By the injector, as it sends; of meters with a mask, by how often something happened."""
    return home.happened if home.role == "masked" else home.hub.sent


def not_arrived(run: ArmRun) -> tuple[int, int]:
    """Alerts in documents that expired, and in those that still wait for a User who is away.

    Themselves, and those that a count beside them stands for; but none that arrived too.
    """
    expired, waiting = told_in(run.carried.expired), told_in(run.carried.waiting)
    arrived = run.recipients.users.first_ms_by_alert.keys()
    given_up = expired.alerts - arrived
    held_up = waiting.alerts - arrived - given_up
    return len(given_up) + expired.counted, len(held_up) + waiting.counted


def unaccounted(terms: dict[str, Any]) -> int:
    """What is left of `generated` without all else; negative where too much was counted."""
    gone = ("delivered", "reported", "reported_to_dsp", "pending", "lost_at_reset", "silent")
    left: int = terms["generated"] - sum(terms[name] for name in gone)
    dropped: int = sum(terms["dropped"].values())
    return left - dropped
