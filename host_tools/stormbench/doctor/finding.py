"""What was found when one thing was looked at."""

from dataclasses import dataclass

OK = "ok"
WARN = "warn"
"""Something will not do, or not well, and other things will."""
FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's table.

    Attributes:
        check: what was looked at.
        state: OK, WARN or FAIL.
        found: what is so.
        mend: the command that mends it, or what to do; None: nothing needs to be mended.
    """

    check: str
    state: str
    found: str
    mend: str | None = None
