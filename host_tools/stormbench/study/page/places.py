"""The places for a throttle as the drawbacks name them, in order and in words."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Place(NamedTuple):
    """One of them."""

    name: str
    title: str


PLACES = (
    Place("hub", "In the Communications Hub's firmware"),
    Place("device", "In the meter's firmware"),
    Place("dsp", "At the DSP"),
    Place("mask", "Masked at the meter (SR 6.22), the existing remedy"),
)

_WORDS = {"none": "no throttle needed", "dsp": "DSP", "layered": "hub and DSP", "device": "meter"}


def place_in_words(place: str) -> str:
    """A verdict's place, short enough for a table."""
    return _WORDS.get(place, place)


def drawbacks_by_place(
    drawbacks: Sequence[Mapping[str, Any]],
) -> list[tuple[str, Sequence[Mapping[str, Any]]]]:
    """(title, drawbacks) of each place that has any; one that is not in the table comes last."""
    titles = dict(PLACES)
    order = [*titles, *sorted({one["place"] for one in drawbacks} - set(titles))]
    grouped = ((place, [one for one in drawbacks if one["place"] == place]) for place in order)
    return [(titles.get(place, place), found) for place, found in grouped if found]
