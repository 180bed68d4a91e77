"""What the figures that a drawback leans on come to in a report; or why there is none."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from stormbench.study.drawbacks import ALL, WORST, Figure, OfCost, OfScenarios, OfSweep
from stormbench.study.evidence import SIMULATED
from stormbench.study.metrics import BY_PATH, Metric
from stormbench.study.numbers import amount, number
from stormbench.study.sweeps import BY_NAME

Report = Mapping[str, Any]
_FIGURE: TypeAdapter[Figure] = TypeAdapter(Figure)


class Found(NamedTuple):
    """One figure.

    Attributes:
        values: (arm, value with its unit) of each arm; of a cost the arm is empty.
        what: what it is of, and where.
        mark: of `study.evidence`.
        reason: why there are no values; else empty.
    """

    values: tuple[tuple[str, str], ...]
    what: str
    mark: str
    reason: str = ""


def found(figure: Mapping[str, Any], report: Report) -> Found:
    """Look it up.

    Args:
        figure: one of a drawback's `figures`, as report.json has it.
        report: a study's, whole or in part.

    Raises:
        ValueError: no study has such a figure.
    """
    one = _FIGURE.validate_python(dict(figure))
    if isinstance(one, OfCost):
        return _cost(one, report)
    if isinstance(one, OfSweep):
        return _at_a_point(one, report)
    return _in_scenarios(one, report)


def _cost(figure: OfCost, report: Report) -> Found:
    for row in report.get("firmware_cost") or ():
        if row["name"] == figure.cost:
            value = f"{number(row['value'])} {row['unit']}"
            return Found((("", value),), row["what"], row["evidence"])
    return _none("the firmware's cost is not in this report")


def _at_a_point(figure: OfSweep, report: Report) -> Found:
    points = ((report.get("sweeps") or {}).get(figure.sweep) or {}).get("points") or ()
    for point in points:
        if point["at"] == figure.at:
            means = {arm: point["arms"].get(arm, {}).get(figure.metric) for arm in figure.arms}
            return _told(BY_PATH[figure.metric], means, _where(figure))
    return _none(f"the sweep {_in_words(figure.sweep)} was not run")


def _where(figure: OfSweep) -> str:
    axes = {axis.name: axis for axis in BY_NAME[figure.sweep].axes}
    each = (f"{axes[name].title} {axes[name].shown(value)}" for name, value in figure.at.items())
    return f"{', '.join(each)}, in the sweep {_in_words(figure.sweep)}"


def _in_scenarios(figure: OfScenarios, report: Report) -> Found:
    scenarios, metric = report.get("scenarios") or {}, BY_PATH[figure.metric]
    if figure.of == ALL:
        whole = report.get("overall")
        if not whole:
            return _none("this study has no mean of storms")
        count = whole["scenarios"]
        where = "the one storm that was run" if count == 1 else f"mean of {count} storms"
        return _told(metric, _means(whole, figure), where)
    if figure.of == WORST:
        known = {
            name: mean
            for name, one in scenarios.items()
            if one["role"] == "storm" and (mean := _means(one, figure)[figure.arms[0]]) is not None
        }
        if not known:
            return _none("this study has no storm with it")
        name = max(known, key=lambda each: known[each])
        if not known[name]:
            return _told(metric, _means(scenarios[name], figure), "in every storm")
        where = f"the most of a storm: {scenarios[name]['title']}"
        return _told(metric, _means(scenarios[name], figure), where)
    if figure.of not in scenarios:
        return _none(f"the scenario {_in_words(figure.of)} was not run")
    one = scenarios[figure.of]
    return _told(metric, _means(one, figure), f"scenario {one['title']}")


def _means(of: Report, figure: OfScenarios) -> dict[str, float | None]:
    return {arm: of["arms"].get(arm, {}).get(figure.metric, {}).get("mean") for arm in figure.arms}


def _told(metric: Metric, means: Mapping[str, float | None], where: str) -> Found:
    if all(mean is None for mean in means.values()):
        return _none(f"{metric.title}: no run has it ({where})")
    values = tuple((arm, _with_unit(mean, metric)) for arm, mean in means.items())
    return Found(values, f"{metric.title}; {where}", SIMULATED)


def _with_unit(mean: float | None, metric: Metric) -> str:
    text = amount(mean, metric.unit)
    if mean is None or metric.unit in ("ms", "bytes", "share"):
        return text
    return f"{text} {metric.unit}"


def _none(reason: str) -> Found:
    return Found((), "", SIMULATED, reason)


def _in_words(name: str) -> str:
    return name.replace("_", " ")
