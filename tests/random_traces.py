"""Random traces, small worlds in which much happens, and their replay on any virtual hub.

For the tiers that compare hubs with one another: the same trace on two hubs, file by file.
"""

import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ORIGINATORS = [f"00DB12345678{n:04X}" for n in range(4)]
TARGETS = ["90B3D51F30010000", "90B3D51F30020000"]
CODES = ["8F3E", "81A0", "8F66", "FFFF"]
SAMPLE_MODES = ["period", "count", "either", "both"]
WAITS_MS = [0, 0, 1, 5, 10, 100, 1000, 30_000, 2**29]
SPACINGS_MS = [0, 0, 1, 2, 5, 10]
LENGTHS_MS = [5, 10, 20, 50, 100]
EVENTS = [
    "INCIDENT_OPEN",
    "INCIDENT_ESCALATE",
    "INCIDENT_CLOSE",
    "OVERLOAD_START",
    "SUMMARY",
    "OVERLOAD_END",
    "TABLE_FULL",
]


@dataclass(frozen=True)
class RandomReplay:
    """A trace, a policy and the options that a replay of them takes."""

    seed: int
    trace: str
    policy: str
    options: tuple[str, ...]

    def on(self, hub: str, folder: Path) -> tuple[Path, Path]:
        """Replay it on `hub` with the command itself; returns V.csv and E.csv."""
        trace, policy = folder / "trace.csv", folder / "p.toml"
        trace.write_text(self.trace)
        policy.write_text(self.policy)
        out, events = folder / f"v_{hub}.csv", folder / f"e_{hub}.csv"
        files = ["--policy", policy, "--out", out, "--events", events]
        command = [sys.executable, "-m", "stormbench", "replay", str(trace), "--hub", hub]
        ran = subprocess.run(
            [*command, *map(str, files), *self.options], capture_output=True, text=True
        )
        assert ran.returncode == 0, f"seed {self.seed}, hub {hub}: {ran.stderr}"
        return out, events


def random_replay(seed: int, alerts: int = 400) -> RandomReplay:
    """A replay with ties, several devices and codes, tight tables; the same for the same seed.

    Sample modes take turns by seed, and every fourth is in shadow.
    """
    rng = random.Random(f"replay {seed}")
    rows = _rows(rng, alerts)
    last_ms = int(rows[-1].partition(",")[0])
    options = ["--until", str(last_ms + rng.choice([0, 37, 10_000]))]
    options += ["--start-ms", str(rng.choice([0, 12_345, 2**30 - 500]))]
    options += ["--capacity-devices", str(rng.randint(1, 5))]
    options += ["--capacity-keys", str(rng.randint(1, 6))]
    trace = "\n".join(["t_ms,originator,target,code", *rows]) + "\n"
    return RandomReplay(seed, trace, _policy(rng, seed), tuple(options))


def _rows(rng: random.Random, alerts: int) -> list[str]:
    """Storms of 1 to 30 alerts, most of them from the parties of the one before."""
    t_ms = rng.choice([0, 999])
    key = _key(rng)
    rows: list[str] = []
    while len(rows) < alerts:
        t_ms += rng.choice(WAITS_MS)
        if rng.random() < 0.5:
            key = _key(rng)
        spacing_ms = rng.choice(SPACINGS_MS)
        for _ in range(rng.randint(1, 30)):
            rows.append(f"{t_ms},{key}")
            t_ms += spacing_ms
    return rows


def _key(rng: random.Random) -> str:
    return ",".join((rng.choice(ORIGINATORS), rng.choice(TARGETS), rng.choice(CODES)))


def _policy(rng: random.Random, seed: int) -> str:
    amber = rng.randint(0, 3)
    lines = [
        f"device_window_ms = {rng.choice(LENGTHS_MS)}",
        f"amber_threshold = {amber}",
        f"red_threshold = {amber + rng.randint(0, 3)}",
        f"red_clear_threshold = {rng.randint(0, amber)}",
        f"red_clear_windows = {rng.randint(1, 3)}",
        f"code_window_ms = {rng.choice(LENGTHS_MS)}",
        f"code_limit = {rng.randint(0, 3)}",
        "code_clear_limit = 0",
        f"code_clear_windows = {rng.randint(1, 3)}",
        f'sample_mode = "{SAMPLE_MODES[seed % 4]}"',
        f"sample_period_ms = {rng.choice(LENGTHS_MS)}",
        f"sample_every = {rng.randint(1, 6)}",
        f"flush_ms = {rng.choice(LENGTHS_MS)}",
        f"shadow = {str(seed % 4 == 3).lower()}",
        f"excluded_codes = {rng.choice([[], ['8F66']])}",
        "[code_limits]",
        f'"81A0" = {rng.randint(0, 3)}',
    ]
    return "\n".join(lines) + "\n"


def assert_same_rows(ours: Path, theirs: Path, at_least: int = 1) -> None:
    """Fails at the first line that differs, and if there are fewer rows than `at_least`."""
    lines = [path.read_text().splitlines() for path in (ours, theirs)]
    for path, found in zip((ours, theirs), lines, strict=True):
        assert len(found) - 1 >= at_least, f"{path.name}: fewer than {at_least} rows"
    for number, pair in enumerate(zip(*lines, strict=False), 1):
        assert pair[0] == pair[1], f"{ours.name} and {theirs.name} differ in line {number}"
    assert len(lines[0]) == len(lines[1]), f"{ours.name} and {theirs.name}: not of one length"
