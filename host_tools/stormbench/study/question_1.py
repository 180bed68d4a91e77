"""Question 1, unintended consequences: what is suppressed that should not be, who knows when."""

from collections.abc import Iterator

from stormbench.study.break_even import clear_place, is_default, spread
from stormbench.study.evidence import COMPUTED
from stormbench.study.numbers import amount
from stormbench.study.recipes import BUSY_ALERTS
from stormbench.study.sentence import (
    Report,
    Sentence,
    mean,
    named,
    shown,
    simulated,
    where,
    with_any_throttle,
)
from stormbench.study.verdict import storms_of

_WRONG = "last_state.wrong"
_SHOWN_ARMS = ("none", "device", "hub", "dsp")
_FALSE, _AGE, _LEAD = "false_suppressed", "count_age_ms.max", "notice_lead_ms.p50"


def unintended_consequences(report: Report) -> Iterator[Sentence]:
    """Its sentences; see `answers`."""
    scenarios, sweeps = report["scenarios"], report["sweeps"]
    yield from _of_devices(scenarios)
    yield from _in_controls(scenarios, sweeps.get("calm"))
    if "policy" in sweeps:
        yield from _under_tight_policies(sweeps["policy"], report["provenance"]["policy"])
    yield from _told_as_a_number(scenarios)
    yield from _told_ahead(report["overall"])
    yield from _anomaly_detection(report["overall"])
    yield from _last_states(scenarios)
    yield from _two_parties(scenarios)
    yield Sentence(
        "A genuine alert of the code that storms, from the meter that storms, is one more in the "
        "count: whoever brings a storm about hides it. No place of the throttle changes that.",
        COMPUTED,
    )


def _of_devices(scenarios: Report) -> Iterator[Sentence]:
    quiet = with_any_throttle(scenarios, f"{_FALSE}_of.quiet_devices")
    yield simulated(
        f"Of devices that did not storm, alerts were suppressed in {named(quiet)}."
        if quiet
        else "Under the policies of the scenarios no throttle suppressed an alert of a device "
        "that did not storm."
    )
    other = with_any_throttle(scenarios, f"{_FALSE}_of.storming_devices")
    yield simulated(
        f"Of a device that stormed, alerts of other codes were suppressed in {named(other)}."
        if other
        else "Nor was an alert of another code of a device that stormed."
    )


def _in_controls(scenarios: Report, calm: Report | None) -> Iterator[Sentence]:
    controls = {name: each for name, each in scenarios.items() if each["role"] == "control"}
    if not controls:
        return
    wrong = with_any_throttle(controls, _FALSE)
    yield simulated(
        f"Of the legitimate alerts of the {len(controls)} controls ({named(controls)}), each with "
        "a storm beside them, "
        + (f"some were: {named(wrong)}." if wrong else "no throttle suppressed one.")
    )
    if calm:
        needed = [p["at"]["scenario"] for p in calm["points"] if clear_place(p) != "none"]
        yield simulated(
            f"Without that storm a throttle is of use in {named(needed)}."
            if needed
            else "Without that storm a throttle changes nothing in any of them."
        )


def _under_tight_policies(sweep: Report, policy: Report) -> Iterator[Sentence]:
    hub = spread(sweep, "hub", _FALSE)
    if hub is None:
        return
    default = [point for point in sweep["points"] if is_default(point, policy)]
    yield simulated(
        f"The numbers decide it: of a meter whose voltage is bad for ten minutes ({BUSY_ALERTS} "
        f"alerts) beside a storm, {len(sweep['points'])} policies at the hub suppress between "
        f"{amount(hub[0], 'alerts')} and {amount(hub[1], 'alerts')} alerts"
        + (
            f", the scenarios' own {amount(default[0]['arms']['hub'][_FALSE], 'alerts')}."
            if default
            else "."
        )
    )


