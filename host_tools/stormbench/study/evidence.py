"""The marks of evidence of a study: whoever writes one and whoever draws one takes it from here.

`page.evidence` has a badge for each, and refuses any other.
"""

from typing import Literal

MEASURED: Literal["measured on firmware"] = "measured on firmware"
"""On the firmware image, in an emulated Raspberry Pi Pico."""
SIMULATED: Literal["simulated"] = "simulated"
"""By this study: the firmware's own throttle, in a simulated network."""
COMPUTED: Literal["computed"] = "computed"
"""By arithmetic, from figures that have a mark of their own."""
ASSUMED: Literal["assumed"] = "assumed"
"""Nobody publishes it."""
EVIDENCED: Literal["evidenced"] = "evidenced"
"""Of a scenario: its cause is documented (see `scenario.model.Cause`)."""

ESTABLISHED: Literal["E"] = "E"
"""Of a statement: a public document says so."""
DERIVED: Literal["D"] = "D"
"""Follows from one, by arithmetic or decoding."""
JUDGEMENT: Literal["M"] = "M"
"""Inferred; nobody has confirmed it."""

MARKS = (MEASURED, SIMULATED, COMPUTED, ASSUMED, EVIDENCED, ESTABLISHED, DERIVED, JUDGEMENT)
