"""What the sentences of the answers are made of: figures of a report, looked up and worded."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from stormbench.compare.arms import THROTTLED
from stormbench.study.evidence import SIMULATED
from stormbench.study.in_words import difference_in_words, listed
from stormbench.study.metrics import BY_PATH
from stormbench.study.numbers import amount

Report = Mapping[str, Any]


class Sentence(NamedTuple):
    """One or two of an answer; `evidence` is the weakest of what it rests on."""

    text: str
    evidence: str


def simulated(text: str) -> Sentence:
    """A sentence whose figures are all of runs."""
    return Sentence(text, SIMULATED)


def mean(scenario: Report, arm: str, path: str) -> float | None:
    """Over the replications; None where the arm has no such figure."""
    found = scenario["arms"][arm].get(path)
    return None if found is None else float(found["mean"])


def shown(scenario: Report, arm: str, path: str) -> str:
    """The mean, with its unit."""
    return amount(mean(scenario, arm, path), BY_PATH[path].unit)


def difference(differences: Report, path: str) -> str:
    """Between two arms, with its interval, or that there is none."""
    return difference_in_words(differences[path], BY_PATH[path].unit)


def where(scenarios: Report, arm: str, path: str) -> list[str]:
    """The scenarios in which the figure is there, and not 0."""
    return [name for name, each in scenarios.items() if mean(each, arm, path)]


def with_any_throttle(scenarios: Report, path: str) -> list[str]:
    """Those in which it is not 0 with a throttle at some place."""
    found = {name for arm in THROTTLED for name in where(scenarios, arm, path)}
    return [name for name in scenarios if name in found]


def named(names: Iterable[str]) -> str:
    """Scenarios as one says them."""
    return listed([name.replace("_", " ") for name in names])
