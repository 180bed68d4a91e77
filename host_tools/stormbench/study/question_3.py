"""Question 3, who amends its numbers: what a change trades, and what it takes at each place."""

from collections.abc import Iterator, Sequence
from typing import Any

from stormbench.study.break_even import best_place
from stormbench.study.evidence import ASSUMED, ESTABLISHED, MEASURED
from stormbench.study.in_words import place_in_words
from stormbench.study.numbers import amount
from stormbench.study.sentence import Report, Sentence, named, simulated

_USERS, _AGE, _FALSE = "hops.user.alerts", "count_age_ms.max", "false_suppressed"
_FIELDS = (
    ("sample_period_ms", "N, the time between copies", "ms"),
    ("code_limit", "the limit of a code", "alerts"),
    ("red_threshold", "the red threshold", "alerts"),
)


def amended_by_whom(report: Report) -> Iterator[Sentence]:
    """Its sentences; see `answers`."""
    yield Sentence(
        "Who decides is governance, and no figure; in what went live DCC changes the exclusions, "
        "after a consultation and without a modification (DCC, consultation on 8F75 and the "
        "Traffic Management Mechanism Document).",
        ESTABLISHED,
    )
    policy = report["sweeps"].get("policy")
    if policy:
        yield from _trade(policy)
    yield from _of_a_change(report["firmware_cost"])
    yield Sentence(
        "No new image is needed for it: the firmware takes a policy, whole or not at all, between "
        "two alerts, and reports what the old one held back. So it is numbers at either place, "
        "and whoever is given them can change them at that speed.",
        MEASURED,
    )


def _trade(sweep: Report) -> Iterator[Sentence]:
    for name, words, unit in _FIELDS:
        values = sorted({point["at"][name] for point in sweep["points"]})
        ends = [[p for p in sweep["points"] if p["at"][name] == value] for value in values]
        if len(values) > 1:
            yield simulated(
                f"{words[0].upper()}{words[1:]}, from {amount(values[0], unit)} to "
                f"{amount(values[-1], unit)}, all else over its range: "
                + "; ".join(_between(ends[0], ends[-1]))
                + "."
            )
    places = sorted({best_place(point) for point in sweep["points"]})
    yield simulated(
        f"Under every one of the {len(sweep['points'])} policies the best place is the same, "
        f"{place_in_words(places[0])}."
        if len(places) == 1
        else f"Which place is best depends on them: {named(map(place_in_words, places))}."
    )


def _between(low: Sequence[Report], high: Sequence[Report]) -> Iterator[str]:
    """Means over the points with the least and the largest value."""
    for path, title, unit in (
        (_USERS, "alerts at Users", "alerts"),
        (_AGE, "oldest count", "ms"),
        (_FALSE, "legitimate alerts suppressed", "alerts"),
    ):
        of, to = _mean(low, path), _mean(high, path)
        if of is not None and to is not None:
            same = amount(of, unit) == amount(to, unit)
            yield f"{title} {amount(of, unit)}" + ("" if same else f" to {amount(to, unit)}")


def _mean(points: Sequence[Report], path: str) -> float | None:
    values = [point["arms"]["hub"][path] for point in points if path in point["arms"]["hub"]]
    return sum(values) / len(values) if values else None


def _of_a_change(rows: Sequence[Any]) -> Iterator[Sentence]:
    push = {row["what"]: row for row in rows}
    one = next((row for what, row in push.items() if what.endswith("to one hub")), None)
    many = next((row for what, row in push.items() if what.endswith("of a cell")), None)
    if one and many:
        yield Sentence(
            "At the DSP a new number is one change at one place; how long DCC takes for it is not "
            f"public. At the hubs it is a message of {one['value']:,} bytes to each, "
            f"{many['value']:g} s of the WAN of one cell, as the sweeps assume it; till all have "
            "it two policies are in force, and a hub that does not hear it goes on under the old "
            "one.",
            ASSUMED,
        )
