"""An injection for people: what would be sent, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from stormbench.inject.bounds import HeldBound
from stormbench.inject.one_hub import Result
from stormbench.report.expectations import expectation_lines

_US_PER_MS = 1_000
_DIVIDED = (
    "Time scale {0:g}: the scenario's times, and those of a policy that is named, are divided by "
    "{0:g}"
)


def text_of_plan(found: Mapping[str, Any]) -> str:
    """What `plan.summary` found, a paragraph for each hub."""
    lines = []
    for hub in found["hubs"]:
        lines.append(
            f"{hub['hub']}: {hub['alerts']:,} alerts in {hub['duration_s']:,.1f} s, "
            f"at most {hub['peak_per_s']:,} in a second"
        )
        for title in ("device", "code", "phase"):
            counts = hub[f"by_{title}"].items()
            lines.append(f"  by {title}: " + ", ".join(f"{name} {n:,}" for name, n in counts))
    return "\n".join([*lines, "nothing was sent (--dry-run)"])


def text_of(
    results: Sequence[Result], bounds: Sequence[HeldBound] = (), time_scale: float = 1
) -> str:
    """What came of a run, a paragraph for each hub, and for each whose figures have bounds.

    On top is by what the scenario's times were divided, if they were.
    """
    lines = [] if time_scale == 1 else [_DIVIDED.format(time_scale)]
    lines += [line for result in results for line in _of_hub(result)]
    for _, held in groupby(bounds, lambda bound: bound.hub_number):
        lines += _of_bounds(list(held))
    return "\n".join(lines)


def _of_bounds(bounds: Sequence[HeldBound]) -> Iterator[str]:
    """Of one hub, or of all together."""
    yield f"bounds of the scenario, {bounds[0].hub or 'all hubs together'}:"
    measured = [bound for bound in bounds if bound.not_measured is None]
    for line in expectation_lines([bound.fields for bound in measured]):
        yield f"  {line}"
    others: dict[str, list[str]] = {}
    for bound in bounds:
        if bound.not_measured is not None:
            others.setdefault(bound.not_measured, []).append(bound.title)
    for why, titles in others.items():
        yield f"  not measured by inject: {', '.join(titles)}: {why}"


def _of_hub(result: Result) -> Iterator[str]:
    facts = result.facts
    yield (
        f"{facts['hub']}: {facts['sent']:,} of {facts['intended']:,} alerts sent in "
        f"{facts['duration_s']:,.1f} s, {facts['sent_per_s']:,.1f} a second"
    )
    yield f"  verdicts       {_counts(facts['acknowledged'])}"
    if facts["unaccounted"] is not None:
        yield (
            f"  account        {facts['forwarded']:,} forwarded, {facts['reported']:,} reported, "
            f"{facts['pending']:,} pending, {facts['gave_way']:,} gave way, "
            f"{facts['lost_at_reset']:,} lost at reset, {facts['not_sent']:,} not sent; "
            f"{facts['unaccounted']:,} unaccounted"
        )
    if facts["faults"] is not None:
        yield f"  faults         {_counts(facts['faults'])}"
    for whose, name in (("pc", "late, this PC"), ("hub", "late, the hub")):
        found = facts["lateness_us"][whose]
        if found:
            late = f"; {found['late']:,} by more than {facts['late_ms']} ms"
            yield f"  {name:<14} {_times(found)}{late}"
    if facts["latency_us"]:
        yield f"  to the verdict {_times(facts['latency_us'])}, from the time it was due"
    if not facts["not_certified"]:
        yield "  certified: it was in time, and every alert is accounted for"
    for failure in facts["not_certified"]:
        yield f"  not certified: {failure}"


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(found.items())) or "none"


def _times(found: Mapping[str, int]) -> str:
    shown = ", ".join(f"{name} {found[name] / _US_PER_MS:,.1f}" for name in ("p50", "p99", "max"))
    return f"{shown} ms"
