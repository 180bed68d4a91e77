"""Which .mpy files a MicroPython runs, and which `firmware deploy` would bring it."""

import re

from stormbench.deploy.mpy_cross import MpyCross
from stormbench.deploy.mpy_version import MpyVersion
from stormbench.errors import HostToolError

_SINCE = (
    ((1, 23), MpyVersion(6, 3)),
    ((1, 22), MpyVersion(6, 2)),
    ((1, 20), MpyVersion(6, 1)),
    ((1, 19), MpyVersion(6, 0)),
)
"""MicroPython's reference, "Versioning and compatibility of .mpy files"; the second number counts
because the firmware has machine code in it."""
_NEWEST_KNOWN = (1, 29)


def runs(micropython_version: str | None) -> MpyVersion | None:
    """What this release runs; None where that is not known."""
    numbers = re.match(r"(\d+)\.(\d+)", micropython_version or "")
    if numbers is None:
        return None
    release = int(numbers[1]), int(numbers[2])
    if release > _NEWEST_KNOWN:
        return None
    return next((mpy for since, mpy in _SINCE if release >= since), None)


def made_here() -> MpyVersion | None:
    """What the mpy-cross of `firmware deploy` makes; None where there is none that runs."""
    try:
        return MpyCross().version
    except HostToolError:
        return None


def is_misfit(micropython_version: str | None) -> bool:
    """Whether it is known that what is made here does not run on this release."""
    wanted, made = runs(micropython_version), made_here()
    return wanted is not None and made is not None and wanted != made
