"""Where the throttle is best placed over all storms, from each storm's own verdicts.

Controls, and storms that differ from another by a circumstance alone, are not counted: what a
throttle does in them is told beside the verdict.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stormbench.compare.verdict import NO_DIFFERENCE
from stormbench.study.break_even import UNCLEAR, clear_place, matters_by_rate
from stormbench.study.in_words import listed, share_saved
from stormbench.study.numbers import amount

CLEAR = 2 / 3
"""Chosen: replications that agree less than this do not say where the throttle is best."""

_BEFORE_THE_WAN = ("device", "hub", "layered")
_PLACES = {
    "none": "needed nowhere",
    "mask": "best replaced by a mask in the meter",
    "device": "best placed in the meter",
    "hub": "best placed at the hub",
    "dsp": "best placed at the DSP",
    "layered": "best placed at the hub and at the DSP behind it",
}
_P99 = "other_alert_delay_ms.p99"

Scenarios = Mapping[str, Mapping[str, Any]]


def place_of(scenario: Mapping[str, Any]) -> str:
    """The place that a scenario's replications agree on; `unclear` where they do not."""
    place, times = next(iter(scenario["places"].items()))
    return str(place) if times >= CLEAR * scenario["replications"] else UNCLEAR


def storms_of(scenarios: Scenarios) -> dict[str, Mapping[str, Any]]:
    """Those that the verdict is over."""
    return {name: each for name, each in scenarios.items() if each["role"] == "storm"}


def verdict(
    scenarios: Scenarios, whole: Mapping[str, Any], sweeps: Mapping[str, Any]
) -> dict[str, Any]:
    """Over all storms.

    Args:
        scenarios, whole, sweeps: `scenarios`, `overall` and `sweeps` of report.json.

    Returns: `sentence`; `conditions`, a sentence for each assumption with which the place changes;
        `place`, the one of most storms, and of two alike neither; `places`, how many each has.
    """
    storms = storms_of(scenarios)
    names: dict[str, list[str]] = {}
    for name, scenario in storms.items():
        names.setdefault(place_of(scenario), []).append(name.replace("_", " "))
    places = Counter({place: len(of) for place, of in names.items()})
    ranked = places.most_common()
    place, most = ranked[0]
    if len(ranked) > 1 and ranked[1][1] == most:
        place = NO_DIFFERENCE
    return {
        "sentence": " ".join(_sentences(place, names, storms, whole)),
        "conditions": list(_conditions(sweeps)),
        "place": place,
        "places": dict(ranked),
    }


def _sentences(
    place: str,
    names: Mapping[str, Sequence[str]],
    storms: Scenarios,
    whole: Mapping[str, Any],
) -> Iterator[str]:
    rates = sorted({each["wan"]["bytes_per_s"] for each in storms.values()})
    where = f"On a WAN of {rates[0]:g}" + (f" to {rates[-1]:g}" if len(rates) > 1 else "")
    where += " bytes a second, and with the firmware in every hub,"
    if place in _PLACES:
        begin = f"{where} the throttle is {_PLACES[place]} in {_of(len(names[place]), storms)}"
        grounds = place in _BEFORE_THE_WAN and _grounds(storms, whole)
        yield f"{begin}: {grounds}." if grounds else f"{begin}."
    else:
        yield f"{where} no place is best in {_of(0, storms)}."
    for other, of in names.items():
        if other != place:
            yield f"In {listed(of)} {_other(other)}."


def _of(count: int, storms: Scenarios) -> str:
    if len(storms) == 1:
        return "the one storm that was run"
    return f"{count} of {len(storms)} storms" if count else f"{len(storms)} storms"


def _other(place: str) -> str:
    return f"{place} does better" if place in _PLACES else _clause(place)


def _grounds(storms: Scenarios, whole: Mapping[str, Any]) -> str:
    wan = share_saved(*(whole["arms"][arm]["hops.wan.bytes"]["mean"] for arm in ("hub", "dsp")))
    delay = whole["differences"]["hub-dsp"][_P99]
    waits = (
        "" if delay["spans_zero"] else f", and other alerts wait {_less(delay['mean'], storms)}"
    )
    return f"against the DSP, {wan} fewer bytes on the WAN{waits}"


def _less(mean_ms: float, storms: Scenarios) -> str:
    """The mean, and between which the storms lie: no one number stands for all of them."""
    less = sorted(-each["differences"]["hub-dsp"][_P99]["mean"] for each in storms.values())
    words = f"{amount(abs(mean_ms), 'ms')} {'less' if mean_ms < 0 else 'more'}"
    if len(less) == 1 or less[0] < 0:
        return f"{words} (for 99 in 100)"
    low, high = amount(less[0], "ms"), amount(less[-1], "ms")
    return f"{words} (for 99 in 100; from {low} to {high}, storm by storm)"


def _conditions(sweeps: Mapping[str, Any]) -> Iterator[str]:
    if "roll_out" in sweeps:
        yield from _while_rolled_out(sweeps["roll_out"])
    if "wan" in sweeps:
        yield from _on_wider_wans(sweeps["wan"])


def _while_rolled_out(sweep: Mapping[str, Any]) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for point in sweep["points"]:
        share = point["at"]["updated_share"]
        if share < 1:
            found.setdefault(clear_place(point), []).append(amount(share, "share"))
    parts = [
        f"with {listed(shares)} of the hubs updated {_clause(place)}"
        for place, shares in found.items()
    ]
    if parts:
        yield f"While the firmware is rolled out: {'; '.join(parts)}."


def _clause(place: str) -> str:
    if place == UNCLEAR:
        return "the runs disagree"
    return "it makes no difference" if place == NO_DIFFERENCE else f"it is {_PLACES[place]}"


def _on_wider_wans(sweep: Mapping[str, Any]) -> Iterator[str]:
    rates = matters_by_rate(sweep)
    if rates:
        parts = [f"{count} at {rate:g} bytes/s" for rate, (count, _) in rates.items()]
        of = max(of for _, of in rates.values())
        yield (
            f"On a wider WAN a place before it is best in fewer of the {of} storms: "
            f"{listed(parts)}."
        )
