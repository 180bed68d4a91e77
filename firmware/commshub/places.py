"""Where the entries of an alert are, found as the runtime can do it best: see `places_plain`."""

import sys

if sys.implementation.name == "micropython":
    from commshub.places_scan import Places, enter, find
else:
    from commshub.places_plain import Places, enter, find  # type: ignore[assignment]

__all__ = ["Places", "enter", "find"]
