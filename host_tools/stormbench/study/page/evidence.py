"""Where a figure comes from, as a badge that is read without its colour."""

from typing import NamedTuple

from stormbench.study import evidence


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

ESTABLISHED = Badge("established", "established", "The source that is named says so.")
DERIVED = Badge("computed", "derived", "Follows from what the source that is named says.")
JUDGEMENT = Badge("assumed", "judgement", "Inferred; no public source confirms it.")
SOURCES = (ESTABLISHED, DERIVED, JUDGEMENT, *KEY)
"""Of statements, and of the figures beside them."""

_BY_MARK = {
    evidence.MEASURED: MEASURED,
    evidence.SIMULATED: SIMULATED,
    evidence.COMPUTED: COMPUTED,
    evidence.ASSUMED: ASSUMED,
    evidence.EVIDENCED: ESTABLISHED,
    evidence.ESTABLISHED: ESTABLISHED,
    evidence.DERIVED: DERIVED,
    evidence.JUDGEMENT: JUDGEMENT,
}


def badge(mark: str) -> Badge:
    """The badge of a mark of report.json.

    Raises:
        ValueError: it is none of `study.evidence.MARKS`.
    """
    try:
        return _BY_MARK[mark]
    except KeyError:
        raise ValueError(
            f"expected a mark of evidence ({', '.join(evidence.MARKS)}), got {mark!r}"
        ) from None
