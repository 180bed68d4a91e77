"""Where the throttle is best placed, computed from the figures of a report and nothing else.

The harms of a storm are compared one after another, the gravest first; of each, the arms that are
as good as the best stay in the race. If all arms are left, no throttle is needed: `none`. If
several are left, and one of them takes nothing that any of the others does not take too, it does
the same with less: it is the answer. Otherwise the figures do not tell them apart.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
        return bool(abs(a - b) > max(self.absolute, self.share * max(abs(a), abs(b))))

    def at(self, time_scale: float) -> "Harm":
        """The same harm in a run whose times are divided by a time scale."""
        if self.unit != "ms":
            return self
        return replace(self, absolute=self.absolute / time_scale)

    def shown(self, value: float) -> str:
        """A value for people."""
        if self.unit == "ms":
            return f"{value / 1000:,.1f} s"
        if self.unit == "share":
            return f"{100 * value:.0f} %"
        return f"{value:,.0f}" if value else "no"


def _wan_load(arm: _Figures, report: _Figures) -> float:
    """Offered to the WAN, as a share of what it carries in the whole run."""
    capacity = report["wan"]["bytes_per_s"] * report["scenario"]["duration_ms"] / 1000
    offered: float = arm["hops"]["wan"]["bytes"] / capacity
    return offered


# Gravest first. The tolerances are chosen: which alert finds a full queue is chance, so one lost
# more or less is none; a second and a tenth is what a person would notice; a twentieth of the
# Users' traffic is noise between seeds; and a WAN is not short of room while the load differs by
# less than a quarter of what it carries.
HARMS = (
    Harm(
        "other_alert_delay_ms.lost",
        lambda arm, report: arm["other_alert_delay_ms"]["lost"],
        1,
        0.1,
        "{value} alerts outside the storm were lost on the way, against {other}",
    ),
    Harm(
        "first_alert_delay_ms.lost",
        lambda arm, report: arm["first_alert_delay_ms"]["lost"],
        0,
        0,
        "{value} kinds of alert stayed unheard of, against {other}",
    ),
    Harm(
        "silent",
        lambda arm, report: arm["silent"],
        0,
        0,
        "{value} alerts were hidden and told to nobody, against {other}",
    ),
    Harm(
        "other_alert_delay_ms.p99",
        lambda arm, report: arm["other_alert_delay_ms"]["p99"],
        1000,
        0.1,
        "alerts outside the storm waited {value} at the 99th percentile, against {other}",
        "ms",
    ),
    Harm(
        "hops.user.alerts",
        lambda arm, report: arm["hops"]["user"]["alerts"],
        0,
        0.05,
        "recipients got {value} alerts to deal with, against {other}",
    ),
    Harm(
        "false_suppressed",
        lambda arm, report: arm["false_suppressed"],
        0,
        0,
        "{value} alerts outside the storm were suppressed, against {other}",
    ),
    Harm(
        "wan_load",
        _wan_load,
        0.25,
        0,
        "the hubs offered {value} of what the WAN can carry, against {other}",
        "share",
    ),
)


def judge(report: _Figures) -> dict[str, Any]:
    """The verdict on a report's `arms`: its sentence, its place, and because of what.

    `because` holds every difference that counts in favour of the arm that is best, or of the
    first of several, gravest harm first.

    Args:
        report: with `arms`, `wan` and `scenario` as in report.json.
    """
    harms = [harm.at(report["scenario"]["time_scale"]) for harm in HARMS]
    values = {
        harm.metric: {name: harm.value(arm, report) for name, arm in report["arms"].items()}
        for harm in harms
    }
    racing = _race(harms, values)
    place = _place(racing)
    best = place if place in racing else racing[0]
    because = [
        _reason(harm.metric, best, other, values[harm.metric])
        for harm in harms
        for other in _beaten(harm, best, values[harm.metric])
    ]
    clauses = filter(None, (_clause(harm, best, values[harm.metric]) for harm in harms))
    sentence = _sentence(place, racing, list(clauses)[:_CLAUSES])
    return {"sentence": sentence, "place": place, "because": because}


def _race(harms: Sequence[Harm], values: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The arms that no other has beaten, harm by harm."""
    racing = list(values[harms[0].metric])
    for harm in harms:
        of_harm = values[harm.metric]
        best = min(racing, key=lambda name: of_harm[name])
        beaten = _beaten(harm, best, of_harm)
        racing = [name for name in racing if name not in beaten]
    return racing


def _beaten(harm: Harm, arm: str, values: Mapping[str, float]) -> list[str]:
    """The arms that do so much worse than `arm` that it counts."""
    worse = (name for name in values if values[name] > values[arm])
    return [name for name in worse if harm.differs(values[name], values[arm])]


def _place(racing: Iterable[str]) -> str:
    left = [BY_NAME[name] for name in racing]
    for arm in left:
        if all(arm.takes <= other.takes for other in left):
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


def _clause(harm: Harm, best: str, values: Mapping[str, float]) -> str | None:
    beaten = _beaten(harm, best, values)
    if not beaten:
        return None
    worst = max(beaten, key=lambda name: values[name])
    alike = [name for name in beaten if not harm.differs(values[name], values[worst])]
    text = harm.sentence.format(value=harm.shown(values[best]), other=harm.shown(values[worst]))
    return f"{text} under {_listed(alike)}"


def _listed(names: Sequence[str]) -> str:
    *all_but_last, last = names
    return f"{', '.join(all_but_last)} and {last}" if all_but_last else last


_CLAUSES = 3
"""How many of the gravest differences the sentence names; `because` has them all."""

_OPENINGS = {
    "none": "No throttle is needed here",
    "mask": "Masking the code in the meter does best",
    "device": "The throttle is best placed in the meter",
    "hub": "The throttle is best placed at the hub",
    "dsp": "The throttle is best placed at the DSP",
    "layered": "A throttle at the hub and another at the DSP behind it do best",
}


def _sentence(place: str, racing: Iterable[str], clauses: Sequence[str]) -> str:
    opening = _OPENINGS.get(place, f"It makes no difference which of {', '.join(racing)}")
    if not clauses:
        return f"{opening}: the arms do not differ in anything that harms anybody."
    return f"{opening}: {'; '.join(clauses)}."
