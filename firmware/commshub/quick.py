"""The verdicts that most alerts get, in machine code on the board: as long as nothing begins or
ends.

For all else the rules in `throttle.py` are asked. `tests/property/test_quick_laws.py` shows that
it makes no difference who was.
"""

from commshub.compat import const, micropython, ptr32
from commshub.table import move

# More than a verdict.
FIRST = 3  # SUPPRESS, and the first of its overload: all but that is counted, see `suppress_first`
RULES = 4  # no verdict: ask the rules, nothing was changed

# As in `state`, `entries` and `policy`: machine code knows no constants of others.
_NOW = const(0)
_WAKE = const(1)
_DEVICE_AT = const(3)
_KEY_AT = const(4)
_VERDICT = const(5)
_RECEIVED = const(8)
_PASSED = const(9)
_SAMPLED = const(10)
_SUPPRESSED = const(11)
_REPORTED = const(12)
_EXCLUDED = const(13)
_UNTRACKED = const(14)
_DEVICE_WINDOW_MS = const(18)
_AMBER_THRESHOLD = const(19)
_RED_THRESHOLD = const(20)
_RED_CLEAR_THRESHOLD = const(21)
_CODE_WINDOW_MS = const(23)
_CODE_CLEAR_LIMIT = const(25)
_CODE_LIMIT = const(24)
_SAMPLE_MODE = const(27)
_SAMPLE_PERIOD_MS = const(28)
_SAMPLE_EVERY = const(29)
_FLUSH_MS = const(30)
_SHADOW = const(31)
_HAS_CODE_LIMITS = const(33)
_BITS = const(36)
_LAST_COUNT = const(37)

_OLDER = const(1)
_NEWER = const(2)
_START = const(3)
_COUNT = const(4)
_QUIET = const(5)
_DEVICE = const(6)
_LEVEL = const(6)
_OVERLOAD_ID = const(9)
_THROTTLED_SEQ = const(10)
_TOTAL_SUPPRESSED = const(11)
_TOTAL_REPORTED = const(12)
_TOTAL_AT_SAMPLE = const(13)
_LAST_SAMPLE_T = const(14)
_FLUSH_FROM = const(15)
_SILENT_UNTIL = const(16)

_IDLE = const(0)  # the place of the head of the idle ring
_FREE_DEVICES = const(20)  # the places of the heads of the free rings
_FREE_KEYS = const(38)
_WAS_FULL = const(3)

_PERIOD = const(0)
_BY_COUNT = const(1)
_EITHER = const(2)

_BLOCK_BITS = const(63)  # of `saves.BLOCK`

_NO_INCIDENT = const(0)
_AMBER = const(1)
_RED = const(2)

_PASS = const(0)
_SAMPLE = const(1)
_SUPPRESS = const(2)
_FIRST = const(3)
_RULES = const(4)


