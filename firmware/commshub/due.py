"""What becomes due when: ends of overloads, closes of incidents, flushes; and what comes first.

Pure. Of things due at one time devices come before keys and keys before flushes; of one kind, the
entry that was made first.
"""

DEVICE_SETTLES = 0
KEY_SETTLES = 1
FLUSH = 2


def device_settles_at(device, policy) -> int:
    """When the incident of `device` closes, if it sends nothing more."""
    return device.settles_at(
        policy.device_window_ms, policy.red_clear_threshold, policy.red_clear_windows
    )


def key_settles_at(key, policy) -> int:
    """When the overload of `key` ends, if nothing more comes of it."""
    return key.settles_at(
        policy.code_window_ms, policy.code_clear_limit, policy.code_clear_windows
    )


def first_of_key(key, policy):
    """(time, kind) of what comes first to an overloaded key: its end, or a flush before it."""
    settles = key_settles_at(key, policy)
    if key.unreported:
        flush = key.flush_from + policy.flush_ms
        if flush < settles:
            return flush, FLUSH
    return settles, KEY_SETTLES


def earlier(a, b):
    """The earlier of two times; None is never."""
    if a is None or b is None:
        return b if a is None else a
    return b if b < a else a


def is_before(t, kind, entry, best_t, best_kind, best) -> bool:
    """Whether what is due at `t` comes before the best so far, if there is one."""
    if best is None or t != best_t:
        return best is None or t < best_t
    if kind != best_kind:
        return kind < best_kind
    return entry.made < best.made
