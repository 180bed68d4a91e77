"""The places for a throttle as the drawbacks name them, in order and in words."""

from typing import NamedTuple


class Place(NamedTuple):
    """One of them."""

    name: str
    title: str


PLACES = (
    Place("hub", "In the Communications Hub's firmware"),
    Place("device", "In the meter's firmware"),
    Place("dsp", "At the DSP"),
    Place("layered", "At the hub and at the DSP, one behind the other"),
    Place("mask", "Masked at the meter (SR 6.22), the existing remedy"),
    Place("throttle", "At any of these places: of the throttle itself"),
)
