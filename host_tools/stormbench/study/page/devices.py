"""Whose alerts a throttle suppressed: for each scenario, a map of its devices by alert codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stormbench.study.numbers import amount, number
from stormbench.study.page.look import as_listed

ARM = "hub"
_DARK_FROM = 0.45
"""The share from which text on a cell is light."""


@dataclass
class Spot:
    """Alerts of one code from one device, to whomever they go."""

    raised: int = 0
    suppressed: dict[str, int] = field(default_factory=dict)
    is_storm: bool = False

    def add(self, row: Mapping[str, Any]) -> None:
        """Take in a row of report.json's `heat`."""
        self.raised += row["raised"]
        self.is_storm = self.is_storm or row["is_storm"]
        for arm, count in row["suppressed"].items():
            self.suppressed[arm] = self.suppressed.get(arm, 0) + count

    @property
    def share(self) -> float:
        """Suppressed by `ARM`, of those raised."""
        return self.suppressed.get(ARM, 0) / self.raised if self.raised else 0.0

    @property
    def percent(self) -> str:
        """The same for people; empty where there is none."""
        return amount(round(self.share, 2) or self.share, "share") if self.share else ""

    @property
    def is_dark(self) -> bool:
        """Whether its text has to be light."""
        return self.share >= _DARK_FROM

    @property
    def words(self) -> str:
        """On hovering: what each arm suppressed."""
        each = [f"{arm} {number(self.suppressed[arm])}" for arm in as_listed(self.suppressed)]
        return f"{number(self.raised)} raised; suppressed: {', '.join(each) or 'none'}"


@dataclass(frozen=True)
class DeviceMap:
    """A scenario's.

    Attributes:
        codes: (code, name).
        rows: (device, a spot for each code or None).
    """

    title: str
    codes: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[Spot | None]]]

    @property
    def names_below(self) -> bool:
        """Whether names of codes would break inside words in so many columns."""
        return len(self.codes) > 4

    @property
    def is_wide(self) -> bool:
        """Whether it has so many codes that no other map fits beside it."""
        return len(self.codes) > 5


def device_maps(scenarios: Mapping[str, Any]) -> list[DeviceMap]:
    """One for each scenario that has a `heat`; wide ones last."""
    found = [
        _map(str(one["title"]), one["heat"]["rows"])
        for one in scenarios.values()
        if one.get("heat")
    ]
    return sorted(found, key=lambda one: one.is_wide)


def _map(title: str, rows: Sequence[Mapping[str, Any]]) -> DeviceMap:
    codes = dict(sorted((row["code"], row["code_name"]) for row in rows))
    spots: dict[str, dict[str, Spot]] = {}
    for row in rows:
        device = f"{row['device']} ({row['kind']})"
        spots.setdefault(device, {}).setdefault(row["code"], Spot()).add(row)
    return DeviceMap(
        title,
        list(codes.items()),
        [(device, [of_code.get(code) for code in codes]) for device, of_code in spots.items()],
    )
