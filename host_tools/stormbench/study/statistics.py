"""Means with intervals, and differences of two arms over the same alerts.

Both arms of a replication meet the same alerts (common random numbers), so their difference is
taken pair by pair, and its interval is that of the mean of differences.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import stats  # type: ignore[import-untyped]

CONFIDENCE = 0.95
RESAMPLES = 10_000
"""Of the bootstrap; what is usual for a percentile interval of 95 %."""
_SEED = 62
"""The bootstrap's, so that a study comes to the same intervals again."""


@dataclass(frozen=True)
class Interval:
    """A mean, and where it is with 95 % confidence by Student's t; both ends are the mean where
    all values are one."""

    mean: float
    low: float
    high: float
    replications: int

    @property
    def spans_zero(self) -> bool:
        """Whether 0 is within."""
        return self.low <= 0 <= self.high


@dataclass(frozen=True)
class Difference(Interval):
    """Of two arms, one less the other.

    Attributes:
        bootstrap_low, bootstrap_high: the percentile interval of the same mean.
        lower, equal, higher: replications in which the one is below the other, and so on.
    """

    bootstrap_low: float
    bootstrap_high: float
    lower: int
    equal: int
    higher: int


def interval(values: Sequence[float]) -> Interval:
    """Of one arm.

    Raises:
        ValueError: there is no value.
    """
    if not values:
        raise ValueError("an interval needs a value")
    mean = float(np.mean(values))
    error = float(stats.sem(values)) if len(values) > 1 else 0.0
    if error == 0:
        return Interval(mean, mean, mean, len(values))
    low, high = stats.t.interval(CONFIDENCE, len(values) - 1, loc=mean, scale=error)
    return Interval(mean, float(low), float(high), len(values))


def difference(of: Sequence[float], less: Sequence[float]) -> Difference:
    """`of` less `less`, pair by pair.

    Raises:
        ValueError: they are not of the same replications, or none.
    """
    each = [a - b for a, b in zip(of, less, strict=True)]
    found = interval(each)
    low, high = found.low, found.high
    if low < high:
        bootstrap = stats.bootstrap(
            (each,),
            np.mean,
            confidence_level=CONFIDENCE,
            n_resamples=RESAMPLES,
            method="percentile",
            rng=np.random.default_rng(_SEED),
        )
        low, high = map(float, bootstrap.confidence_interval)
    return Difference(
        **asdict(found),
        bootstrap_low=low,
        bootstrap_high=high,
        lower=sum(d < 0 for d in each),
        equal=sum(d == 0 for d in each),
        higher=sum(d > 0 for d in each),
    )


def in_json(found: Interval) -> dict[str, Any]:
    """As report.json has it, with whether it tells a difference at all."""
    return {**asdict(found), "spans_zero": found.spans_zero}
