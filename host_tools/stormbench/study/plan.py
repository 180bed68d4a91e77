"""Which runs a study is made of."""

from collections.abc import Mapping, Sequence
from typing import Any

from stormbench.errors import InvalidInput
from stormbench.scenario.shipped import scenario_names
from stormbench.study.job import SCENARIOS, Job
from stormbench.study.sweeps import SWEEPS

REPLICATIONS = 30
"""Of each scenario. With common random numbers 20 to 50 are usual (Law, Simulation Modeling and
Analysis, on comparing two systems); 30 make a t-interval that is near enough a normal one."""


def groups() -> list[str]:
    """What `--only` can name: scenarios and sweeps."""
    return [*scenario_names(), *(sweep.name for sweep in SWEEPS)]


def plan(
    only: Sequence[str] = (),
    replications: int = REPLICATIONS,
    policy: Mapping[str, Any] | None = None,
) -> list[Job]:
    """The runs, the first replication of everything first: a study that is stopped has a bit of
    all.

    Args:
        only: scenarios and sweeps; empty: all.
        replications: of each scenario; a sweep has its own number, and no more than this.
        policy: fields, of every throttle; None: each scenario's own.

    Raises:
        InvalidInput: there is none of that name.
    """
    unknown = [name for name in only if name not in groups()]
    if unknown:
        raise InvalidInput(
            f"--only {unknown[0]}: there is no scenario and no sweep of that name; there are "
            f"{', '.join(groups())}"
        )
    jobs = [
        Job(SCENARIOS, name, (), number, policy)
        for name in scenario_names()
        for number in range(replications)
        if not only or name in only
    ]
    jobs += [
        Job(sweep.name, "", tuple(point.items()), number, policy)
        for sweep in SWEEPS
        for point in sweep.points()
        for number in range(min(sweep.replications, replications))
        if not only or sweep.name in only
    ]
    return sorted(jobs, key=lambda job: job.replication)
