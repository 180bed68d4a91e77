"""A small study for tests: a storm three times, a control twice, and a corner of a sweep.

What is cached is not to be changed: `copy.deepcopy` makes another.
"""

import copy
from functools import cache
from typing import Any

from stormbench.study.identity import identity
from stormbench.study.job import SCENARIOS, Job, run_job
from stormbench.study.report import study_report

STORM, CONTROL = "stuck_tamper_sensor", "install_day"
CORNER = ({"bytes_per_s": 5, "storm_per_hour": 120}, {"bytes_per_s": 640, "storm_per_hour": 120})


@cache
def runs() -> list[dict[str, Any]]:
    """Of every job of it."""
    jobs = [Job(SCENARIOS, name, (), number) for name in (STORM, CONTROL) for number in (0, 1)]
    jobs.append(Job(SCENARIOS, STORM, (), 2))
    jobs += [Job("break_even", "", tuple(point.items()), 0) for point in CORNER]
    return [run_job(job) for job in jobs]


@cache
def report() -> dict[str, Any]:
    """Its report."""
    return study_report(runs(), identity(None), "stormbench study")


def changed_runs() -> list[dict[str, Any]]:
    """The runs, to be changed."""
    return copy.deepcopy(runs())


def report_of(changed: list[dict[str, Any]]) -> dict[str, Any]:
    """The report of runs that were changed."""
    return study_report(changed, identity(None), "stormbench study")


def claim(found: dict[str, Any], start: str) -> dict[str, Any]:
    """The claim that begins like this."""
    (one,) = [each for each in found["claims"] if each["claim"].startswith(start)]
    return one
