"""What must hold of a run before its figures mean anything: a sentence for each that does not."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from stormbench.inject.limits import LATE_MS, MOST_LATE


class Check(NamedTuple):
    """Something that must hold, and why it does not; None where it does."""

    name: str
    failure: str | None


def checks_of(result: Mapping[str, Any]) -> list[Check]:
    """The checks of one hub's result."""
    return [
        Check("the run came to its end", result["error"] or _stopped(result)),
        Check("every alert is accounted for", _unaccounted(result)),
        Check("this PC was in time", _pc_late(result)),
        Check("the hub took alerts when they were due", _hub_late(result)),
    ]


def _stopped(result: Mapping[str, Any]) -> str | None:
    if not result["stopped"]:
        return None
    if not result["not_sent"]:
        return "stopped: the scenario was not over yet"
    return f"stopped: {result['not_sent']:,} of {result['intended']:,} alerts were not sent"


def _unaccounted(result: Mapping[str, Any]) -> str | None:
    left = result["unaccounted"]
    if left is None:
        return f"the hub could not be asked; {result['unacknowledged']} alerts without a verdict"
    return f"{left} alerts are unaccounted for" if left else None


def _pc_late(result: Mapping[str, Any]) -> str | None:
    late = _late(result, "pc")
    return late and f"this PC was late: {late}; use one with less to do, or a lower rate"


def _hub_late(result: Mapping[str, Any]) -> str | None:
    late = _late(result, "hub")
    return late and (
        f"the hub did not take them: {late}, because the link was full or lost; "
        "offer less, or see `bench --overload`"
    )


def _late(result: Mapping[str, Any], whose: str) -> str | None:
    """The two together are held to one limit; whoever has half of that had a part in it."""
    found, sent = result["lateness_us"], result["sent"]
    if not found["pc"] or found["pc"]["late"] + found["hub"]["late"] <= MOST_LATE * sent:
        return None
    late = found[whose]["late"]
    if late <= MOST_LATE / 2 * sent:
        return None
    return (
        f"{late:,} of {sent:,} alerts went out more than {LATE_MS} ms after their time "
        f"(at most {MOST_LATE:.0%} may)"
    )
