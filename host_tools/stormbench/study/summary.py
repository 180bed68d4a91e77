"""From the runs of a study to its figures: means, differences and verdicts, nothing in words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stormbench.compare.arms import ARMS
from stormbench.scenario.read import read_scenario
from stormbench.scenario.shipped import scenario_path
from stormbench.study.job import SCENARIOS
from stormbench.study.metrics import METRICS, value
from stormbench.study.statistics import difference, in_json, interval
from stormbench.study.sweeps import BY_NAME, Sweep

Run = Mapping[str, Any]
"""As `study.job.run_job` returns it."""

PAIRS = (
    *((arm.name, "none") for arm in ARMS if arm.name != "none"),
    ("hub", "dsp"),
    ("device", "hub"),
    ("layered", "hub"),
)
"""Arms whose difference is taken, the one less the other."""


def summary(runs: Iterable[Run]) -> dict[str, Any]:
    """What a study found, as far as it went.

    Returns:
        `scenarios`, by name, and `sweeps`, by name; of each only what has a run.
    """
    by_group: dict[str, dict[str, list[Run]]] = {}
    for run in runs:
        by_group.setdefault(run["group"], {}).setdefault(run["scenario"], []).append(run)
    of_scenarios = by_group.pop(SCENARIOS, {})
    return {
        "scenarios": {
            name: _scenario(name, _in_order(of_scenarios[name])) for name in sorted(of_scenarios)
        },
        "sweeps": {
            name: _sweep(sweep, by_group[name][""])
            for name, sweep in BY_NAME.items()
            if name in by_group
        },
    }


def _in_order(runs: Iterable[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: run["replication"])


def _scenario(name: str, runs: Sequence[Run]) -> dict[str, Any]:
    recipe = read_scenario(scenario_path(name))
    cause = recipe.cause
    return {
        "title": recipe.name,
        "what": cause.what if cause else "",
        "evidence": cause.evidence if cause else "assumed",
        "source": cause.source if cause else "",
        "has_storm": any(phase.storm for phase in recipe.phases),
        "role": cause.role if cause else "storm",
        "wan": recipe.wan.model_dump(),
        "replications": len(runs),
        "seeds": [run["seed"] for run in runs],
        "alerts": in_json(interval([run["alerts"] for run in runs])),
        "places": dict(Counter(run["place"] for run in runs).most_common()),
        "bounds": {
            "of": len(recipe.expect),
            "met": [sum(held["met"] for held in run["expectations"]) for run in runs],
        },
        "arms": {
            arm.name: {
                metric.path: in_json(interval(values))
                for metric in METRICS
                if (values := _values(runs, arm.name, metric.path))
            }
            for arm in ARMS
        },
        "differences": {f"{of}-{less}": _differences(runs, of, less) for of, less in PAIRS},
    }


def _values(runs: Sequence[Run], arm: str, path: str) -> list[float]:
    values = (value(run["arms"][arm], path) for run in runs)
    return [found for found in values if found is not None]


def _differences(runs: Sequence[Run], of: str, less: str) -> dict[str, Any]:
    found = {}
    for metric in METRICS:
        pairs = [
            (mine, other)
            for run in runs
            if (mine := value(run["arms"][of], metric.path)) is not None
            and (other := value(run["arms"][less], metric.path)) is not None
        ]
        if pairs:
            mine_all, other_all = zip(*pairs, strict=True)
            found[metric.path] = in_json(difference(mine_all, other_all))
    return found


def _sweep(sweep: Sweep, runs: Sequence[Run]) -> dict[str, Any]:
    points = []
    for point in sweep.points():
        at = [run for run in _in_order(runs) if run["point"] == point]
        if at:
            points.append(
                {
                    "at": point,
                    "replications": len(at),
                    "places": dict(Counter(run["place"] for run in at).most_common()),
                    "arms": {
                        arm: {
                            metric.path: interval(values).mean
                            for metric in METRICS
                            if (values := _values(at, arm, metric.path))
                        }
                        for arm in sweep.arms
                    },
                }
            )
    return {
        "question": sweep.question,
        "axes": [
            {"name": axis.name, "title": axis.title, "unit": axis.unit, "values": axis.values}
            for axis in sweep.axes
        ],
        "arms": sweep.arms,
        "points": points,
    }
