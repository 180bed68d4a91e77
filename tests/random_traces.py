"""Random traces, small worlds in which much happens, and their replay on any virtual hub.

For the tiers that compare hubs with one another: the same trace on two hubs, file by file, or in
this process with one hub after the other through many replays.
"""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from commshub.policy import Policy
from stormbench.link.client import HubClient
from stormbench.link.northbound import Report
from stormbench.policy_file import frame_values, read_policy
from stormbench.replay.run import Event, Session, Setting, events_of
from stormbench.replay.trace_file import Row, read_trace

ORIGINATORS = [f"00DB12345678{n:04X}" for n in range(4)]
TARGETS = ["90B3D51F30010000", "90B3D51F30020000"]
CODES = ["8F3E", "81A0", "8F66", "FFFF"]
SAMPLE_MODES = ["period", "count", "either", "both"]
WAITS_MS = [0, 0, 1, 5, 10, 100, 1000, 30_000, 2**29]
SPACINGS_MS = [0, 0, 1, 2, 5, 10]
LENGTHS_MS = [5, 10, 20, 50, 100]
# For hubs on which a save is dear: so long that not every alert begins or ends something.
LONG_LENGTHS_MS = [200, 1000, 5000, 20_000]
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

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The options, each with its value."""
        return zip(self.options[::2], self.options[1::2], strict=True)

    def setting(self, policy: Path) -> Setting:
        """What the options say, and the policy in a file."""
        said: dict[str, list[int]] = {}
        for name, value in self.pairs():
            said.setdefault(name, []).append(int(value))
        return Setting(
            read_policy(policy),
            said["--start-ms"][0],
            said["--until"][0],
            said["--capacity-devices"][0],
            said["--capacity-keys"][0],
            tuple(said.get("--reset-at", ())),
        )

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


def random_replay(
    seed: int, alerts: int = 400, resets: int = 0, lengths_ms: list[int] = LENGTHS_MS
) -> RandomReplay:
    """A replay with ties, several devices and codes, tight tables; the same for the same seed.

    Sample modes take turns by seed, and every fourth is in shadow. Power is cut `resets` times,
    at alerts, just before and after them, and when something may be due.
    """
    rng = random.Random(f"replay {seed}")
    rows = _rows(rng, alerts)
    last_ms = int(rows[-1].partition(",")[0])
    until_ms = last_ms + rng.choice([0, 37, 10_000])
    options = ["--until", str(until_ms)]
    options += ["--start-ms", str(rng.choice([0, 12_345, 2**30 - 500]))]
    options += ["--capacity-devices", str(rng.randint(1, 5))]
    options += ["--capacity-keys", str(rng.randint(1, 6))]
    trace = "\n".join(["t_ms,originator,target,code", *rows]) + "\n"
    policy = _policy(rng, seed, lengths_ms)
    for at_ms in _reset_times(seed, rows, until_ms, resets, lengths_ms):
        options += ["--reset-at", str(at_ms)]
    return RandomReplay(seed, trace, policy, tuple(options))


def _reset_times(
    seed: int, rows: list[str], until_ms: int, resets: int, lengths_ms: list[int]
) -> Iterator[int]:
    rng = random.Random(f"resets {seed}")
    times_ms = [int(row.partition(",")[0]) for row in rows]
    for _ in range(resets):
        off_ms = rng.choice(
            [0, -1, 1, *lengths_ms]
        )  # a window that began with the alert ends then
        yield min(max(rng.choice(times_ms) + off_ms, times_ms[0]), until_ms)


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


def _policy(rng: random.Random, seed: int, lengths_ms: list[int]) -> str:
    amber = rng.randint(0, 3)
    lines = [
        f"device_window_ms = {rng.choice(lengths_ms)}",
        f"amber_threshold = {amber}",
        f"red_threshold = {amber + rng.randint(0, 3)}",
        f"red_clear_threshold = {rng.randint(0, amber)}",
        f"red_clear_windows = {rng.randint(1, 3)}",
        f"code_window_ms = {rng.choice(lengths_ms)}",
        f"code_limit = {rng.randint(0, 3)}",
        "code_clear_limit = 0",
        f"code_clear_windows = {rng.randint(1, 3)}",
        f'sample_mode = "{SAMPLE_MODES[seed % 4]}"',
        f"sample_period_ms = {rng.choice(lengths_ms)}",
        f"sample_every = {rng.randint(1, 6)}",
        f"flush_ms = {rng.choice(lengths_ms)}",
        f"shadow = {str(seed % 4 == 3).lower()}",
        f"excluded_codes = {rng.choice([[], ['8F66']])}",
        "[code_limits]",
        f'"81A0" = {rng.randint(0, 3)}',
    ]
    return "\n".join(lines) + "\n"


@dataclass
class Found:
    """What one hub made of a replay, in full."""

    verdicts: list[tuple[str, Report | None]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)

    def tally(self) -> Counter[str]:
        """How often what happened."""
        full = [f"{event.event} {event.level}" for event in self.events if event.level]
        names = [event.event for event in self.events]
        return Counter([verdict for verdict, _ in self.verdicts] + names + full)


@dataclass(frozen=True)
class LiveReplay:
    """A random replay on a hub that is there, with a new policy in the middle of the trace."""

    seed: int
    rows: list[Row]
    setting: Setting
    second_policy: Policy
    second_from: int

    def on(self, client: HubClient) -> Found:
        """Replay it; the hub keeps what it has counted before."""
        found = Found()
        session = Session(client, self.rows[0], self.setting)
        for number, row in enumerate(self.rows):
            if number == self.second_from:
                session.come_to(row.t_ms)
                found.events += events_of(client.set_policy(frame_values(self.second_policy)))
            found.verdicts.append(session.judge(row))
        session.come_to(self.setting.until_ms or self.rows[-1].t_ms)
        found.events += session.events
        counters = client.counters()
        found.counters = {name: value for name, value in counters.items() if name != "boot_id"}
        return found


def live_replay(seed: int, folder: Path, alerts: int = 200) -> LiveReplay:
    """A replay with long lengths; every third has power cuts. The second policy is of seed + 1."""
    replay = random_replay(seed, alerts, resets=2 * (seed % 3 == 0), lengths_ms=LONG_LENGTHS_MS)
    second = random_replay(seed + 1, 1, lengths_ms=LONG_LENGTHS_MS)
    files = [folder / name for name in ("trace.csv", "first.toml", "second.toml")]
    for file, text in zip(files, (replay.trace, replay.policy, second.policy), strict=True):
        file.write_text(text)
    rows = read_trace(files[0])
    return LiveReplay(
        seed, rows, replay.setting(files[1]), read_policy(files[2]), len(rows) * 2 // 3
    )


def assert_alike(ours: HubClient, theirs: HubClient, replay: LiveReplay) -> Counter[str]:
    """Fails at the first alert, event or counter that differs; returns what happened."""
    expected, found = replay.on(ours), replay.on(theirs)
    for number, pair in enumerate(zip(expected.verdicts, found.verdicts, strict=True)):
        assert pair[0] == pair[1], f"seed {replay.seed}: verdict of row {number}"
    for number, events in enumerate(zip(expected.events, found.events, strict=False)):
        assert events[0] == events[1], f"seed {replay.seed}: event {number}"
    assert len(expected.events) == len(found.events), f"seed {replay.seed}"
    assert expected.counters == found.counters, f"seed {replay.seed}"
    return expected.tally()


def assert_all_happened(tally: Counter[str]) -> None:
    """Nothing was alike only because it never came about."""
    needed = {*EVENTS, "PASS", "SAMPLE", "SUPPRESS", "TABLE_FULL device", "TABLE_FULL key"}
    assert needed <= set(tally), needed - set(tally)


def assert_same_rows(ours: Path, theirs: Path, at_least: int = 1) -> None:
    """Fails at the first line that differs, and if there are fewer rows than `at_least`."""
    lines = [path.read_text().splitlines() for path in (ours, theirs)]
    for path, found in zip((ours, theirs), lines, strict=True):
        assert len(found) - 1 >= at_least, f"{path.name}: fewer than {at_least} rows"
    for number, pair in enumerate(zip(*lines, strict=False), 1):
        assert pair[0] == pair[1], f"{ours.name} and {theirs.name} differ in line {number}"
    assert len(lines[0]) == len(lines[1]), f"{ours.name} and {theirs.name}: not of one length"
