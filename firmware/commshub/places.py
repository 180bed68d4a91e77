"""Where the entries of an alert are, found as the runtime can do it best: see `places_plain`."""

import sys

if sys.implementation.name == "micropython":
    from commshub.places_scan import Places, find
else:
    from commshub.places_plain import Places, find  # type: ignore[assignment]

__all__ = ["Places", "find"]
