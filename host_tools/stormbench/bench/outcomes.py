"""What may become of the alerts of a bench, and the policy that makes it so for every one."""

from collections.abc import Callable, Mapping

from commshub.policy import COUNT, LARGEST_COUNT, LONGEST_MS, Policy

FORWARDED, SAMPLED, SUPPRESSED = "forwarded", "sampled", "suppressed"

VERDICT_OF: Mapping[str, str] = {FORWARDED: "PASS", SAMPLED: "SAMPLE", SUPPRESSED: "SUPPRESS"}


def _forwarded() -> Policy:
    policy = Policy()
    policy.amber_threshold = policy.red_threshold = LARGEST_COUNT
    return policy


def overloaded() -> Policy:
    """Red with the first alert, overloaded with the second, and so for longer than any bench."""
    policy = Policy()
    policy.amber_threshold = policy.red_threshold = policy.red_clear_threshold = 0
    policy.code_limit = policy.code_clear_limit = 0
    policy.device_window_ms = policy.code_window_ms = LONGEST_MS
    return policy


def _sampled() -> Policy:
    policy = overloaded()
    policy.sample_mode = COUNT
    policy.sample_every = 1
    return policy


POLICY_OF: Mapping[str, Callable[[], Policy]] = {
    FORWARDED: _forwarded,
    SAMPLED: _sampled,
    SUPPRESSED: overloaded,
}
"""Under its policy every alert of a key but the first two has the outcome; what is due by time
meanwhile, samples and saves, is due as under the default policy."""
