"""The figures of a bench, for people."""

from collections.abc import Iterator
from typing import Any

from stormbench.bench.outcomes import VERDICT_OF
from stormbench.bench.run import NOT_IN_THE_EMULATOR
from stormbench.printable import printable

_SPREADS = (
    ("path_us", "one alert, link idle: to its verdict and its message"),
    ("path_suppressed_us", "one alert, link idle: to its verdict, suppressed"),
    ("path_loaded_us", "full load, eight at once: to the verdict"),
    ("path_loaded_suppressed_us", "full load: to the verdict, suppressed"),
    ("decision_us", "decision, tables full"),
)
_SINGLE = (
    ("decision_alloc_bytes", "most bytes that a decision allocates"),
    ("heap_used_bytes", "heap used, tables full"),
    ("heap_free_bytes", "heap free, tables full"),
    ("gc_pause_ms_max", "longest collection, ms"),
    ("boot_ms", "power on to the first verdict, ms"),
    ("image_bytes", "image, bytes"),
)


def text_of(found: dict[str, Any], is_emulated: bool) -> str:
    """Tables: rates by link and length with their limits, times, stages, what is not there.

    Args:
        found: of `measure`, with `hub`.
        is_emulated: whether its times are an emulated board's.
    """
    return "\n".join(_lines(found, is_emulated))


def _lines(found: dict[str, Any], is_emulated: bool) -> Iterator[str]:
    for transport, link in found["by_transport"].items():
        yield f"hub {printable(link['hub'])} over {transport}: alerts a second"
        yield f"{'bytes':>6}" + "".join(f"{outcome:>12}" for outcome in VERDICT_OF)
        for size, rates in link["by_size"].items():
            cells = (rates[f"{outcome}_alerts_per_s"] for outcome in VERDICT_OF)
            yield f"{size:>6}" + "".join(f"{rate:12,.1f}" for rate in cells)
            yield from _limits(rates["limits"])
        yield from _naive(link)
        yield from _of_link(link)
    for name, reason in found["reasons"].items():
        yield f"no {name}: {reason}"
    if is_emulated:
        yield "times that the emulator lacks, and what depends on them:"
        yield from (f"  {name}: {why}" for name, why in NOT_IN_THE_EMULATOR.items())


def _limits(limits: dict[str, dict[str, int]]) -> Iterator[str]:
    names = dict.fromkeys(name for each in limits.values() for name in each)
    for name in names:
        cells = "".join(f"{limits[outcome].get(name, 0):12,}" for outcome in VERDICT_OF)
        yield f"{'':6}{cells}  at most: {name}"


def _naive(link: dict[str, Any]) -> Iterator[str]:
    rates = [link.get(f"naive_{outcome}_alerts_per_s") for outcome in VERDICT_OF]
    if any(rates):
        cells = "".join(f"{rate:12,.1f}" if rate else f"{'':12}" for rate in rates)
        yield f"{85:>6}{cells}  a plain Python filter, same board, same frames"


def _of_link(link: dict[str, Any]) -> Iterator[str]:
    rows = [(link[name], f"{what}, us") for name, what in _SPREADS if link.get(name)]
    if rows:
        yield f"{'p50':>8}{'p99':>8}{'max':>8}"
    for row, what in rows:
        yield f"{row['p50']:8,}{row['p99']:8,}{row['max']:8,}  {what}"
    for name, what in _SINGLE:
        if link.get(name) is not None:
            yield f"{link[name]:24,}  {what}"
    for name, outcome in (("stages", "suppressed"), ("stages_forwarded", "forwarded")):
        if link.get(name):
            off = link["stages_off_percent"].get(outcome)
            yield f"where the time of an alert goes, {outcome}, us (sum is {off} % off its rate):"
            yield from (f"{each['us']:8,.1f}  {each['name']}" for each in link[name])
