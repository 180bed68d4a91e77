"""The unit of an axis: one in which its largest value is a number that people can read."""

from typing import NamedTuple

_STEPS = {
    "ms": ((86_400_000, "days"), (3_600_000, "hours"), (60_000, "minutes"), (1000, "seconds")),
    "bytes": ((1_000_000, "MB"), (1000, "kB")),
}
_LEAST = 2
"""Of the larger unit, before it is taken: 90 s are seconds, 200 s are minutes."""


class AxisUnit(NamedTuple):
    """`size` of report.json's unit is one of `name`."""

    size: float
    name: str

    def of(self, value: float | None) -> float | None:
        """Convert to it."""
        return None if value is None else round(value / self.size, 6)


def axis_unit(unit: str, most: float) -> AxisUnit:
    """Choose it for values of `unit` (see `study.metrics.Metric`) up to `most`."""
    if unit == "share":
        return AxisUnit(0.01, "%")
    for size, name in _STEPS.get(unit, ()):
        if most >= _LEAST * size:
            return AxisUnit(size, name)
    return AxisUnit(1, unit)
