"""Runs of scenarios on hub `sim`, arm by arm, for tests that look inside or change a part.

What is cached is not to be changed: `dataclasses.replace` and `copy.deepcopy` make another.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from stormbench.compare.one_arm import ArmRun
from stormbench.compare.run import Comparison, Instead
from stormbench.dsp.failed_queue import FailedQueue
from stormbench.replay.run import Event, events_of
from stormbench.scenario.model import Scenario
from stormbench.scenario.read import read_scenario
from stormbench.scenario.trace import Alert, trace_of

SCENARIOS = Path(__file__).parent / "scenarios"


@cache
def scenario(name: str) -> Scenario:
    """A scenario of tests/scenarios; `default` is the shipped one."""
    return read_scenario(None if name == "default" else SCENARIOS / f"{name}.toml")


@cache
def trace(name: str) -> list[Alert]:
    """Its trace."""
    return trace_of(scenario(name))


@cache
def arm_runs(name: str) -> dict[str, ArmRun]:
    """Every arm of it."""
    return runs_of(scenario(name), trace(name))


@cache
def report(name: str) -> dict[str, Any]:
    """The report.json that `compare` makes of it."""
    recipe = scenario(name)
    with TemporaryDirectory() as folder:
        return Comparison(recipe, recipe.throttle_policy(), "sim").run(Path(folder)).report


def hub_events(name: str) -> list[Event]:
    """The events of its hubs, where they throttle; of one hub after the other."""
    return [e for home in arm_runs(name)["hub"].homes.values() for e in events_of(home.north)]


def runs_of(
    recipe: Scenario, alerts: list[Alert], failed_queue: FailedQueue | None = None
) -> dict[str, ArmRun]:
    """Every arm of a scenario, with these alerts, and another failed queue if one is given."""
    instead = Instead(trace=alerts, failed_queue=failed_queue)
    comparison = Comparison(recipe, recipe.throttle_policy(), "sim", instead=instead)
    return {run.arm.name: run for run in comparison.arm_runs(lambda arm: ":memory:")}
