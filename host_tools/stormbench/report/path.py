"""The path of an alert, station by station, and which arms act at each."""

from collections.abc import Sequence
from dataclasses import dataclass

from stormbench.report.arms import DSP, HUB, METER, USER, describe


@dataclass(frozen=True)
class Station:
    """One stop on the path."""

    title: str
    subtitle: str
    link_out: str
    """What carries alerts on from here; empty at the end."""
    arms: Sequence[str]


_STATIONS = (
    (METER, "Meter", "raises alerts", "HAN"),
    (HUB, "Communications Hub", "runs the firmware", "WAN"),
    (DSP, "DSP", "our twin of it", "DUIS"),
    (USER, "Users", "suppliers, networks", ""),
)


def path(order: Sequence[str]) -> list[Station]:
    """Draw up the path for the arms that were compared."""
    return [
        Station(title, subtitle, link, [arm for arm in order if name in describe(arm).stations])
        for name, title, subtitle, link in _STATIONS
    ]
