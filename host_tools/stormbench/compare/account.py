"""Where every alert of an arm went; each term counted by another part, from other bytes.

    generated = delivered + reported + reported_to_dsp + pending + dropped + lost_at_reset + silent

`generated` by the injector; `delivered` by the recipients, from what they decoded; `reported` from
the DUIS documents; `reported_to_dsp` by the DSP's store; `pending` from the hubs' cumulative
counters and the DSP's throttle; `dropped` by the WAN; `lost_at_reset` from the ledger of
acknowledged verdicts against the hubs' counters; `silent` by the masked meters, whose alerts are
`generated` as they are raised there. None is computed from another.
"""

from typing import Any

from stormbench.compare.home import HomePass
from stormbench.compare.one_arm import ArmRun


def account(run: ArmRun) -> dict[str, Any]:
    """The terms of one arm, and what they leave `unaccounted`, which must be 0.

    `expired` is 0: nothing in these arms expires.
    """
    homes = run.homes.values()
    passes = [home.hub for home in homes]
    terms: dict[str, Any] = {
        "generated": sum(_generated(home) for home in homes),
        "delivered": run.recipients.delivered,
        "reported": run.recipients.reported,
        "reported_to_dsp": run.reported_to_dsp,
        "pending": sum(hub.terms.pending for hub in passes) + run.twin.pending(),
        "dropped": {
            "queue": run.cell.dropped_alerts
            + run.cell.lost_counts()
            + sum(hub.terms.gave_way for hub in passes),
            "expired": 0,
        },
        "lost_at_reset": sum(hub.terms.lost_at_reset for hub in passes),
        "silent": sum(len(home.silent) for home in homes),
    }
    return {**terms, "unaccounted": unaccounted(terms)}


def _generated(home: HomePass) -> int:
    """By the injector, as it sends; of meters with a mask, by how often something happened."""
    return home.happened if home.role == "masked" else home.hub.sent


def unaccounted(terms: dict[str, Any]) -> int:
    """What is left of `generated` without all else; negative where too much was counted."""
    gone = ("delivered", "reported", "reported_to_dsp", "pending", "lost_at_reset", "silent")
    left: int = terms["generated"] - sum(terms[name] for name in gone)
    dropped: int = sum(terms["dropped"].values())
    return left - dropped
