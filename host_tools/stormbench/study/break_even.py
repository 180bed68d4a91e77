"""Where an answer changes: the value of an assumption at which another place is best."""

from collections.abc import Mapping
from typing import Any

UNCLEAR = "unclear"
"""In the place of a place, where replications disagree."""

_BEFORE_THE_WAN = ("device", "hub", "layered")


def widest_that_matters(sweep: Mapping[str, Any]) -> dict[float, float | None]:
    """Of sweep `break_even`, by the rate of the storm (alerts/h): the fastest WAN (bytes/s) at
    which a throttle before it is still the answer; None: at none that was tried."""
    found: dict[float, float | None] = {}
    for point in sweep["points"]:
        storm, wan = point["at"]["storm_per_hour"], point["at"]["bytes_per_s"]
        found.setdefault(storm, None)
        if best_place(point) in _BEFORE_THE_WAN:
            found[storm] = max(wan, found[storm] or 0)
    return found


def best_place(point: Mapping[str, Any]) -> str:
    """The place that most replications of a point say."""
    return str(next(iter(point["places"])))


def clear_place(point: Mapping[str, Any]) -> str:
    """The place that more than half of a point's replications say, else `unclear`."""
    place, times = next(iter(point["places"].items()))
    return str(place) if times > point["replications"] / 2 else UNCLEAR


def matters_by_rate(sweep: Mapping[str, Any]) -> dict[float, tuple[int, int]]:
    """Of sweep `wan`, by the rate of the WAN (bytes/s): in how many storms a throttle before it is
    the answer, and of how many."""
    found: dict[float, tuple[int, int]] = {}
    for point in sweep["points"]:
        count, of = found.get(point["at"]["bytes_per_s"], (0, 0))
        matters = clear_place(point) in _BEFORE_THE_WAN
        found[point["at"]["bytes_per_s"]] = count + matters, of + 1
    return dict(sorted(found.items()))


def is_default(point: Mapping[str, Any], policy: Mapping[str, Any]) -> bool:
    """Whether a point of a sweep is this policy, in all that the sweep varies."""
    return all(policy.get(name) == value for name, value in point["at"].items())


def agreeing(sweep: Mapping[str, Any], place: str) -> int:
    """At how many points of a sweep a place is the answer."""
    return sum(best_place(point) == place for point in sweep["points"])


def spread(sweep: Mapping[str, Any], arm: str, path: str) -> tuple[float, float] | None:
    """The least and the most that a figure of an arm comes to over the points of a sweep."""
    values = [point["arms"][arm][path] for point in sweep["points"] if path in point["arms"][arm]]
    return (min(values), max(values)) if values else None


def along(sweep: Mapping[str, Any], arm: str, path: str) -> list[tuple[float, float]]:
    """(value of the axis, figure of an arm) for a sweep of one axis, in order."""
    (axis,) = sweep["axes"]
    return [
        (point["at"][axis["name"]], point["arms"][arm][path])
        for point in sweep["points"]
        if path in point["arms"][arm]
    ]
