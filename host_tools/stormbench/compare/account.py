"""Where every alert of an arm went; each term counted by another part, from other bytes.

    generated = delivered + reported + reported_to_dsp + pending + dropped + lost_at_reset + silent

`generated` by the injector; `delivered` by the recipients, from what they decoded; `reported` from
the DUIS documents; `reported_to_dsp` by the DSP's store; `pending` from the hubs' cumulative
counters and the DSP's throttle; `dropped` by the WAN; `lost_at_reset` from the ledger of
acknowledged verdicts against the hubs' counters. None is computed from another.
"""

from typing import Any

from stormbench.compare.one_arm import ArmRun


def account(run: ArmRun) -> dict[str, Any]:
    """The terms of one arm, and what they leave `unaccounted`, which must be 0.

    `expired` and `silent` are 0: nothing in these arms expires or is masked.
    """
    passes = run.passes.values()
    terms: dict[str, Any] = {
        "generated": sum(hub.sent for hub in passes),
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
        "silent": 0,
    }
    return {**terms, "unaccounted": unaccounted(terms)}


def unaccounted(terms: dict[str, Any]) -> int:
    """What is left of `generated` without all else; negative where too much was counted."""
    gone = ("delivered", "reported", "reported_to_dsp", "pending", "lost_at_reset", "silent")
    left: int = terms["generated"] - sum(terms[name] for name in gone)
    dropped: int = sum(terms["dropped"].values())
    return left - dropped
