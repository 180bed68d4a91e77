"""What is legal in a policy and unwise, each with its reason from MECHANISM.md.

Only what can be said of a policy by itself: nothing here knows a trace, a WAN or a hub.
"""

from collections.abc import Iterator

from commshub.policy import BOTH, COUNT, EITHER, EXCLUDED_CODES, NUMBERS, PERIOD, Policy
from hubwire.codes import alert_name
from stormbench.policy_file import FIELDS, Finding

_WITHOUT_COUNT = (0x8F66, 0x8F67)
"""What DUIS carries as FutureDatedDeviceAlertMessage, which has no Throttled fields."""

_LONG_MS = 86_400_000
"""A day (chosen): a count that is older tells nobody of a storm while it lasts."""

_NAMED_CODES = 8
"""More codes than these are told by their number."""

_SAVE_RANGE_MS = next((least, most) for name, _, least, most in NUMBERS if "save_" in name)


def warnings(policy: Policy) -> list[Finding]:
    """What whoever puts an acceptable policy in force should know, in the order of its fields."""
    found = [finding for check in _CHECKS for finding in check(policy)]
    return sorted(found, key=lambda finding: FIELDS.index(finding.field or ""))


def _device_level(policy: Policy) -> Iterator[Finding]:
    if policy.red_threshold < 2:
        yield Finding(
            "red_threshold",
            f"{policy.red_threshold} is exceeded by one happening that is told to two parties, "
            "which counts twice",
        )
    if policy.red_clear_threshold == policy.amber_threshold:
        yield Finding(
            "red_clear_threshold",
            f"equals amber_threshold, {policy.amber_threshold}: a device that stays at it closes "
            "its incident, and opens another with the next alert more",
        )


def _key_level(policy: Policy) -> Iterator[Finding]:
    if policy.code_limit == 0:
        yield Finding(
            "code_limit",
            "0: once a device is red, the first alert of a key is an overload and the second can "
            "be suppressed",
        )
    equal = _limits_of(policy.code_clear_limit, policy)
    if equal:
        yield Finding(
            "code_clear_limit",
            f"{policy.code_clear_limit} is also {equal}: a key that stays at it ends its "
            "overload, and begins another with the next alert more",
        )


def _sampling(policy: Policy) -> Iterator[Finding]:
    mode, period_ms = policy.sample_mode, policy.sample_period_ms
    if mode in (COUNT, EITHER) and policy.sample_every == 1:
        yield Finding(
            "sample_every", "1 in this mode: every alert is a sample, and nothing is suppressed"
        )
    samples_per_window = policy.code_window_ms // period_ms
    if mode in (PERIOD, EITHER) and samples_per_window > max(policy.code_limit, 1):
        yield Finding(
            "sample_period_ms",
            f"an overloaded key may forward {samples_per_window} samples in a code_window_ms, "
            f"more than the code_limit, {policy.code_limit}, that it exceeded to be overloaded",
        )
    if mode in (COUNT, EITHER):
        return  # a sample need not wait for the period
    if period_ms > policy.code_window_ms:
        yield Finding(
            "sample_period_ms",
            f"longer than code_window_ms, {policy.code_window_ms}: a storm can fill a whole "
            "window of which no copy is forwarded",
        )
    if period_ms > policy.flush_ms:
        yield Finding(
            "sample_period_ms",
            f"longer than flush_ms, {policy.flush_ms}: counts fall due between two samples and "
            "leave as summaries, so more leaves than one message in a sample_period_ms",
        )


def _reporting(policy: Policy) -> Iterator[Finding]:
    unreported_ms = _longest_unreported_ms(policy)
    if unreported_ms >= _LONG_MS:
        yield Finding(
            "flush_ms",
            f"{policy.flush_ms}: a count of suppressed alerts can stay unreported for up to "
            f"{-(-unreported_ms // 3_600_000)} hours",
        )
    if policy.shadow:
        yield Finding("shadow", "true: it is decided and counted, and nothing is suppressed")


def _saving(policy: Policy) -> Iterator[Finding]:
    shortest_ms, longest_ms = _SAVE_RANGE_MS
    if policy.save_interval_ms == shortest_ms:
        saves = _LONG_MS // shortest_ms
        yield Finding(
            "save_interval_ms",
            f"{shortest_ms}, the shortest: a day with an incident open is {saves} saves",
        )
    if policy.save_interval_ms == longest_ms:
        yield Finding(
            "save_interval_ms",
            f"{longest_ms}, the longest: a power cut loses up to {longest_ms // 1000} s of counts",
        )


def _codes(policy: Policy) -> Iterator[Finding]:
    missing = [code for code in EXCLUDED_CODES if code not in policy.excluded_codes]
    for code in missing:
        if code in _WITHOUT_COUNT:
            harm = (
                "it travels as FutureDatedDeviceAlertMessage, which cannot carry a count, so "
                "nobody is told how many outcomes were suppressed"
            )
        else:
            harm = "a copy of it carries state, which no count replaces"
        yield Finding("excluded_codes", f"{_named(code)} is not among them: {harm}")
    for code in sorted(policy.excluded_codes & policy.code_limits.keys()):
        yield Finding(
            "code_limits", f"{_named(code)} is among excluded_codes, so its limit has no effect"
        )


def _longest_unreported_ms(policy: Policy) -> int:
    """How long a count can wait, at most, for a sample, a flush or the end of the overload."""
    if policy.sample_mode in (COUNT, BOTH):
        return policy.flush_ms  # a sample may never come
    # Without alerts the overload ends, with one after the period there is a sample.
    silence_ms = (policy.code_clear_windows + 1) * policy.code_window_ms
    return min(policy.flush_ms, policy.sample_period_ms + silence_ms)


def _limits_of(count: int, policy: Policy) -> str:
    """Which limits that are in force are exactly this, in words; empty if none is."""
    own = [
        f"{code:04X}"
        for code, limit in sorted(policy.code_limits.items())
        if limit == count and code not in policy.excluded_codes
    ]
    codes = ", ".join(own) if len(own) <= _NAMED_CODES else f"{len(own)} codes"
    named = ["code_limit"] if policy.code_limit == count else []
    return " and ".join([*named, *([f"the limit of {codes}"] if own else [])])


def _named(code: int) -> str:
    name = alert_name(code)
    return f"{code:04X} ({name})" if name else f"{code:04X}"


_CHECKS = (_device_level, _key_level, _sampling, _reporting, _saving, _codes)
