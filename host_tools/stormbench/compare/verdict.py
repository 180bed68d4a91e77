"""Where the throttle is best placed, computed from the figures of a report and nothing else.

The harms of a storm are compared one after another, the gravest first; of each, the arms that are
as good as the best stay in the race. If all arms are left, no throttle is needed: `none`. If
several are left, and one of them has its throttles where each of the others has one too, it does
the same with less: it is the answer. Otherwise the figures do not tell them apart.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stormbench.compare.arms import BY_NAME

NO_DIFFERENCE = "no difference"

_Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Harm:
    """One way in which an arm can be worse.

    Two values differ if they are further apart than `absolute` and than `share` of the larger.
    `sentence` is given {value} of the best arm and {other} of one that is worse, both as text.
    """

    metric: str
    value: Callable[[_Figures, _Figures], float]
    absolute: float
    share: float
    sentence: str
    unit: str = ""

    def differs(self, a: float, b: float) -> bool:
        """Whether the difference is large enough to count."""
        return abs(a - b) > max(self.absolute, self.share * max(abs(a), abs(b)))

    def shown(self, value: float) -> str:
        """A value for people."""
        if self.unit == "ms":
            return f"{value / 1000:,.1f} s"
        if self.unit == "share":
            return f"{100 * value:.0f} %"
        return f"{value:,.0f}"


def _wan_load(arm: _Figures, report: _Figures) -> float:
    """Offered to the WAN, as a share of what it carries in the whole run."""
    capacity = report["wan"]["bytes_per_s"] * report["scenario"]["duration_ms"] / 1000
    return float(arm["hops"]["wan"]["bytes"]) / capacity


# Gravest first. The tolerances are chosen: a second and a tenth is what a person would notice, a
# twentieth of the Users' traffic is noise between seeds, and a WAN is not short of room while the
# load differs by less than a quarter of what it carries.
HARMS = (
    Harm(
        "other_alert_delay_ms.lost",
        lambda arm, report: arm["other_alert_delay_ms"]["lost"],
        0,
        0,
        "{value} alerts of other devices and codes were lost on the WAN, against {other}",
    ),
    Harm(
        "first_alert_delay_ms.lost",
        lambda arm, report: arm["first_alert_delay_ms"]["lost"],
        0,
        0,
        "{value} kinds of alert never reached a User, against {other}",
    ),
    Harm(
        "other_alert_delay_ms.p99",
        lambda arm, report: arm["other_alert_delay_ms"]["p99"],
        1000,
        0.1,
        "alerts that belong to no storm waited {value} at the 99th percentile, against {other}",
        "ms",
    ),
    Harm(
        "hops.user.alerts",
        lambda arm, report: arm["hops"]["user"]["alerts"],
        0,
        0.05,
        "Users got {value} alerts to deal with, against {other}",
    ),
    Harm(
        "false_suppressed",
        lambda arm, report: arm["false_suppressed"],
        0,
        0,
        "{value} alerts of no storm were suppressed, against {other}",
    ),
    Harm(
        "wan_load",
        _wan_load,
        0.25,
        0,
        "the storm and all else took {value} of what the WAN carries, against {other}",
        "share",
    ),
)


def judge(report: _Figures) -> dict[str, Any]:
    """The verdict on a report's `arms`: its sentence, its place, and because of what.

    Args:
        report: with `arms`, `wan` and `scenario` as in report.json.
    """
    racing = list(report["arms"])
    because: list[dict[str, Any]] = []
    clauses: list[str] = []
    for harm in HARMS:
        values = {name: harm.value(report["arms"][name], report) for name in racing}
        best = min(racing, key=lambda name: values[name])
        beaten = [name for name in racing if harm.differs(values[name], values[best])]
        because += [_reason(harm.metric, best, name, values) for name in beaten]
        if beaten:
            worst = max(beaten, key=lambda name: values[name])
            clauses.append(_clause(harm, best, worst, values))
        racing = [name for name in racing if name not in beaten]
    place = _place(racing)
    return {"sentence": _sentence(place, racing, clauses), "place": place, "because": because}


def _place(racing: Iterable[str]) -> str:
    left = [BY_NAME[name] for name in racing]
    for arm in left:
        if all(arm.places <= other.places for other in left):
            return arm.name
    return NO_DIFFERENCE


def _reason(metric: str, arm: str, other_arm: str, values: Mapping[str, float]) -> dict[str, Any]:
    return {
        "metric": metric,
        "arm": arm,
        "other_arm": other_arm,
        "value": values[arm],
        "other_value": values[other_arm],
    }


def _clause(harm: Harm, best: str, worst: str, values: Mapping[str, float]) -> str:
    text = harm.sentence.format(value=harm.shown(values[best]), other=harm.shown(values[worst]))
    return f"{text} under {worst}"


_OPENINGS = {
    "none": "No throttle is needed here",
    "hub": "The throttle is best placed at the hub",
    "dsp": "The throttle is best placed at the DSP",
    "layered": "A throttle at the hub and one at the DSP behind it do best",
    NO_DIFFERENCE: "The figures do not say where to place the throttle",
}


def _sentence(place: str, racing: list[str], clauses: list[str]) -> str:
    opening = _OPENINGS[place]
    if place == NO_DIFFERENCE:
        opening += f": {' and '.join(racing)} come to the same"
    if not clauses:
        return f"{opening}: the arms do not differ in anything that harms anybody."
    return f"{opening}: {'; '.join(clauses)}."
