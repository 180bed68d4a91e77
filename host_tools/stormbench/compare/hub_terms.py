"""What of a hub's alerts is neither delivered nor told: pending, given way, lost at a reset.

From the hub's cumulative counters and what it knows of its keys, the ledger of acknowledged
verdicts, and what was heard on the link. A hub that restarts forgets what it did since its last
save: it counts on from there and gives numbers a second time, which nobody north can tell apart
from those before. So what was heard is held against what the hub says now.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from hubwire.gbcs import decode
from stormbench.link.client import HubClient
from stormbench.link.key_state import Overload
from stormbench.link.north_inbox import Heard
from stormbench.link.northbound import Northbound, WanAlert


@dataclass(frozen=True, slots=True)
class HubTerms:
    """Alerts, by what became of them at the hub.

    `pending`: suppressed, and still to be told. `gave_way`: in its queue, messages and counts.
    `lost_at_reset`: forwarded or suppressed, and forgotten with a boot before it was told.
    """

    pending: int
    gave_way: int
    lost_at_reset: int


def hub_terms(client: HubClient, has_restarted: bool | None = None) -> HubTerms:
    """The terms of one hub, once nothing waits to go north any more.

    They are of all that the hub has counted in its life. One that did other things before has to
    be asked twice, and the terms of a run are the difference.

    Args:
        has_restarted: whether the terms are to be told from those of a hub that has restarted;
            None: whether it has since it was met.
    """
    counters = client.counters()
    in_shadow = client.policy()["shadow"]
    unreported = 0 if in_shadow else counters["unreported"]
    told_twice = 0
    untold = counters["reported"] - counters["counts_lost"]
    for heard, overload in _overloads(client):
        if overload is not None:
            total, waiting = overload.report.total_suppressed, overload.report.throttled_count
            unreported += max(0, total - heard.total_suppressed) - waiting
            told_twice += max(0, heard.total_suppressed - total)
            untold -= total - waiting
        else:
            end = heard.total_suppressed if heard.end_total is None else heard.end_total
            told_twice += heard.total_suppressed - end
            untold -= end
    ledger = client.ledger
    forgotten = ledger.verdicts["SUPPRESS"] - counters["suppressed"] - told_twice
    if ledger.restarts if has_restarted is None else has_restarted:
        forgotten += untold  # the last report of an overload, in the queue when the power went
    return HubTerms(
        pending=unreported,
        gave_way=ledger.gave_way + counters["counts_lost"],
        lost_at_reset=forgotten + ledger.lost_forwards,
    )


def _overloads(client: HubClient) -> Iterator[tuple[Heard, Overload | None]]:
    """Each overload that was heard of, and what the hub knows of it; None where it has ended."""
    for overload_id, heard in client.heard.items():
        overload = None
        if heard.end_total is None:
            overload = client.key_state(*_key(heard.item)).overload
        is_same = overload is not None and overload.report.overload_id == overload_id
        yield heard, overload if is_same else None


def _key(item: Northbound) -> tuple[bytes, bytes, int]:
    if isinstance(item, WanAlert):
        alert = decode(item.message)
        return alert.originator, alert.target, alert.alert_code
    assert item.originator is not None and item.target is not None and item.code is not None
    return item.originator, item.target, item.code
