"""The account of every alert: the terms of report.json, and who counted each.

The sentences matter as much as the numbers: a sum that comes out right proves something only
because its terms were counted by different parts, from different bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Term:
    """One line of the account."""

    sign: str
    name: str
    path: tuple[str, ...]
    """Where it stands in an arm of report.json."""
    meaning: str
    counted_by: str


@dataclass(frozen=True)
class Line:
    """A term with its number for each arm."""

    term: Term
    values: Sequence[int]


TOTAL = Term(
    "",
    "generated",
    ("generated",),
    "Alerts the scenario raised.",
    "The injector, as it raises each one.",
)
PARTS = (
    Term(
        "=",
        "delivered",
        ("delivered",),
        "Alerts that arrived at a User as themselves.",
        "The Users' sink, which tells alerts apart by CRA flag, originator counter, originator"
        " and target.",
    ),
    Term(
        "+",
        "reported",
        ("reported",),
        "Not sent on, but told to a User as a number.",
        "Whoever reads the DUIS documents the Users received: the sum of their throttled counts.",
    ),
    Term(
        "+",
        "reported to DSP",
        ("reported_to_dsp",),
        "In the DSP's log and in no document: there was no message to carry the number to a User.",
        "The DSP twin's log.",
    ),
    Term(
        "+",
        "pending",
        ("pending",),
        "Suppressed and counted, not yet reported when the run ended; or in a document whose User"
        " was away.",
        "The throttle's cumulative counters, as it last sent them; the documents that wait.",
    ),
    Term(
        "+",
        "dropped: queue full",
        ("dropped", "queue"),
        "Gave way because a queue was full.",
        "The queue that had no room.",
    ),
    Term(
        "+",
        "dropped: expired",
        ("dropped", "expired"),
        "Waited two days for a User who was away, or was counted in a document that did.",
        "The failed queue, which reads what it gives up.",
    ),
    Term(
        "+",
        "lost at reset",
        ("lost_at_reset",),
        "Suppressed, then forgotten by a hub that lost power before its next save.",
        "The host's ledger of verdicts that the hub had acknowledged.",
    ),
    Term(
        "+",
        "silent",
        ("silent",),
        "Hidden at the meter by the mask, and told to nobody.",
        "The simulated meter that kept it to itself.",
    ),
)
REST = Term(
    "",
    "unaccounted",
    ("unaccounted",),
    "Generated, less all of the above. Must be 0.",
    "Nobody: it is the difference, and it checks all the others.",
)


def lines(terms: Sequence[Term], arms: Mapping[str, Any], order: Sequence[str]) -> list[Line]:
    """Look up each term in each arm."""
    return [Line(term, [_look_up(arms[arm], term.path) for arm in order]) for term in terms]


def unbalanced(arms: Mapping[str, Any], order: Sequence[str]) -> list[str]:
    """Name the arms whose account does not come out at 0."""
    return [arm for arm in order if arms[arm]["unaccounted"] != 0]


def _look_up(arm: Mapping[str, Any], path: Sequence[str]) -> int:
    value: Any = arm
    for step in path:
        value = value[step]
    return int(value)
