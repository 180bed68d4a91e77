"""What sets out from hubs for the DSP, what arrives there, and how large it is on the way.

A hub's own stream is in order of time; the streams of several hubs are merged before they enter
the cell that the hubs share. Knows nothing of queues, and nothing of what a message says.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from hubwire.frames import BY_NAME
from stormbench.link.northbound import Northbound, Notice, Report
from stormbench.wan.hop import HopCounts

_TAKEN = "taken"


def _bytes_of(names: set[str]) -> int:
    return sum(f.sizeof() for f in BY_NAME["Notice"].layout.subcons if f.name in names)


REPORT_BYTES = _bytes_of({field.name for field in fields(Report)})
"""What a report adds to a message: its four numbers."""

NOTICE_BYTES: int = BY_NAME["Notice"].layout.sizeof() - _bytes_of({_TAKEN})
"""A bare notice: the payload of its frame, without what only the link to the hub needs."""


@dataclass(frozen=True, slots=True)
class Departure:
    """`item` left hub `hub_id` at `at_ms` (scenario time)."""

    at_ms: int
    hub_id: int
    item: Northbound


@dataclass(frozen=True, slots=True)
class Arrival:
    """`departure` came to the DSP at `at_ms` (scenario time)."""

    at_ms: int
    departure: Departure


def departures(hub_id: int, northbound: Iterable[Northbound]) -> Iterator[Departure]:
    """What of a hub's northbound items goes onto the WAN, in their order.

    Left out are the notices of a hub in shadow: nobody outside its operator is told
    (MECHANISM.md section 5). A hub that restarted may stamp an event earlier than what it had
    said before; it leaves after that all the same.
    """
    latest_ms = 0
    for item in northbound:
        if not (isinstance(item, Notice) and item.shadow):
            latest_ms = max(latest_ms, item.at_ms)
            yield Departure(latest_ms, hub_id, item)


def merged(*streams: Iterable[Departure]) -> Iterator[Departure]:
    """The departures of several hubs in order of time; at one time in the order of `streams`."""
    return heapq.merge(*streams, key=_at_ms)


def size_bytes(item: Northbound) -> int:
    """How large `item` is on the WAN: its own bytes, without those of any transport below."""
    if isinstance(item, Notice):
        return NOTICE_BYTES
    return len(item.message) + (REPORT_BYTES if item.report else 0)


def count_at(hop: HopCounts, item: Northbound) -> None:
    """Count `item` where it passes `hop`."""
    if isinstance(item, Notice):
        hop.add_notice(size_bytes(item))
    else:
        hop.add_alert(size_bytes(item))


def _at_ms(departure: Departure) -> int:
    return departure.at_ms