@micropython.viper
def judge(state, devices, keys, t: int, is_excluded: int) -> int:  # noqa: C901, PLR0915
    """PASS, SAMPLE, SUPPRESS, FIRST or RULES for an alert at `t`, whose entries `find` has found.

    Long, because calls are what costs most on the board. Up to the comment half-way down no alert
    is counted.
    """
    s = ptr32(state)
    d = ptr32(devices)
    k = ptr32(keys)
    if t < s[_NOW]:
        t = s[_NOW]
    key = s[_KEY_AT]
    device = s[_DEVICE_AT]
    if key != 0 and t < k[key + _SILENT_UNTIL] and t < s[_WAKE]:
        s[_NOW] = t
        s[_RECEIVED] = s[_RECEIVED] + 1
        s[_SUPPRESSED] = s[_SUPPRESSED] + 1
        s[_VERDICT] = _SUPPRESS
        k[key + _COUNT] = k[key + _COUNT] + 1
        k[key + _TOTAL_SUPPRESSED] = k[key + _TOTAL_SUPPRESSED] + 1
        d[device + _COUNT] = d[device + _COUNT] + 1
        return _SUPPRESS
    if t >= s[_WAKE] or s[_SHADOW] != 0:
        return _RULES
    if device == 0:
        if int(is_full(devices, _FREE_DEVICES)) == 0:
            return _RULES
        pass_untracked(state, t, is_excluded)
        return _PASS
    level = d[device + _LEVEL]
    key = 0
    total = 0
    is_untracked = 0
    verdict = _PASS
    if level == _RED and is_excluded == 0:
        key = s[_KEY_AT]
        if key == 0:
            if int(is_full(keys, _FREE_KEYS)) == 0:
                return _RULES
            is_untracked = 1
        is_over = t - k[key + _START] & s[_BITS] >= s[_CODE_WINDOW_MS]
        if is_untracked != 0:
            is_over = False
        elif k[key + _OVERLOAD_ID] != 0:
            if is_over and int(roll_once(keys, key, t, state, _CODE_WINDOW_MS)) == 0:
                return _RULES
            total = k[key + _TOTAL_SUPPRESSED]
            verdict = _SUPPRESS
            if int(is_sample(state, keys, key, t)) != 0:
                verdict = _SAMPLE
                if k[key + _THROTTLED_SEQ] + 2 & _BLOCK_BITS == 0:
                    return _RULES  # a save is owed
        elif is_over or s[_HAS_CODE_LIMITS] != 0 or k[key + _COUNT] >= s[_CODE_LIMIT]:
            return _RULES
    count = d[device + _COUNT] + 1
    is_over = t - d[device + _START] & s[_BITS] >= s[_DEVICE_WINDOW_MS]
    if level != _RED:
        if level == _NO_INCIDENT:
            if is_over:
                count = 1
            if count > s[_AMBER_THRESHOLD]:
                return _RULES
            if is_over:
                d[device + _START] = t
        elif is_over or count > s[_RED_THRESHOLD]:
            return _RULES
    elif is_over:
        if int(roll_once(devices, device, t, state, _DEVICE_WINDOW_MS)) == 0:
            return _RULES
        count = 1
    # Nothing stands in the way: count the alert.
    s[_NOW] = t
    s[_RECEIVED] = s[_RECEIVED] + 1
    s[_VERDICT] = verdict
    d[device + _COUNT] = count
    if verdict == _SUPPRESS:
        if total == 0:
            return _FIRST
        suppress(state, keys, key, t)
        foresee(state, devices, keys)
        return _SUPPRESS
    if verdict == _SAMPLE:
        take_sample(state, keys, key, t)
        return _SAMPLE
    s[_PASSED] = s[_PASSED] + 1
    s[_UNTRACKED] = s[_UNTRACKED] + is_untracked
    if is_excluded != 0:
        s[_EXCLUDED] = s[_EXCLUDED] + 1
    if key != 0:
        k[key + _COUNT] = k[key + _COUNT] + 1
    if key != 0:
        move(keys, key, _IDLE)
    elif level == _NO_INCIDENT and d[_OLDER] != device:
        move(devices, device, _IDLE)
    return _PASS


@micropython.viper
def is_full(words, free: int) -> int:
    """Whether this table has no entry for another name, nor had the last time; 1 or 0.

    Args:
        free: the place of the head of its free ring.
    """
    w = ptr32(words)
    if w[_NEWER] != 0 or w[free + _NEWER] != free:
        return 0
    return w[free + _WAS_FULL]


@micropython.viper
def pass_untracked(state, t: int, is_excluded: int):
    """Count an alert of a device that has no entry."""
    s = ptr32(state)
    s[_NOW] = t
    s[_VERDICT] = _PASS
    s[_RECEIVED] = s[_RECEIVED] + 1
    s[_PASSED] = s[_PASSED] + 1
    s[_UNTRACKED] = s[_UNTRACKED] + 1
    s[_EXCLUDED] = s[_EXCLUDED] + is_excluded


@micropython.viper
def suppress(state, keys, key: int, t: int):
    """Count an alert that is suppressed; the first since a report has a time to be told by."""
    s = ptr32(state)
    k = ptr32(keys)
    total = k[key + _TOTAL_SUPPRESSED]
    k[key + _COUNT] = k[key + _COUNT] + 1
    if total == k[key + _TOTAL_REPORTED]:
        k[key + _FLUSH_FROM] = t
        if t + s[_FLUSH_MS] < s[_WAKE]:
            s[_WAKE] = t + s[_FLUSH_MS]
    k[key + _TOTAL_SUPPRESSED] = total + 1
    s[_SUPPRESSED] = s[_SUPPRESSED] + 1


