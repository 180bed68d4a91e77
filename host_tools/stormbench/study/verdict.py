"""Where the throttle is best placed over all scenarios, from each scenario's own verdicts."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from stormbench.compare.verdict import NO_DIFFERENCE

CLEAR = 2 / 3
"""Chosen: a scenario whose replications agree less than this says that it makes no difference."""

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


def verdict(scenarios: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Over all.

    Returns: `sentence`; `place`, the one of most scenarios, and of two alike neither; `places`,
        how many scenarios each has.
    """
    places = Counter(place_of(scenario) for scenario in scenarios.values())
    ranked = places.most_common()
    place, most = ranked[0]
    if len(ranked) > 1 and ranked[1][1] == most:
        place = NO_DIFFERENCE
    return {
        "sentence": _sentence(place, places, len(scenarios)),
        "place": place,
        "places": dict(ranked),
    }


def _sentence(place: str, places: Counter[str], scenarios: int) -> str:
    if place not in _PLACES:
        return f"No place is best: of {scenarios} scenarios {_counted(places)}."
    others = Counter({name: times for name, times in places.items() if name != place})
    rest = f"; of the others {_counted(others)}" if others else ""
    return f"The throttle is {_PLACES[place]} in {places[place]} of {scenarios} scenarios{rest}."


def _counted(places: Counter[str]) -> str:
    return ", ".join(f"{times} say {name}" for name, times in places.most_common())
