"""Where a figure comes from, as a badge that is read without its colour."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Badge(NamedTuple):
    """`style` is a class of study.css; `meaning` is told in the page's key and on hovering."""

    style: str
    label: str
    meaning: str


MEASURED = Badge(
    "measured",
    "measured on firmware",
    "On the firmware image, in an emulated Raspberry Pi Pico.",
)
SIMULATED = Badge(
    "simulated",
    "simulated",
    "The firmware's own throttle, in a simulated network.",
)
COMPUTED = Badge("computed", "computed", "By arithmetic, from the others.")
ASSUMED = Badge(
    "assumed",
    "assumed",
    "Nobody publishes it: change it, and run again.",
)
KEY = (MEASURED, SIMULATED, COMPUTED, ASSUMED)
"""Of figures, in the order of the key."""

OURS = Badge("simulated", "measured", "Counted or measured in this study.")
ESTABLISHED = Badge("established", "established", "The source that is named says so.")
DERIVED = Badge("computed", "derived", "Follows from what the source that is named says.")
JUDGEMENT = Badge("assumed", "judgement", "From experience; no public source was found.")
SOURCES = (OURS, ESTABLISHED, DERIVED, JUDGEMENT)
"""Of statements, in the order of the key."""

_BY_MARK: Mapping[str, Badge] = {
    "measured": OURS,
    "measured on firmware (emulated pico)": MEASURED,
    "simulated": SIMULATED,
    "computed": COMPUTED,
    "assumed": ASSUMED,
    "evidenced": ESTABLISHED,
    "e": ESTABLISHED,
    "d": DERIVED,
    "m": JUDGEMENT,
}


def badge(mark: Any) -> Badge:
    """The badge of a mark of report.json; one that is unknown is shown as it stands."""
    return _BY_MARK.get(str(mark).strip().lower()) or Badge(
        "assumed", str(mark), "A mark that is not explained here."
    )
