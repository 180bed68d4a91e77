"""The arms and hops of a comparison: their order, and what each is, in words.

An arm that is not in the table is still shown, last and without an explanation: a report that is
short of a sentence is worth more than a long run without a report.
"""

from collections.abc import Iterable
from dataclasses import dataclass

METER, HUB, DSP, USER = "meter", "hub", "dsp", "user"


@dataclass(frozen=True)
class Arm:
    """One place for the throttle."""

    title: str
    meaning: str
    stations: tuple[str, ...]
    """Where along the path it acts."""


@dataclass(frozen=True)
class Hop:
    """One place where alerts and bytes are counted."""

    title: str
    meaning: str


ARMS = {
    "none": Arm("no throttle", "Every alert is forwarded.", ()),
    "mask": Arm(
        "alert masked at the meter",
        "The existing remedy: some time after the storm began, a service request (SR 6.22) tells"
        " the meter to stop sending the code. What it hides is told to nobody.",
        (METER,),
    ),
    "device": Arm(
        "throttle in the meter",
        "Copies are discarded before a message is built: they cost no HAN traffic.",
        (METER,),
    ),
    "hub": Arm(
        "throttle in the Communications Hub",
        "Copies are discarded before the WAN; their number travels with the next sample.",
        (HUB,),
    ),
    "dsp": Arm(
        "throttle in the DSP",
        "Every copy crosses the WAN; the DSP discards it there (as SECMP0062 does).",
        (DSP,),
    ),
    "layered": Arm(
        "throttles in the hub and in the DSP",
        "The same throttle twice in a row: at the hub, then at the DSP.",
        (HUB, DSP),
    ),
}

HOPS = {
    "han": Hop("HAN", "sent by the meter to the hub"),
    "wan": Hop("WAN", "left the hub"),
    "dsp": Hop("DSP", "arrived at the DSP"),
    "user": Hop("User", "arrived at Users"),
}

_UNKNOWN = Arm("not explained here", "This version of the report has no description of it.", ())


def describe(arm: str) -> Arm:
    """Say what an arm is, whether or not it is in the table."""
    return ARMS.get(arm, _UNKNOWN)


def in_order(arms: Iterable[str]) -> list[str]:
    """Sort arms as the design lists them, unknown ones last."""
    known = list(ARMS)
    return sorted(arms, key=lambda arm: (known.index(arm) if arm in ARMS else len(known), arm))
