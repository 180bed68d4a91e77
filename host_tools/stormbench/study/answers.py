"""The three questions of SECMP0062's Working Group, each answered from the figures of a study.

No sentence has a number that is not in the report, and one whose figure is missing is left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stormbench.compare.arms import THROTTLED
from stormbench.study.break_even import along, best_place, spread, widest_that_matters
from stormbench.study.in_words import difference_in_words, listed, share_saved
from stormbench.study.metrics import BY_PATH
from stormbench.study.numbers import amount

Report = Mapping[str, Any]


def answers(report: Report) -> list[dict[str, Any]]:
    """For each question `id`, `question`, `text` and `evidence`.

    Args:
        report: a study's, with `verdict`, `overall`, `scenarios`, `sweeps` and `firmware_cost`.
    """
    return [
        {
            "id": name,
            "question": question,
            "text": " ".join(sentences(report)),
            "evidence": evidence,
        }
        for name, question, sentences, evidence in (
            ("q1", "Does the throttle have unintended consequences?", _q1, "simulated"),
            (
                "q2",
                "Would it be better placed as firmware, nearer the device, and with what "
                "drawbacks?",
                _q2,
                "simulated",
            ),
            (
                "q3",
                "How should it be tuned, and what does it take to change that?",
                _q3,
                "computed",
            ),
        )
    ]


def _q1(report: Report) -> Iterator[str]:
    whole, scenarios = report["overall"], report["scenarios"]
    wrong = _anywhere(scenarios, "false_suppressed_of.quiet_devices")
    yield (
        f"Of devices that did not storm, alerts were suppressed in {_listed(wrong)}."
        if wrong
        else "Of devices that did not storm, no throttle suppressed an alert in any scenario."
    )
    other = _anywhere(scenarios, "false_suppressed_of.storming_devices")
    yield (
        "Of a device that stormed, alerts of other codes were suppressed in "
        + _listed(other)
        + "."
        if other
        else "Nor was an alert of another code of a device that stormed."
    )
    controls = [name for name, each in scenarios.items() if each["is_control"]]
    if controls:
        of_controls = {name: scenarios[name] for name in controls}
        wrong = _anywhere(of_controls, "false_suppressed")
        yield (
            f"Of the legitimate alerts of the {len(controls)} controls "
            f"({_listed(controls)}), "
            + (f"some were: {_listed(wrong)}." if wrong else "no throttle suppressed one.")
        )
    age = whole["arms"]["hub"].get("count_age_ms.max")
    if age:
        yield (
            "What a throttle holds back is told as a number, at the latest after "
            f"{amount(age['mean'], 'ms')} on average over scenarios; until then a User's picture "
            "is that old."
        )
    missed = _where(scenarios, "hub", "red_ms.unknown")
    yield (
        "Anomaly detection at the DSP still saw every storming device, though the hub sends "
        "counts in the place of alerts."
        if not missed
        else f"Anomaly detection at the DSP missed a storming device in {_listed(missed)}."
    )


def _q2(report: Report) -> Iterator[str]:
    whole = report["overall"]
    arms, hub_less_dsp = whole["arms"], whole["differences"]["hub-dsp"]
    yield report["verdict"]["sentence"]
    yield (
        "Compared with the DSP, a throttle at the hub puts "
        f"{share_saved(*_means(arms, 'hops.wan.bytes'))} fewer bytes onto the WAN. The delay of "
        f"other alerts, at the 99th percentile: {_difference(hub_less_dsp, _P99)}; other alerts "
        f"lost in a run: {_difference(hub_less_dsp, _LOST)}."
    )
    yield (
        "What Users get from the hub instead of the DSP, in alerts: "
        f"{_difference(hub_less_dsp, 'hops.user.alerts')}."
    )
    han = arms["device"]["hops.han.bytes"]["mean"], arms["hub"]["hops.han.bytes"]["mean"]
    signed = arms["device"]["built.signature"]["mean"], arms["hub"]["built.signature"]["mean"]
    yield (
        f"In the meter itself it spares {share_saved(*han)} of the HAN's bytes as well, and "
        f"{share_saved(*signed)} of the meters' signatures; for the WAN, the DSP and Users it is "
        "the same as at the hub."
    )
    if "break_even" in report["sweeps"]:
        yield from _break_even(report["sweeps"]["break_even"])
    if "roll_out" in report["sweeps"]:
        yield from _roll_out(report["sweeps"]["roll_out"])
    if "mask_delay" in report["sweeps"]:
        yield from _mask(report["sweeps"]["mask_delay"])
    yield (
        "What firmware costs that cannot be measured here (devices that never update, an order of "
        "upgrades, inventory in doubt, certification, changes of specifications) is in the tables "
        "of drawbacks, each with its evidence."
    )


def _q3(report: Report) -> Iterator[str]:
    policy = report["sweeps"].get("policy")
    if policy:
        users, ages = spread(policy, "hub", "hops.user.alerts"), spread(policy, "hub", _AGE)
        places = {best_place(point) for point in policy["points"]}
        assert users is not None
        yield (
            f"Over {len(policy['points'])} policies the Users of one storm get between "
            f"{amount(users[0], 'alerts')} and {amount(users[1], 'alerts')} alerts"
            + (
                f", and their oldest count is between {amount(ages[0], 'ms')} and "
                f"{amount(ages[1], 'ms')} old."
                if ages
                else "."
            )
        )
        yield (
            f"Under every one of them the place that is best is the same, {places.pop()}."
            if len(places) == 1
            else f"Which place is best depends on it: {_listed(sorted(places))}."
        )
    push = {row["what"]: row for row in report["firmware_cost"]}
    one = next((row for what, row in push.items() if what.endswith("to one hub")), None)
    many = next((row for what, row in push.items() if what.endswith("of a cell")), None)
    if one and many:
        yield (
            "At the DSP a new number is one change. At the hubs it is a message of "
            f"{one['value']:,} bytes to each, {many['value']:g} hours of a WAN cell's time under "
            "the figures assumed here, and a hub that does not hear it goes on under the old one."
        )
    yield (
        "A new image is not needed for it: the firmware takes a policy, whole or not at all, "
        "between two alerts, and reports what the old one held back."
    )


_P99, _LOST, _AGE = "other_alert_delay_ms.p99", "other_alert_delay_ms.lost", "count_age_ms.max"


def _break_even(sweep: Report) -> Iterator[str]:
    widest = widest_that_matters(sweep)
    known = {storm: wan for storm, wan in widest.items() if wan is not None}
    if not known:
        yield "At no rate of the WAN that was tried does the place make a difference."
        return
    storm, wan = max(known.items(), key=lambda each: each[1])
    yield (
        f"It depends on how narrow the WAN is: with one storming meter the place matters up to "
        f"{wan:g} bytes/s for the hubs of a cell (at {storm:g} alerts an hour), and at no faster "
        "one of those that were tried."
    )


def _roll_out(sweep: Report) -> Iterator[str]:
    delays = along(sweep, "hub", _P99)
    dsp = dict(along(sweep, "dsp", _P99))
    if len(delays) > 2:
        shares = ", ".join(f"{amount(ms, 'ms')} at {100 * share:.0f} %" for share, ms in delays)
        yield (
            "Firmware works only where it is: with a part of a cell's hubs updated, other alerts "
            f"wait {shares} (the DSP: {amount(dsp[delays[0][0]], 'ms')})."
        )


def _mask(sweep: Report) -> Iterator[str]:
    silent = along(sweep, "mask", "silent")
    alerts = along(sweep, "none", "hops.han.alerts")
    if silent and silent[0][1]:
        (delay_ms, hidden), (_, of) = silent[0], alerts[0]
        yield (
            f"The remedy that there is, SR 6.22, hides {amount(hidden, 'alerts')} of "
            f"{amount(of, 'alerts')} alerts of homes in which a meter storms on eight evenings, "
            f"if it comes after {amount(delay_ms, 'ms')}, and tells nobody how many."
        )


def _means(arms: Report, path: str) -> tuple[float, float]:
    return arms["hub"][path]["mean"], arms["dsp"][path]["mean"]


def _difference(differences: Report, path: str) -> str:
    return difference_in_words(differences[path], BY_PATH[path].unit)


def _mean(scenario: Report, arm: str, path: str) -> float:
    return float(scenario["arms"][arm][path]["mean"])


def _where(scenarios: Report, arm: str, path: str) -> list[str]:
    return [name for name, each in scenarios.items() if _mean(each, arm, path)]


def _anywhere(scenarios: Report, path: str) -> list[str]:
    """Scenarios in which the figure is not 0 with a throttle at some place."""
    found = {name for arm in THROTTLED for name in _where(scenarios, arm, path)}
    return [name for name in scenarios if name in found]


def _listed(names: Iterable[str]) -> str:
    return listed([name.replace("_", " ") for name in names])