def _told_as_a_number(scenarios: Report) -> Iterator[Sentence]:
    storms = storms_of(scenarios)
    ages = {name: age for name, each in storms.items() if (age := mean(each, "hub", _AGE))}
    if ages:
        worst = max(ages, key=lambda name: ages[name])
        yield simulated(
            "What a throttle holds back is told as a number, and until then a User's picture is "
            f"that old: at the most {amount(ages[worst], 'ms')} with the throttle at the hub, in "
            f"{named([worst])}, and {shown(scenarios[worst], 'dsp', _AGE)} with one at the DSP."
        )
    untold = [
        name
        for name in where(scenarios, "hub", "suppressed")
        if not mean(scenarios[name], "hub", "reported")
    ]
    if untold:
        yield simulated(
            f"In {named(untold)} no User is told, because these alerts go to none: the number "
            "ends at the DSP."
        )


def _told_ahead(whole: Report) -> Iterator[Sentence]:
    hub, dsp = mean(whole, "hub", _LEAD), mean(whole, "dsp", _LEAD)
    if hub is not None and dsp is not None and hub < dsp:
        at_the_dsp = "at once" if dsp >= 0 else f"{amount(-dsp, 'ms')} after it"
        yield simulated(
            "That a code is being throttled a User hears later from the hub, because that crosses "
            f"the WAN: {amount(-hub, 'ms')} after it began, mean of storms; with the throttle at "
            f"the DSP {at_the_dsp}."
        )


def _anomaly_detection(whole: Report) -> Iterator[Sentence]:
    hub, dsp = (mean(whole, arm, "anomaly.red_share") for arm in ("hub", "dsp"))
    if hub is None or dsp is None:
        return
    unseen = mean(whole, "hub", "anomaly.red_unseen")
    late = shown(whole, "hub", "anomaly.red_late_ms"), shown(whole, "dsp", "anomaly.red_late_ms")
    yield simulated(
        "Anomaly detection at the DSP still fires where counts come in the place of alerts: "
        f"{'it misses no red device' if not unseen else f'it misses {unseen:g} red devices a run'}"
        f", and of the time for which devices are red by what they raise it sees them so for "
        f"{amount(hub, 'share')} with the throttle at the hub and {amount(dsp, 'share')} with one "
        f"at the DSP; it first sees them {late[0]} and {late[1]} late."
    )


def _two_parties(scenarios: Report) -> Iterator[Sentence]:
    path = "two_parties.told_to_one"
    some = {n: s for n, s in scenarios.items() if mean(s, "hub", "two_parties.happenings")}
    if not some:
        return
    of = sum(mean(each, "hub", "two_parties.happenings") or 0 for each in some.values())
    parts = ", ".join(f"{_total(some, arm, path)} ({arm})" for arm in _SHOWN_ARMS)
    yield simulated(
        f"Of {amount(of, '')} happenings of which a supplier and a network operator are to know "
        f"(in {named(some)}), one of the two alone was told in {parts}."
    )


def _last_states(scenarios: Report) -> Iterator[Sentence]:
    paired = {name: s for name, s in scenarios.items() if mean(s, "hub", "last_state.pairs")}
    if not paired:
        return
    of = sum(mean(each, "hub", "last_state.pairs") or 0 for each in paired.values())
    wrong = [n for n, s in paired.items() if any(mean(s, arm, _WRONG) for arm in _SHOWN_ARMS)]
    if not wrong:
        yield simulated(
            f"Of {amount(of, '')} conditions that two codes tell of, Users end with the right "
            "state in every arm."
        )
        return
    parts = ", ".join(f"{_total(paired, arm, _WRONG)} ({arm})" for arm in _SHOWN_ARMS)
    yield simulated(
        f"Of {amount(of, '')} conditions that two codes tell of, begun and ended, over all "
        f"scenarios, Users end with the wrong state in {parts}: in {named(wrong)}. Who goes by "
        "the numbers of messages, and not by when it happened, does in "
        f"{_total(paired, 'device', f'{_WRONG}_by_counter')} with the throttle in the meter, "
        "which builds a held copy late."
    )


def _total(scenarios: Report, arm: str, path: str) -> str:
    return amount(sum(mean(each, arm, path) or 0 for each in scenarios.values()), "")
