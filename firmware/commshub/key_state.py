"""What the throttle knows of one key, for people who ask why an alert was judged as it was."""

from commshub.entries import NO_INCIDENT
from commshub.policy import LONGEST_MS


def key_state(throttle, originator, target, code: int) -> tuple:
    """The fields of a KeyState frame behind its time, in order; as of the latest time reached.

    Changes nothing that the throttle could tell.
    """
    t = throttle.now
    throttle.roll_what_is_open(t)
    policy = throttle.policy
    device = throttle.device(originator)
    key = throttle.key(originator, target, code)
    overload = key if key is not None and key.overloaded else None
    return (
        device.level if device else NO_INCIDENT,
        _count(device, t, policy.device_window_ms),
        _left_ms(device, t, policy.device_window_ms),
        device is not None or throttle.devices.has_room(),
        _count(key, t, policy.code_window_ms),
        _left_ms(key, t, policy.code_window_ms),
        key is not None or throttle.keys.has_room(),
        overload is not None,
        overload.overload_id if overload else 0,
        overload.throttled_seq if overload else 0,
        overload.unreported if overload else 0,
        overload.total_suppressed if overload else 0,
        overload.suppressed_since_sample if overload else 0,
        min(t - overload.last_sample_t, LONGEST_MS) if overload else 0,
        _flush_left_ms(overload, t, policy),
    )


def _count(entry, t, length_ms):
    """Alerts in the window in force; an entry whose window is over begins with its next alert."""
    return entry.count if entry and t - entry.start < length_ms else 0


def _left_ms(entry, t, length_ms):
    return max(0, entry.start + length_ms - t) if entry else 0


def _flush_left_ms(overload, t, policy):
    if overload is None or not overload.unreported:
        return 0
    return overload.flush_from + policy.flush_ms - t
