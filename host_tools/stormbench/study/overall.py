"""All storms together: of each replication the mean over them, and their differences."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stormbench.compare.arms import ARMS
from stormbench.study.metrics import METRICS, value
from stormbench.study.statistics import difference, in_json, interval
from stormbench.study.summary import PAIRS, Run


def overall(runs: Iterable[Run]) -> dict[str, Any] | None:
    """Means over scenarios; only replications that every one of them has count.

    Args:
        runs: of the scenarios to be taken together, and of no sweep.

    Returns:
        `scenarios` and `replications`, how many; `arms` and `differences` as each scenario has
        them. None where there is no whole replication.
    """
    by_number: dict[int, list[Run]] = {}
    names = set()
    for run in runs:
        by_number.setdefault(run["replication"], []).append(run)
        names.add(run["scenario"])
    whole = [by_number[number] for number in sorted(by_number)]
    whole = [each for each in whole if len(each) == len(names)]
    if not whole:
        return None
    means = {
        arm.name: {metric.path: _means(whole, arm.name, metric.path) for metric in METRICS}
        for arm in ARMS
    }
    return {
        "scenarios": len(names),
        "replications": len(whole),
        "arms": {
            arm: {path: in_json(interval(values)) for path, values in of.items() if values}
            for arm, of in means.items()
        },
        "differences": {
            f"{of}-{less}": _differences(means[of], means[less]) for of, less in PAIRS
        },
    }


def _means(whole: Sequence[Sequence[Run]], arm: str, path: str) -> list[float]:
    """For each replication the mean over its scenarios that have the figure."""
    means = []
    for runs in whole:
        found = [value(run["arms"][arm], path) for run in runs]
        known = [each for each in found if each is not None]
        if known:
            means.append(sum(known) / len(known))
    return means


def _differences(
    of: Mapping[str, Sequence[float]], less: Mapping[str, Sequence[float]]
) -> dict[str, Any]:
    return {
        path: in_json(difference(values, less[path]))
        for path, values in of.items()
        if values and len(values) == len(less[path])
    }
