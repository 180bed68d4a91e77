"""Runs of scenarios on hub `sim`, arm by arm, for tests that look inside or change a part.

What is cached is not to be changed: `dataclasses.replace` and `copy.deepcopy` make another.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from stormbench.compare.arms import ARMS
from stormbench.compare.hub_pass import HubPass, HubTask, run_hub
from stormbench.compare.one_arm import ArmRun, Course, run_arm
from stormbench.compare.run import Comparison
from stormbench.dsp.failed_queue import FailedQueue
from stormbench.policy_file import plain_policy, shadowed
from stormbench.replay.run import Event, events_of
from stormbench.scenario.absences import failed_queue_of
from stormbench.scenario.model import Scenario
from stormbench.scenario.read import read_scenario
from stormbench.scenario.trace import Alert, trace_of
from stormbench.wan.cell import WanSettings

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
    return [e for hub in arm_runs(name)["hub"].passes.values() for e in events_of(hub.north)]


def runs_of(
    recipe: Scenario, alerts: list[Alert], failed_queue: FailedQueue | None = None
) -> dict[str, ArmRun]:
    """Every arm of a scenario, with these alerts, and another failed queue if one is given."""
    passes = {
        (hub.id, throttles): _pass(recipe, alerts, hub.id, throttles)
        for hub in recipe.hubs
        for throttles in (False, True)
    }
    wan = WanSettings(**recipe.wan.model_dump())
    course = Course(
        alerts,
        recipe.throttle_policy(),
        wan,
        recipe.seed,
        recipe.duration_ms,
        failed_queue=failed_queue or failed_queue_of(recipe),
    )
    updated = {hub.id for hub in recipe.hubs if hub.updated}
    return {
        arm.name: run_arm(
            arm,
            {
                hub.id: passes[hub.id, "hub" in arm.places and hub.id in updated]
                for hub in recipe.hubs
            },
            course,
            ":memory:",
        )
        for arm in ARMS
    }


def _pass(recipe: Scenario, alerts: list[Alert], hub_id: int, throttles: bool) -> HubPass:
    policy = recipe.throttle_policy()
    task = HubTask(
        hub_name="sim",
        hub_id=hub_id,
        uf2=None,
        policy=plain_policy(policy if throttles else shadowed(policy)),
        device_capacity=recipe.tables.device_capacity,
        key_capacity=recipe.tables.key_capacity,
        alerts=tuple((a.at_ms, a.message) for a in alerts if a.hub_id == hub_id),
        end_ms=recipe.duration_ms,
    )
    return run_hub(task)
