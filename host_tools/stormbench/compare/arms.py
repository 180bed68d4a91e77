"""The arms of a comparison: where a throttle stands in each."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["forwards", "throttles", "meters", "masked"]
"""What a hub's firmware is in a home: a hub that forwards all; one that throttles; the throttle in
the meters behind a hub that forwards; a hub that forwards what the meters' masks leave."""

_THROTTLING = ("throttles", "meters")


@dataclass(frozen=True, slots=True)
class Arm:
    """One arrangement.

    Attributes:
        takes: what has to be changed for it.
        home: what a home is in it that has the new firmware.
        dsp_throttles: whether the DSP throttles.
    """

    name: str
    takes: frozenset[str]
    home: Role = "forwards"
    dsp_throttles: bool = False

    def role_of(self, is_updated: bool) -> Role:
        """What a home is in it, with the new firmware or without. A mask takes no new firmware."""
        return self.home if is_updated or self.home == "masked" else "forwards"


# A meter's firmware takes more than a hub's: each maker of each kind of device has to make one,
# and CSP North thought of hubs as "a quicker first path" (MP119, "CH Alert Storm Consolidation").
_FIRMWARE, _OF_EVERY_METER = "firmware", "firmware of every kind of meter"
_DSP, _PEOPLE = "DSP", "somebody who sees the storm"

ARMS = (
    Arm("none", frozenset()),
    Arm("mask", frozenset({_PEOPLE}), home="masked"),
    Arm("device", frozenset({_FIRMWARE, _OF_EVERY_METER}), home="meters"),
    Arm("hub", frozenset({_FIRMWARE}), home="throttles"),
    Arm("dsp", frozenset({_DSP}), dsp_throttles=True),
    Arm("layered", frozenset({_FIRMWARE, _DSP}), home="throttles", dsp_throttles=True),
)
BY_NAME = {arm.name: arm for arm in ARMS}
THROTTLED = tuple(arm.name for arm in ARMS if arm.dsp_throttles or arm.home in _THROTTLING)
"""Those in which a throttle stands anywhere."""
