"""The rules of the throttle read out: from what it knows of a key to its next verdict.

Pure: a state and a policy go in. The sections are those of firmware/MECHANISM.md. It says what the
rules give; whoever has the throttle's own verdict holds the two against each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from commshub.policy import SAMPLE_MODES, Policy
from stormbench.link.key_state import KeyState, Overload


@dataclass(frozen=True)
class Reason:
    """Why an alert is judged as it is.

    `rule` is the section that decides, `verdict` what it gives, `numbers` what it was decided by,
    under the names of the policy and of the frames, and `sentence` all that for people.
    `besides` are sentences on what else this alert does. In shadow `verdict` is what would be.
    """

    rule: str
    verdict: str
    sentence: str
    numbers: dict[str, Any]
    besides: tuple[str, ...] = field(default=())
    is_shadow: bool = False

    @property
    def answer(self) -> str:
        """The verdict that leaves the throttle."""
        return "PASS" if self.is_shadow else self.verdict


def next_alert(state: KeyState, policy: Policy, code: int) -> Reason:
    """Why an alert of that key and code, arriving at `state.at_ms`, is judged as it is."""
    rule, verdict, sentence, numbers = _decide(state, policy, code)
    besides = tuple(_besides(state, policy, verdict))
    return Reason(rule, verdict, sentence, numbers, besides, bool(policy.shadow))


_Decision = tuple[str, str, str, dict[str, Any]]


def _decide(state: KeyState, policy: Policy, code: int) -> _Decision:
    if code in policy.excluded_codes:
        return _excluded(policy, code)
    if state.device_level != "red":
        return _not_red(state, policy)
    if state.overload is not None:
        return _overloaded(state, state.overload, policy)
    if not state.key_room:
        return _no_room(state)
    return _counted(state, policy, code)


def _excluded(policy: Policy, code: int) -> _Decision:
    sentence = f"{code:04X} is an excluded code: it is counted, and never throttled."
    codes = sorted(policy.excluded_codes)
    return "4.2", "PASS", sentence, {"excluded_codes": [f"{each:04X}" for each in codes]}


def _not_red(state: KeyState, policy: Policy) -> _Decision:
    level = "an amber incident only" if state.device_level == "amber" else "no incident"
    sentence = (
        f"Its originator has {level}: {_alerts(state.device_count)} in its window of "
        f"{_s(policy.device_window_ms)} before this one, and red_threshold "
        f"{policy.red_threshold} has not been exceeded. Codes are counted only under a red one."
    )
    numbers = {
        "device_level": state.device_level,
        "device_count": state.device_count,
        "red_threshold": policy.red_threshold,
        "device_window_ms": policy.device_window_ms,
    }
    return "4.2", "PASS", sentence, numbers


def _no_room(state: KeyState) -> _Decision:
    sentence = (
        "The key table has no room, and no key in it that is not overloaded: this one is not "
        "tracked, and passes (fails open)."
    )
    return "7", "PASS", sentence, {"key_room": state.key_room}


def _counted(state: KeyState, policy: Policy, code: int) -> _Decision:
    limit = policy.limit_for(code)
    count = state.key_count + 1
    numbers = {
        "key_count": count,
        "code_limit": limit,
        "code_window_ms": policy.code_window_ms,
    }
    place = f"With it its key has {_alerts(count)} in its window of {_s(policy.code_window_ms)}"
    if count <= limit:
        sentence = f"{place}, and the limit of {code:04X}, {limit}, is not exceeded."
        return "4.3", "PASS", sentence, numbers
    sentence = (
        f"{place}, which exceeds the limit of {code:04X}, {limit}: the key becomes overloaded, "
        "and this is its first sample, with count 0."
    )
    return "4.3", "SAMPLE", sentence, numbers


def _overloaded(state: KeyState, overload: Overload, policy: Policy) -> _Decision:
    by_period = overload.since_sample_ms >= policy.sample_period_ms
    by_count = overload.suppressed_since_sample >= policy.sample_every - 1
    mode = SAMPLE_MODES[policy.sample_mode]
    is_sample = {
        "period": by_period,
        "count": by_count,
        "either": by_period or by_count,
        "both": by_period and by_count,
    }[mode]
    unreported = overload.report.throttled_count
    numbers = {
        "overload_id": overload.report.overload_id,
        "sample_mode": mode,
        "since_sample_ms": overload.since_sample_ms,
        "sample_period_ms": policy.sample_period_ms,
        "suppressed_since_sample": overload.suppressed_since_sample,
        "sample_every": policy.sample_every,
        "unreported": unreported,
        "total_suppressed": overload.report.total_suppressed,
        "flush_left_ms": overload.flush_left_ms,
    }
    facts = " and ".join(_facts(overload, policy, mode))
    opening = f"Its key is overloaded (overload {overload.report.overload_id}) and sampled by "
    if is_sample:
        sentence = (
            f"{opening}{mode}: {facts}, so this is a sample. It takes the {unreported} along that "
            "were suppressed and not yet told of."
        )
        return "4.4", "SAMPLE", sentence, numbers
    sentence = f"{opening}{mode}: {facts}, so this is none. {_when_told(overload, policy)}"
    return "4.4", "SUPPRESS", sentence, numbers


def _facts(overload: Overload, policy: Policy, mode: str) -> Iterator[str]:
    if mode != "count":
        yield (
            f"{_s(overload.since_sample_ms)} of {_s(policy.sample_period_ms)} have passed since "
            "the last copy"
        )
    if mode != "period":
        yield (
            f"{overload.suppressed_since_sample} of {policy.sample_every - 1} have been "
            "suppressed since the last copy"
        )


def _when_told(overload: Overload, policy: Policy) -> str:
    count = overload.report.throttled_count + 1
    left_ms = policy.flush_ms if overload.flush_left_ms is None else overload.flush_left_ms
    waits = "waits" if count == 1 else "wait"
    return f"With it {count} {waits} to be told, for {_s(left_ms)} at the most."


def _besides(state: KeyState, policy: Policy, verdict: str) -> Iterator[str]:
    """What steps 4 and 5 do beyond the verdict."""
    overload = state.overload
    if policy.shadow:
        yield f"In shadow (5) nothing is suppressed: it passes, and counts as {verdict} only."
    if verdict == "SUPPRESS" and overload is not None and not overload.report.total_suppressed:
        yield "It is the first of its overload, so OVERLOAD_START leaves right before it (1)."
    if not state.device_room:
        yield "The device table has no room for its originator, which is not tracked (7)."
        return
    count = state.device_count + 1
    if count > policy.red_threshold and state.device_level != "red":
        event = "escalates its incident to red" if state.device_level else "opens a red incident"
        yield (
            f"It is number {count} of its originator's window, over red_threshold "
            f"{policy.red_threshold}, and {event} (4.5); its codes are counted from the next on."
        )
    elif count > policy.amber_threshold and not state.device_level:
        yield (
            f"It is number {count} of its originator's window, over amber_threshold "
            f"{policy.amber_threshold}, and opens an amber incident (4.5)."
        )


def _alerts(count: int) -> str:
    return f"{count} alert" if count == 1 else f"{count} alerts"


def _s(ms: int) -> str:
    """Exact: a rule that was missed by a millisecond must show it."""
    return f"{ms / 1000:.3f}".rstrip("0").rstrip(".") + " s"