@micropython.viper
def suppress_first(state, devices, keys):
    """Count as suppressed the alert that was FIRST, now that its overload is told of."""
    s = ptr32(state)
    suppress(state, keys, s[_KEY_AT], s[_NOW])
    foresee(state, devices, keys)


@micropython.viper
def is_sample(state, keys, key: int, t: int) -> int:
    """Whether an alert at `t` of this overloaded key is one: 1 or 0."""
    s = ptr32(state)
    k = ptr32(keys)
    mode = s[_SAMPLE_MODE]
    by_period = 0
    if t - k[key + _LAST_SAMPLE_T] & s[_BITS] >= s[_SAMPLE_PERIOD_MS]:
        by_period = 1
    if mode == _PERIOD:
        return by_period
    by_count = 0
    if k[key + _TOTAL_SUPPRESSED] - k[key + _TOTAL_AT_SAMPLE] >= s[_SAMPLE_EVERY] - 1:
        by_count = 1
    if mode == _BY_COUNT:
        return by_count
    return by_period | by_count if mode == _EITHER else by_period & by_count


@micropython.viper
def roll_once(words, at: int, t: int, state, of: int) -> int:
    """Close the window of what is open, which is over; 0, and nothing done, if more than one is.

    Args:
        of: of which window the policy says the length: a device's or a code's.
    """
    w = ptr32(words)
    s = ptr32(state)
    length_ms = s[of]
    if t - w[at + _START] & s[_BITS] >= 2 * length_ms:
        return 0
    quiet_limit = s[_CODE_CLEAR_LIMIT]
    if of == _DEVICE_WINDOW_MS:
        quiet_limit = s[_RED_CLEAR_THRESHOLD]
    if w[at + _COUNT] <= quiet_limit:
        w[at + _QUIET] = w[at + _QUIET] + 1
    else:
        w[at + _QUIET] = 0
    w[at + _START] = w[at + _START] + length_ms
    w[at + _COUNT] = 0
    return 1


@micropython.viper
def foresee(state, devices, keys):
    """Note for how long the alerts after this one, which was suppressed, will be, too."""
    s = ptr32(state)
    d = ptr32(devices)
    k = ptr32(keys)
    key = s[_KEY_AT]
    until = 0
    if s[_SAMPLE_MODE] == _PERIOD:
        until = k[key + _LAST_SAMPLE_T] + s[_SAMPLE_PERIOD_MS] & s[_BITS]
        other = k[key + _START] + s[_CODE_WINDOW_MS] & s[_BITS]
        if other < until:
            until = other
        other = d[k[key + _DEVICE] + _START] + s[_DEVICE_WINDOW_MS] & s[_BITS]
        if other < until:
            until = other
    k[key + _SILENT_UNTIL] = until


@micropython.viper
def take_sample(state, keys, key: int, t: int):
    """Count a sample, and take what is unreported into its report."""
    s = ptr32(state)
    k = ptr32(keys)
    total = k[key + _TOTAL_SUPPRESSED]
    count = total - k[key + _TOTAL_REPORTED]
    s[_LAST_COUNT] = count
    s[_REPORTED] = s[_REPORTED] + count
    s[_SAMPLED] = s[_SAMPLED] + 1
    k[key + _COUNT] = k[key + _COUNT] + 1
    k[key + _THROTTLED_SEQ] = k[key + _THROTTLED_SEQ] + 1
    k[key + _TOTAL_REPORTED] = total
    k[key + _TOTAL_AT_SAMPLE] = total
    k[key + _LAST_SAMPLE_T] = t
    k[key + _SILENT_UNTIL] = 0


@micropython.viper
def silenced_id(state, keys) -> int:
    """The overload_id of the key that was just silenced, as a word."""
    s = ptr32(state)
    k = ptr32(keys)
    return k[s[_KEY_AT] + _OVERLOAD_ID]
