"""How fast saving wears the flash of a Pico: `python tests/bench/flash_wear.py`, some 6 minutes.

Two measurements. Erases for each save are counted on the emulated Pico, under the real image, for
a table with one key, which fits into littlefs's directory, and for full tables (16 devices, 128
overloaded keys), which take blocks of their own. How they spread over the flash shows only in the
long run, because littlefs moves its directory on after some 100 erases of a block: so the same
files are then saved some 100,000 times with littlefs alone, in MicroPython's Unix port
(`littlefs_wear.py`), and the busiest sector is the one of that run. The two must agree on the
erases for each save, or it says so.

How many saves a day has follows from the policy's defaults:

(a) The worst storm. While an incident is open a save is due each `save_interval_ms` after the
    last: 86,400 / 10 = 8,640. Each begin and end adds one. A window in which an overload begins
    has more than `code_limit` alerts, so it is not quiet; three quiet ones must follow. So a place
    in the table of keys sees at most a begin and an end in 4 code windows of 600 s, 36 times a
    day: 128 * 2 * 36 = 9,216. An incident is the same in device windows: 16 * 2 * 36 = 1,152.
    Last, a save is owed for each 64 reports of an overload, of which there are at most two in a
    sample period (a copy and a flush): 128 * 2 * 144 / 64 = 576. Together 19,584, if all begins
    and ends fall between the regular saves; a bound, not a scenario.
(b) Resets every 3 s: 28,800 boots, a save at each, none after it: 3 s are less than
    `save_interval_ms`. The tables are the worst that can be resumed.
(c) A quiet year: no incident, so no save but the one at each boot; reckoned with a boot a day.

A sector lasts 100,000 erases (W25Q16JV data sheet, "Min. 100K Program-Erase cycles per sector").
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for what tests share

from commshub.policy import Policy
from full_tables import DEVICES, KEYS, overload
from stormbench.hub.emulated import open_emulated
from stormbench.hub.sim import SimPort
from stormbench.hub.unix import interpreter
from stormbench.link.client import HubClient
from stormbench.study.flash_wear import ENDURANCE_ERASES, Wear, storm_saves_a_day

DAY_S = 86_400
LONG_RUN_SAVES = 200_000
LARGEST_DIFFERENCE = 0.1  # of erases a save, between a short sample and the long run

POLICY = Policy()
STORM_SAVES_A_DAY = storm_saves_a_day(POLICY)
RESET_EVERY_S = 3


@dataclass
class Sample:
    """What so many saves did to the flash."""

    saves: int
    erases: Counter[int]

    @property
    def a_save(self) -> float:
        """Erases of all sectors."""
        return self.erases.total() / self.saves

    @property
    def busiest_share(self) -> float:
        """Of all erases, those of the busiest sector."""
        return max(self.erases.values()) / self.erases.total()


def on_emulated(keys_each: int, devices: int, saves: int, boots: int) -> tuple[Sample, Sample]:
    """A save each `save_interval_ms`, then power cuts every 3 s with the one save of each boot."""
    port = open_emulated(None, hub_id=1)
    client = HubClient(port)
    overload(client, keys_each, devices)

    def storm() -> int:
        before = client.counters()["saves"]
        for _ in range(saves):
            port.pico.run_for_us(POLICY.save_interval_ms * 1000)
        return client.counters()["saves"] - before

    def resets() -> int:
        for _ in range(boots):
            client.power_cut()
            port.pico.run_for_us(RESET_EVERY_S * 1_000_000)
            assert client.counters()["saves"] == 1, "a hub saves once in 3 s"
        return boots

    def sample(work: Callable[[], int]) -> Sample:
        before = Counter(port.pico.flash_erases)
        begun_s = time.monotonic()
        made = work()
        print(
            f"  {made} saves in {time.monotonic() - begun_s:.0f} s of wall time", file=sys.stderr
        )
        return Sample(made, port.pico.flash_erases - before)

    both = sample(storm), sample(resets)
    client.close()
    return both


def save_bytes(keys_each: int, devices: int) -> int:
    """How long the file is."""
    port = SimPort()
    overload(HubClient(port), keys_each, devices)
    return len(port._saved.read() or b"")


def in_the_long_run(octets: int, saves_a_boot: int) -> Sample:
    """littlefs alone."""
    script = Path(__file__).with_name("littlefs_wear.py")
    numbers = octets, LONG_RUN_SAVES, saves_a_boot, 1
    command = [interpreter(), "-X", "heapsize=8m", str(script), *map(str, numbers)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Sample(LONG_RUN_SAVES, Counter(dict(enumerate(json.loads(said)))))


def report(case: str, saves_a_day: int, seen: Sample, long_run: Sample) -> None:
    """One case, as a day of it and as years."""
    erases_a_day = long_run.a_save * saves_a_day
    years = Wear(long_run.a_save, long_run.busiest_share).years(saves_a_day)
    print(
        f"{case}: {seen.erases.total()} erases in {seen.saves} saves on the emulated Pico, "
        f"{seen.a_save:.3f} a save; in the long run {long_run.a_save:.3f}; {saves_a_day} saves "
        f"and {erases_a_day:.0f} erases a day; busiest of {len(+long_run.erases)} sectors "
        f"{long_run.busiest_share:.2%} of them; {years:.1f} years to {ENDURANCE_ERASES} erases"
    )
    if abs(seen.a_save - long_run.a_save) > LARGEST_DIFFERENCE * max(1, long_run.a_save):
        print("  THE TWO DO NOT AGREE: do not use the years")


def main() -> None:
    """Measure, and print a line for each case."""
    resets_a_day = DAY_S // RESET_EVERY_S
    # Of keys, devices, saves and boots; a boot with full tables takes 20 s of wall time.
    for name, shape, saves, boots in (
        ("one key", (1, 1), 160, 12),
        ("full tables", (KEYS // DEVICES, DEVICES), 30, 4),
    ):
        storm, resets = on_emulated(*shape, saves, boots)
        octets = save_bytes(*shape)
        print(f"{name}: a save has {octets} bytes")
        report(f"(a) storm, {name}", STORM_SAVES_A_DAY, storm, in_the_long_run(octets, 0))
        booted = in_the_long_run(octets, 1)
        report(f"(b) resets every 3 s, {name}", resets_a_day, resets, booted)
        if name == "one key":
            report("(c) quiet, a boot a day", 1, resets, booted)


if __name__ == "__main__":
    main()
