"""The axis on which delays are drawn: linear or logarithmic, with a shelf for what never arrived.

A delay is between a millisecond and a day; an alert that never arrived has none, and must not
look like one that was fast, slow or absent. It stands on a shelf above all delays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

_LOG_FROM_RATIO = 20
"""A largest delay this many times the smallest is drawn on a logarithmic axis."""
_LEAST_MS = 1
_LOG_TICKS_MS = tuple(
    step * unit
    for unit, steps in (
        (1, (1, 3, 10, 30, 100, 300)),
        (1000, (1, 3, 10, 30)),
        (60_000, (1, 3, 10, 30)),
        (3_600_000, (1, 3, 10)),
        (86_400_000, (1, 3, 10, 30)),
    )
    for step in steps
)
_MOST_TICKS = 5
_LINEAR_STEPS_MS = tuple(
    step * unit
    for unit in (1, 10, 100, 1000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000)
    for step in (1, 2, 5)
)


@dataclass(frozen=True)
class DelayAxis:
    """What plotly is told of the axis; all positions are in ms."""

    kind: str
    """`log` or `linear`."""
    range: tuple[float, float]
    """As plotly wants it: exponents of 10 where the axis is logarithmic."""
    tick_values: Sequence[float]
    tick_texts: Sequence[str]
    has_lost: bool
    lost_at: float
    lost_above: float
    """Where the shelf begins."""

    def place(self, delay_ms: int) -> int:
        """Find the height of a delay: a logarithmic axis has no place for 0."""
        return max(delay_ms, _LEAST_MS) if self.kind == "log" else delay_ms


def delay_axis(delays: Sequence[int | None]) -> DelayAxis:
    """Choose one axis for all arms from all their delays; None is an alert that never arrived."""
    arrived = [delay for delay in delays if delay is not None]
    least = max(min(arrived, default=_LEAST_MS), _LEAST_MS)
    most = max(max(arrived, default=1000), least)
    has_lost = len(arrived) < len(delays)
    if most >= least * _LOG_FROM_RATIO:
        return _logarithmic(least, most, has_lost)
    return _linear(most, has_lost)


def _logarithmic(least: int, most: int, has_lost: bool) -> DelayAxis:
    low, high = log10(least) - 0.15, log10(most) + 0.15
    shelf = 0.28 * (high - low)
    inside = [tick for tick in _LOG_TICKS_MS if low <= log10(tick) <= high]
    every = -(-len(inside) // _MOST_TICKS) or 1
    ticks = [(tick, _text(tick)) for tick in inside[::every]]
    lost_at = 10 ** (high + shelf / 2)
    return _axis("log", (low, high + shelf * has_lost), ticks, (has_lost, lost_at, 10**high))


def _linear(most: int, has_lost: bool) -> DelayAxis:
    high = most * 1.1
    step = next((step for step in _LINEAR_STEPS_MS if most / step <= 4), most / 4)
    ticks = [(step * n, _text(step * n)) for n in range(int(most / step) + 1)]
    return _axis("linear", (0, high * (1 + 0.28 * has_lost)), ticks, (has_lost, high * 1.14, high))


def _axis(
    kind: str,
    limits: tuple[float, float],
    ticks: Sequence[tuple[float, str]],
    shelf: tuple[bool, float, float],
) -> DelayAxis:
    has_lost, lost_at, lost_above = shelf
    if has_lost:
        ticks = [*ticks, (lost_at, "never")]
    values, texts = [value for value, _ in ticks], [text for _, text in ticks]
    return DelayAxis(kind, limits, values, texts, has_lost, lost_at, lost_above)


def _text(ms: float) -> str:
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)):
        if ms >= size:
            return f"{ms / size:g} {unit}"
    return f"{ms:g} ms"
