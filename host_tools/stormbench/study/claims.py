"""What a study claims, held against its own figures: a claim that is not met is exit code 1."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stormbench.compare.arms import THROTTLED
from stormbench.study.in_words import difference_in_words
from stormbench.study.metrics import BY_PATH
from stormbench.study.summary import Run

_FEWEST = 3
"""Replications for a claim about a difference: of two, a 95 % interval is 12.7 standard errors to
each side (Student's t), and has 0 in it nearly always."""


def claims(report: Mapping[str, Any], runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Each `claim`, whether it is `met`, and what was `found`.

    Those that need a scenario or a sweep which was not run are left out.

    Args:
        report: with `scenarios`, `sweeps` and `overall`.
        runs: all of the study.
    """
    return [
        {"claim": claim, "met": met, "found": found}
        for claim, met, found in (
            *_of_runs(runs),
            *_of_scenarios(report["scenarios"]),
            *_without_storms(report["sweeps"].get("calm")),
            *_of_all(report["overall"]),
        )
    ]


_Claim = tuple[str, bool, str]


def _of_runs(runs: Sequence[Run]) -> Iterator[_Claim]:
    wrong = [
        f"{run['group']} {run['scenario']} {run['point']} {arm}".replace("  ", " ")
        for run in runs
        for arm, figures in run["arms"].items()
        if figures["unaccounted"]
    ]
    arms = sum(len(run["arms"]) for run in runs)
    yield (
        "No alert is unaccounted for, in any arm of any run",
        not wrong,
        f"in {len(wrong)} of {arms}" + (f"; first: {wrong[0]}" if wrong else ""),
    )


def _of_scenarios(scenarios: Mapping[str, Any]) -> Iterator[_Claim]:
    missed = [
        name
        for name, each in scenarios.items()
        if each["bounds"]["met"][:1] != [each["bounds"]["of"]]
    ]
    yield (
        "Every scenario keeps its own bounds, with the seed that it comes with",
        not missed,
        f"missed in {', '.join(missed)}" if missed else f"in all {len(scenarios)}",
    )
    yield _nowhere(
        scenarios,
        "No throttle suppresses an alert of a device that does not storm",
        "false_suppressed_of.quiet_devices",
    )
    controls = {name: each for name, each in scenarios.items() if each["role"] == "control"}
    if controls:
        yield _nowhere(
            controls, "In a control no alert that is legitimate is suppressed", "false_suppressed"
        )
    yield _nowhere(
        scenarios,
        "Anomaly detection at the DSP sees every device red that is, whatever a throttle counts",
        "anomaly.red_unseen",
    )
    yield _nowhere(
        scenarios,
        "Anomaly detection counts every alert that comes to the DSP, itself or in a count, once",
        "anomaly.uncounted",
    )


def _nowhere(scenarios: Mapping[str, Any], claim: str, path: str) -> _Claim:
    where = [
        f"{name} ({arm}: {each['arms'][arm][path]['mean']:g} a run)"
        for name, each in scenarios.items()
        for arm in THROTTLED
        if each["arms"][arm][path]["mean"]
    ]
    return claim, not where, f"not in {', '.join(where)}" if where else f"in all {len(scenarios)}"


def _without_storms(calm: Mapping[str, Any] | None) -> Iterator[_Claim]:
    if not calm:
        return
    needed = [p["at"]["scenario"] for p in calm["points"] if set(p["places"]) != {"none"}]
    yield (
        "In a control without the storm beside it no throttle is needed, in any run",
        not needed,
        f"but in {', '.join(needed)}" if needed else f"in all {len(calm['points'])}",
    )


def _of_all(whole: Mapping[str, Any] | None) -> Iterator[_Claim]:
    if whole is None or whole["replications"] < _FEWEST:
        return
    for claim, pair, path in (
        (
            "A throttle at the hub puts fewer bytes onto the WAN than one at the DSP",
            "hub-dsp",
            "hops.wan.bytes",
        ),
        (
            "With a throttle at the hub other alerts wait less (p99) than with one at the DSP",
            "hub-dsp",
            "other_alert_delay_ms.p99",
        ),
        (
            "A throttle at the hub gives Users fewer alerts to deal with",
            "hub-none",
            "hops.user.alerts",
        ),
        (
            "A throttle at the DSP gives Users fewer alerts to deal with",
            "dsp-none",
            "hops.user.alerts",
        ),
        (
            "A throttle in the meter puts fewer bytes onto the HAN than one at the hub",
            "device-hub",
            "hops.han.bytes",
        ),
    ):
        found = whole["differences"][pair][path]
        yield claim, found["high"] < 0, difference_in_words(found, BY_PATH[path].unit)
    same = whole["differences"]["device-hub"]["hops.wan.bytes"]
    yield (
        "For the WAN it makes no difference whether the meter or its hub throttles",
        same["spans_zero"],
        difference_in_words(same, "bytes"),
    )
