"""What becomes due when: ends of overloads, closes of incidents, flushes; and what comes first.

Pure. Of things due at one time devices come before keys and keys before flushes; of one kind, the
entry that was made first.
"""

from commshub.compat import const, micropython, ptr32

DEVICE_SETTLES = 0
KEY_SETTLES = 1
FLUSH = 2

_DEVICE_SETTLES = const(0)  # the same to machine code
_KEY_SETTLES = const(1)
_FLUSH = const(2)

# As in `state` and `entries`: machine code knows no constants of others.
_NOW = const(0)
_NEVER = const(2)
_DUE_T = const(6)
_DUE_KIND = const(7)
_DEVICE_WINDOW_MS = const(18)
_RED_CLEAR_THRESHOLD = const(21)
_RED_CLEAR_WINDOWS = const(22)
_CODE_WINDOW_MS = const(23)
_CODE_CLEAR_LIMIT = const(25)
_CODE_CLEAR_WINDOWS = const(26)
_FLUSH_MS = const(30)
_MOST_DEVICE_WINDOWS = const(34)
_MOST_CODE_WINDOWS = const(35)
_BITS = const(36)

_MADE = const(0)
_NEWER = const(2)
_START = const(3)
_COUNT = const(4)
_QUIET = const(5)
_TOTAL_SUPPRESSED = const(11)
_TOTAL_REPORTED = const(12)
_FLUSH_FROM = const(15)

_KEPT_DEVICES = const(10)  # the places of the heads of the rings of those kept
_KEPT_KEYS = const(19)


@micropython.native
def earlier(a, b):
    """The earlier of two times; None is never."""
    if a is None or b is None:
        return b if a is None else a
    return b if b < a else a


@micropython.viper
def find_next(state, devices, keys) -> int:  # noqa: C901, PLR0915 (see `quick`)
    """What is due first, of what is open: its place, NOBODY where nothing is.

    When, and of which kind it is, is then in `state`.
    """
    s = ptr32(state)
    words = ptr32(devices)
    ring = _KEPT_DEVICES
    window_ms = s[_DEVICE_WINDOW_MS]
    quiet_limit = s[_RED_CLEAR_THRESHOLD]
    quiet_windows = s[_RED_CLEAR_WINDOWS]
    most_windows = s[_MOST_DEVICE_WINDOWS]
    kind = _DEVICE_SETTLES
    # Times are compared as so much later, because they may be before 0; see `state.BITS`.
    shift = s[_NEVER] + 1
    best = 0
    best_t = s[_BITS]
    best_kind = 0
    best_made = 0
    while True:
        at = words[ring + _NEWER]
        while at != ring:
            # As `entries.settles_at`, but no later than ever.
            more = quiet_windows
            if words[at + _COUNT] <= quiet_limit:
                more -= words[at + _QUIET] + 1
            if more < 0:
                more = 0
            t = s[_BITS]
            if more < most_windows:
                t = words[at + _START] + window_ms * (1 + more) + shift & s[_BITS]
            its_kind = kind
            if (
                kind == _KEY_SETTLES
                and words[at + _TOTAL_SUPPRESSED] != words[at + _TOTAL_REPORTED]
            ):
                flush = words[at + _FLUSH_FROM] + s[_FLUSH_MS] + shift & s[_BITS]
                if flush < t:
                    t = flush
                    its_kind = _FLUSH
            is_first = 0
            if best == 0 or t < best_t:
                is_first = 1
            elif t == best_t:
                is_kind = its_kind == best_kind
                if its_kind < best_kind or (is_kind and words[at + _MADE] < best_made):
                    is_first = 1
            if is_first == 1:
                best = at
                best_t = t
                best_kind = its_kind
                best_made = words[at + _MADE]
            at = words[at + _NEWER]
        if kind == _KEY_SETTLES:
            break
        words = ptr32(keys)
        ring = _KEPT_KEYS
        window_ms = s[_CODE_WINDOW_MS]
        quiet_limit = s[_CODE_CLEAR_LIMIT]
        quiet_windows = s[_CODE_CLEAR_WINDOWS]
        most_windows = s[_MOST_CODE_WINDOWS]
        kind = _KEY_SETTLES
    s[_DUE_T] = best_t - shift
    s[_DUE_KIND] = best_kind
    return best


@micropython.viper
def next_end(state, devices, keys) -> int:
    """The next end of a window of what is open, or the next flush; ever, if nothing is open; -1
    where a window is over and has not been rolled yet.
    """
    s = ptr32(state)
    words = ptr32(devices)
    ring = _KEPT_DEVICES
    window_ms = s[_DEVICE_WINDOW_MS]
    best_t = s[_NEVER]
    while True:
        at = words[ring + _NEWER]
        while at != ring:
            if s[_NOW] - words[at + _START] & s[_BITS] >= window_ms:
                return -1
            t = words[at + _START] + window_ms & s[_BITS]
            if t < best_t:
                best_t = t
            if ring == _KEPT_KEYS and words[at + _TOTAL_SUPPRESSED] != words[at + _TOTAL_REPORTED]:
                t = words[at + _FLUSH_FROM] + s[_FLUSH_MS] & s[_BITS]
                if t < best_t:
                    best_t = t
            at = words[at + _NEWER]
        if ring == _KEPT_KEYS:
            return best_t
        words = ptr32(keys)
        ring = _KEPT_KEYS
        window_ms = s[_CODE_WINDOW_MS]
