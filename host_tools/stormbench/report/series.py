"""What one arm did over time: plain times, from which the plots are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ArmSeries:
    """Every alert of one arm, by when it was where; all times are scenario time."""

    raised_ms: Sequence[int]
    """When each alert was raised on the HAN."""
    hub_out_ms: Sequence[int]
    """When each alert left the hub for the WAN."""
    dsp_in_ms: Sequence[int]
    """When each alert arrived at the DSP, after the WAN's queue and loss."""
    user_ms: Sequence[int]
    """When each alert arrived at a User."""
    other_delays: Sequence[tuple[int, int | None]]
    """Of each alert of no storm: when it was raised, and its delay to the User; None: never."""
    storm_spans_ms: Sequence[tuple[int, int]]
    """From when to when the scenario's storm phases lasted; they may overlap."""

    def last_ms(self) -> int:
        """When the last thing happened that the series knows of; 0 if nothing did."""
        arrived = [raised + delay for raised, delay in self.other_delays if delay is not None]
        times = (self.raised_ms, self.hub_out_ms, self.dsp_in_ms, self.user_ms, arrived)
        ends = [end for _, end in self.storm_spans_ms]
        return max((max(part) for part in (*times, ends) if part), default=0)

    def never_arrived(self) -> int:
        """How many alerts of no storm reached no User."""
        return sum(delay is None for _, delay in self.other_delays)
