"""The arms of a comparison: where a throttle stands in each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arm:
    """One arrangement; `places` says where its throttles are."""

    name: str
    places: frozenset[str]

    @property
    def hub_throttles(self) -> bool:
        """Whether hubs that have the new firmware throttle."""
        return "hub" in self.places

    @property
    def dsp_throttles(self) -> bool:
        """Whether the DSP throttles."""
        return "dsp" in self.places


ARMS = (
    Arm("none", frozenset()),
    Arm("hub", frozenset({"hub"})),
    Arm("dsp", frozenset({"dsp"})),
    Arm("layered", frozenset({"hub", "dsp"})),
)
BY_NAME = {arm.name: arm for arm in ARMS}
