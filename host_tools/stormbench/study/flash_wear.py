"""How long the flash of a hub lasts: arithmetic over what `tests/bench/flash_wear.py` measures.

That script says why so many saves a day are the most that there can be, and reckons with this.
"""

from dataclasses import dataclass

from commshub.policy import Policy
from commshub.throttle import HUB_DEVICE_CAPACITY, HUB_KEY_CAPACITY

ENDURANCE_ERASES = 100_000
"""Of a sector: W25Q16JV data sheet, "Min. 100K Program-Erase cycles per sector"."""
DAYS_A_YEAR = 365.25
_DAY_MS = 86_400_000
_REPORTS_A_SAVE = 64
"""A save is owed for each so many reports of an overload."""
FORMULA = "erases a sector lasts / (saves a day x erases a save x share of the busiest sector)"


@dataclass(frozen=True)
class Wear:
    """What saving does to the flash; measured, see firmware/README.md, "Flash wear".

    Attributes:
        erases_a_save: of all sectors.
        busiest_share: of all erases, those of the busiest sector.
    """

    erases_a_save: float
    busiest_share: float

    def years(self, saves_a_day: float) -> float:
        """Until the busiest sector has had its erases."""
        busiest_a_day = saves_a_day * self.erases_a_save * self.busiest_share
        return ENDURANCE_ERASES / busiest_a_day / DAYS_A_YEAR


ONE_KEY = Wear(0.125, 0.0040)
FULL_TABLES = Wear(3.06, 0.0029)
"""16 devices and 128 keys. Both of 200,000 saves with littlefs in MicroPython's Unix port."""


def storm_saves_a_day(policy: Policy) -> int:
    """The most that storms without a break can cause: a bound, and no scenario."""
    cycles = _DAY_MS // (4 * policy.code_window_ms)
    reports = 2 * (_DAY_MS // policy.sample_period_ms)
    return (
        _DAY_MS // policy.save_interval_ms
        + (HUB_KEY_CAPACITY + HUB_DEVICE_CAPACITY) * 2 * cycles
        + HUB_KEY_CAPACITY * reports // _REPORTS_A_SAVE
    )
