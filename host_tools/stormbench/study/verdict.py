"""Where the throttle is best placed over all scenarios, from each scenario's own verdicts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stormbench.compare.verdict import NO_DIFFERENCE
from stormbench.study.in_words import listed, share_saved
from stormbench.study.numbers import amount

CLEAR = 2 / 3
"""Chosen: a scenario whose replications agree less than this says that it makes no difference."""

_BEFORE_THE_WAN = ("device", "hub", "layered")
_PLACES = {
    "none": "needed nowhere",
    "mask": "best replaced by a mask in the meter",
    "device": "best placed in the meter",
    "hub": "best placed at the hub",
    "dsp": "best placed at the DSP",
    "layered": "best placed at the hub and at the DSP behind it",
}


def place_of(scenario: Mapping[str, Any]) -> str:
    """The place that a scenario's replications agree on, or `no difference`."""
    place, times = next(iter(scenario["places"].items()))
    return place if times >= CLEAR * scenario["replications"] else NO_DIFFERENCE


def verdict(
    scenarios: Mapping[str, Mapping[str, Any]], whole: Mapping[str, Any]
) -> dict[str, Any]:
    """Over all.

    Args:
        scenarios, whole: `scenarios` and `overall` of report.json.

    Returns: `sentence`; `place`, the one of most scenarios, and of two alike neither; `places`,
        how many scenarios each has.
    """
    names: dict[str, list[str]] = {}
    for name, scenario in scenarios.items():
        names.setdefault(place_of(scenario), []).append(name.replace("_", " "))
    places = Counter({place: len(of) for place, of in names.items()})
    ranked = places.most_common()
    place, most = ranked[0]
    if len(ranked) > 1 and ranked[1][1] == most:
        place = NO_DIFFERENCE
    return {
        "sentence": " ".join(_sentences(place, names, whole)),
        "place": place,
        "places": dict(ranked),
    }


def _sentences(
    place: str, names: Mapping[str, Sequence[str]], whole: Mapping[str, Any]
) -> Iterator[str]:
    scenarios = sum(map(len, names.values()))
    if place in _PLACES:
        begin = f"The throttle is {_PLACES[place]} in {len(names[place])} of {scenarios} scenarios"
        yield f"{begin}: {_grounds(whole)}." if place in _BEFORE_THE_WAN else f"{begin}."
    else:
        yield f"No place is best in {scenarios} scenarios."
    for other, of in names.items():
        if other != place:
            what = "it makes no difference" if other == NO_DIFFERENCE else f"{other} does better"
            yield f"In {listed(of)} {what}."


def _grounds(whole: Mapping[str, Any]) -> str:
    wan = share_saved(*(whole["arms"][arm]["hops.wan.bytes"]["mean"] for arm in ("hub", "dsp")))
    delay = whole["differences"]["hub-dsp"]["other_alert_delay_ms.p99"]
    waits = "" if delay["spans_zero"] else f", and other alerts wait {_less(delay['mean'])}"
    return f"against the DSP, {wan} fewer bytes on the WAN{waits}"


def _less(mean_ms: float) -> str:
    return f"{amount(abs(mean_ms), 'ms')} {'less' if mean_ms < 0 else 'more'} (p99)"
