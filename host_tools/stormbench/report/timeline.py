"""The time axis that all plots share: its unit, its end, and how the storm is shaded on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stormbench.report.bins import merged
from stormbench.report.series import ArmSeries

_UNITS = (("seconds", 1000, 300_000), ("minutes", 60_000, 10_800_000), ("hours", 3_600_000, 4e8))
_DAYS = ("days", 86_400_000)


@dataclass(frozen=True)
class Timeline:
    """Scenario time from 0 to `end_ms`, shown in a unit that suits its length."""

    end_ms: int
    unit: str
    unit_ms: int
    storm_spans_ms: tuple[tuple[int, int], ...]

    def at(self, time_ms: float) -> float:
        """Convert to the axis's unit."""
        return round(time_ms / self.unit_ms, 5)


def timeline(series: Iterable[ArmSeries], duration_ms: int) -> Timeline:
    """Choose one axis for all arms: as long as the scenario, or as its last late arrival."""
    arms = list(series)
    end_ms = max([duration_ms, *(arm.last_ms() for arm in arms)])
    return timeline_to(end_ms, [span for arm in arms for span in arm.storm_spans_ms])


def timeline_to(end_ms: int, storm_spans_ms: Sequence[tuple[int, int]]) -> Timeline:
    """The axis from 0 to `end_ms`, in the unit that suits it; spans that overlap are joined."""
    fitting = ((unit, size) for unit, size, most_ms in _UNITS if end_ms <= most_ms)
    unit, unit_ms = next(fitting, _DAYS)
    return Timeline(end_ms, unit, unit_ms, tuple(merged(storm_spans_ms)))
