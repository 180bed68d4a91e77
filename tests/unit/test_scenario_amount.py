"""How many alerts a scenario comes to, and that too many are refused before one is drawn."""

import random
from pathlib import Path
from typing import Any

import pytest

from stormbench.errors import InvalidInput
from stormbench.scenario.amount import MOST_ALERTS, alerts_of
from stormbench.scenario.model import Scenario
from stormbench.scenario.read import read_scenario
from stormbench.scenario.times import raised_by
from stormbench.scenario.trace import trace_of

EVER_MS = 2**47
HOUR_MS = 3_600_000
METER = "00DB1234567890A0"
HEAD = f"""name = "large"
duration_ms = {EVER_MS}
devices = [{{ name = "meter", kind = "ESME", originator = "{METER}" }}]
[[phases]]
name = "phase"
device = "meter"
target = "90B3D51F30010000"
"""


def phase_of(**fields: Any) -> Any:
    """A phase of an hour."""
    given = {
        "name": "phase",
        "device": "meter",
        "target": "90B3D51F30010000",
        "code": "8F3E",
        "duration_ms": HOUR_MS,
        **fields,
    }
    if given["shape"] == "flap":
        del given["code"]
    document = {
        "name": "one",
        "duration_ms": EVER_MS,
        "devices": ({"name": "meter", "kind": "ESME", "originator": METER},),
        "phases": (given,),
    }
    return Scenario.model_validate(document).phases[0]


def raised(phase: Any) -> int:
    return len(list(raised_by(phase, {"meter": METER}, random.Random(1))))


@pytest.mark.parametrize(
    "fields",
    [
        {"shape": "periodic", "per_hour": 100},
        {"shape": "periodic", "per_hour": 100, "count": 7},
        {"shape": "burst", "count": 5, "every_ms": 700_000},
        {"shape": "ramp", "from_per_hour": 0, "to_per_hour": 100},
        {"shape": "flap", "codes": ("8006", "8089"), "per_hour": 100, "count": 7},
        {"shape": "poisson", "per_hour": 100, "count": 7},
    ],
)
@pytest.mark.parametrize("also_to", [None, "90B3D51F30020000"])
def test_phase_raises_as_many_as_it_comes_to(fields: dict[str, Any], also_to: str | None) -> None:
    phase = phase_of(**fields, also_to=also_to)
    assert raised(phase) <= alerts_of(phase) <= raised(phase) + 1 + (also_to is not None)


def test_poisson_phase_comes_to_its_mean() -> None:
    phase = phase_of(shape="poisson", per_hour=10_000)
    assert alerts_of(phase) == 10_000
    assert abs(raised(phase) - 10_000) < 500  # five standard deviations


@pytest.mark.parametrize(
    ("line", "field", "fields"),
    [
        (10, "duration_ms", 'shape = "periodic"\ncode = "8F3E"\nduration_ms = 140737488355328'),
        (10, "duration_ms", 'shape = "poisson"\ncode = "8F3E"\nduration_ms = 140737488355328'),
        (10, "duration_ms", 'shape = "flap"\ncodes = ["8006", "8089"]\nduration_ms = 9007199254'),
    ],
)
def test_phase_without_an_end_is_refused_with_its_line(
    tmp_path: Path, line: int, field: str, fields: str
) -> None:
    refusal = refused(tmp_path, f"{fields}\nper_hour = 360_000\n")
    assert refusal.startswith(f":{line}: phases.0.{field}: the phase comes to ")
    assert f"at most {MOST_ALERTS:,} are taken of one scenario" in refusal


def test_burst_that_is_too_large_is_refused_by_its_count(tmp_path: Path) -> None:
    burst = 'shape = "burst"\ncode = "8F3E"\nduration_ms = 1000\ncount = 1_000_000\nevery_ms = 1\n'
    refusal = refused(tmp_path, burst)
    assert refusal.startswith(":11: phases.0.count: the phase comes to 1,000,000,000 alerts")


def test_ramp_that_is_too_long_is_refused(tmp_path: Path) -> None:
    ramp = 'shape = "ramp"\ncode = "8F3E"\nduration_ms = 140737488355328\nfrom_per_hour = 0\n'
    assert "phases.0.duration_ms" in refused(tmp_path, ramp + "to_per_hour = 1\n")


def test_phases_that_are_too_many_together_are_refused_at_the_one_too_much(
    tmp_path: Path,
) -> None:
    half = (
        'shape = "periodic"\ncode = "8F3E"\nper_hour = 360_000\n'
        f"duration_ms = {MOST_ALERTS // 2 * 10}\n"
    )
    second = "[[phases]]\n" + HEAD.partition("[[phases]]\n")[2].replace('"phase"', '"again"')
    refusal = refused(tmp_path, half + second + half)
    assert (
        "phases.1.duration_ms: the phase comes to 125,001 alerts, and with those before" in refusal
    )
    assert "to 250,002; at most" in refusal


def refused(tmp_path: Path, rest: str) -> str:
    """What is said of the scenario, from the line's number on."""
    path = tmp_path / "s.toml"
    path.write_text(HEAD + rest)
    with pytest.raises(InvalidInput) as refusal:
        read_scenario(path)
    return str(refusal.value).removeprefix(str(path))


@pytest.mark.parametrize("shape", ["periodic", "poisson"])
def test_count_ends_a_phase_that_would_never_end_by_itself(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "s.toml"
    rest = f'shape = "{shape}"\ncode = "8F3E"\nper_hour = 360_000\ncount = 5\n'
    path.write_text(HEAD + rest + f"duration_ms = {EVER_MS}\n")
    assert len(trace_of(read_scenario(path))) == 5


@pytest.mark.parametrize("jitter_ms", [0, 1, 35_999, 36_000, 500_000])
def test_count_takes_the_first_of_those_that_are_late_by_chance(jitter_ms: int) -> None:
    fields = {"shape": "periodic", "per_hour": 100, "jitter_ms": jitter_ms}
    few, all_of_them = (
        [each.at_ms for each in raised_by(phase, {"meter": METER}, random.Random(5))]
        for phase in (phase_of(**fields, count=9), phase_of(**fields))
    )
    assert few == all_of_them[:9]


def test_burst_is_late_by_chance_and_its_alerts_stay_together() -> None:
    phase = phase_of(shape="burst", count=2, every_ms=600_000, gap_ms=100, jitter_ms=60_000)
    times = [each.at_ms for each in raised_by(phase, {"meter": METER}, random.Random(1))]
    late = [at_ms - 600_000 * number for number, at_ms in enumerate(times[::2])]
    assert len(set(late)) == 6 and all(0 <= each <= 60_000 for each in late)
    assert [after - before for before, after in zip(times[::2], times[1::2], strict=True)] == (
        [100] * 6
    )
