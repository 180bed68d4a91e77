"""Many times as three: the middle one, the one that 99 in 100 do not exceed, the longest."""

from collections.abc import Sequence
from statistics import quantiles


def spread(values: Sequence[int]) -> dict[str, int]:
    """`p50`, `p99` and `max` of at least two values, in their unit."""
    cuts = quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49]), "p99": round(cuts[98]), "max": max(values)}
