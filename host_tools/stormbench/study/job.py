"""One run of a study: a scenario with one seed, in every arm that is asked for, on hub `sim`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commshub.policy import Policy
from stormbench.compare.arms import ARMS, BY_NAME
from stormbench.compare.run import Comparison, Instead
from stormbench.policy_file import plain_policy, policy_of
from stormbench.scenario.model import Scenario
from stormbench.scenario.read import read_scenario
from stormbench.scenario.shipped import scenario_path
from stormbench.study import sweeps
from stormbench.study.close_up import close_up
from stormbench.study.sweeps import Value

HUB = "sim"
SCENARIOS = "scenarios"
"""The group of the scenarios as they are; every other is a sweep's."""


@dataclass(frozen=True)
class Job:
    """Plain values, so that another process can do it.

    Attributes:
        group: `scenarios`, or a sweep's name.
        scenario: a name of the library; empty in a sweep.
        point: (axis, value) of a sweep.
        replication: from 0 on; 0 has the scenario's own seed, each other the next one.
        policy: fields, of every throttle, instead of the scenario's own; None: its own.
    """

    group: str
    scenario: str
    point: tuple[tuple[str, Value], ...]
    replication: int
    policy: Mapping[str, Any] | None = None

    @property
    def key(self) -> str:
        """What no other job of a study has."""
        return json.dumps([self.group, self.scenario, self.point, self.replication])


def run_job(job: Job) -> dict[str, Any]:
    """What came of it, as JSON has it.

    Returns:
        `key`, `group`, `scenario`, `point` by axis, `replication`, `seed`, `alerts`,
        `place` of the verdict, `arms` and `expectations` as in report.json; of the first
        replication of a scenario `close_up` as well: see `study.close_up`.
    """
    scenario, policy, arms = _task(job)
    instead = Instead(arms=[BY_NAME[name] for name in arms])
    comparison = Comparison(scenario, policy, HUB, instead=instead)
    compared = comparison.run(None)
    report = compared.report
    run = {
        "key": job.key,
        "group": job.group,
        "scenario": job.scenario,
        "point": dict(job.point),
        "replication": job.replication,
        "seed": scenario.seed,
        "alerts": report["scenario"]["alerts"],
        "place": report["verdict"]["place"],
        "arms": report["arms"],
        "expectations": report["expectations"],
    }
    if job.group == SCENARIOS and job.replication == 0:
        run["close_up"] = close_up(scenario, compared)
    return run


def _task(job: Job) -> tuple[Scenario, Policy, tuple[str, ...]]:
    if job.group == SCENARIOS:
        scenario = read_scenario(scenario_path(job.scenario))
        seed = scenario.seed + job.replication
        scenario = scenario.model_copy(update={"seed": seed})
        return scenario, _policy(job, scenario), tuple(arm.name for arm in ARMS)
    sweep, point = sweeps.BY_NAME[job.group], dict(job.point)
    scenario = sweep.recipe(point, job.replication)
    fields = {
        name: int(point[axis]) for axis, names in sweep.policy_axes.items() for name in names
    }
    policy = _policy(job, scenario)
    if fields:
        policy = policy_of(_fitting({**plain_policy(policy), **fields}), "policy of a sweep")
    # A bound of the scenario says nothing about another rate or another policy.
    return scenario.model_copy(update={"expect": ()}), policy, sweep.arms


def _policy(job: Job, scenario: Scenario) -> Policy:
    return policy_of(job.policy, "policy") if job.policy else scenario.throttle_policy()


def _fitting(fields: dict[str, Any]) -> dict[str, Any]:
    """The lesser thresholds no higher than they may be (firmware/MECHANISM.md, section 2)."""
    fields["amber_threshold"] = min(fields["amber_threshold"], fields["red_threshold"])
    fields["red_clear_threshold"] = min(fields["red_clear_threshold"], fields["amber_threshold"])
    fields["code_clear_limit"] = min(fields["code_clear_limit"], fields["code_limit"])
    return fields
