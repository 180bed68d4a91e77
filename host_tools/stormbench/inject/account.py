"""Where every alert of a storm went, each term counted by another part.

    intended = not_sent + unacknowledged + forwarded + reported + pending + gave_way
             + lost_at_reset + unaccounted

`intended` by the plan; `not_sent` by the queue that alerts wait in until they are due;
`unacknowledged` by the link's ledger; `forwarded` from the bytes that came north; `reported` from
the totals that came with them; `pending`, `gave_way` and `lost_at_reset` from the hub's cumulative
counters and what it knows of its keys. None is computed from another.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from stormbench.compare.hub_terms import HubTerms, hub_terms
from stormbench.inject.plan import Shot
from stormbench.link.client import HubClient
from stormbench.link.counters import since
from stormbench.link.northbound import Northbound, Notice, WanAlert

_PARTS = (
    "not_sent",
    "unacknowledged",
    "forwarded",
    "reported",
    "pending",
    "gave_way",
    "lost_at_reset",
)
_TRIES = 10
"""To ask a hub between two of its reports, which takes some ms. A policy can have it tell more
often than that (flush_ms); it is not waited for without an end (chosen)."""


@dataclass(frozen=True)
class Baseline:
    """What a hub and the link had counted before a storm.

    A restart on the way changes how terms are told, so they are kept for both cases.
    """

    counters: Mapping[str, int]
    verdicts: Mapping[str, int]
    sent: int
    restarts: int
    terms: HubTerms
    terms_if_restarted: HubTerms

    @classmethod
    def of(cls, client: HubClient) -> "Baseline":
        """Of a hub that has nothing open: no overload goes on into the storm."""
        ledger = client.ledger
        return cls(
            client.counters(),
            dict(ledger.verdicts),
            ledger.sent,
            ledger.restarts,
            hub_terms(client),
            hub_terms(client, has_restarted=True),
        )


def account(
    client: HubClient,
    before: Baseline,
    shots: Sequence[Shot],
    north: list[Northbound],
    not_sent: int,
) -> dict[str, Any]:
    """The account of a storm that came to an end with its hub there.

    Args:
        north: all that came north since; what comes meanwhile is added.
        not_sent: alerts that were not sent.

    Returns: each term, `unaccounted`, `acknowledged` by verdict, and `counters`, the hub's, as far
        as they differ from before.
    """
    hubs = _at_rest(client, before, north)
    counters = client.counters()
    terms = link_terms(client, before, len(shots), not_sent)
    terms |= {
        "forwarded": forwarded(shots, north),
        "reported": reported(north),
        "suppressed": counters["suppressed"] - before.counters["suppressed"],
        **hubs,
    }
    terms["unaccounted"] = terms["intended"] - sum(terms[name] for name in _PARTS)
    return {**terms, "counters": difference(before.counters, counters)}


def link_terms(
    client: HubClient, before: Baseline, intended: int, not_sent: int
) -> dict[str, Any]:
    """Those that need no hub: what was sent, and what of that was acknowledged."""
    ledger = client.ledger
    sent = ledger.sent - before.sent
    acknowledged = dict(ledger.verdicts - Counter(before.verdicts))
    return {
        "intended": intended,
        "not_sent": not_sent,
        "sent": sent,
        "acknowledged": acknowledged,
        "unacknowledged": sent - sum(acknowledged.values()),
    }


def forwarded(shots: Iterable[Shot], north: Iterable[Northbound]) -> int:
    """How many alerts of the storm came north as themselves, by their bytes."""
    came = came_north(north)
    return sum(shot.message in came for shot in shots)


def came_north(north: Iterable[Northbound]) -> set[bytes]:
    """The messages that came north as themselves, not as held copies."""
    return {item.message for item in north if isinstance(item, WanAlert) and not item.is_held}


def reported(north: Iterable[Northbound]) -> int:
    """How many alerts the reports told of: the largest total of each overload."""
    told: dict[int, int] = {}
    for item in north:
        if item.report is not None and not (isinstance(item, Notice) and item.shadow):
            overload_id, total = item.report.overload_id, item.report.total_suppressed
            told[overload_id] = max(total, told.get(overload_id, 0))
    return sum(told.values())


def difference(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """The counters that changed, and by how much; those of a boot begin anew with it."""
    changed = {name: since(before, after, name) for name in after if name != "boot_id"}
    return {name: by for name, by in changed.items() if by}


def _at_rest(client: HubClient, before: Baseline, north: list[Northbound]) -> dict[str, int]:
    """The hub's terms, and all that is north by then: a hub goes on telling while it is asked."""
    for _ in range(_TRIES):
        north += client.collect()
        told = client.counters()["reported"]
        terms = _hub_terms(client, before)
        came = client.collect()
        north += came
        if not came and told == client.counters()["reported"]:
            break
    return terms


def _hub_terms(client: HubClient, before: Baseline) -> dict[str, int]:
    has_restarted = client.ledger.restarts > before.restarts
    then = before.terms_if_restarted if has_restarted else before.terms
    return {name: value - getattr(then, name) for name, value in asdict(hub_terms(client)).items()}
