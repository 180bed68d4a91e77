"""The numbers that a throttle goes by, their defaults and what makes them acceptable.

Pure: knows nothing of clocks, links or files. Every default is an assumption (the figures of the
real DSP are not public), so every one is a field.
"""

from commshub.compat import micropython

PERIOD = 0
COUNT = 1
EITHER = 2
BOTH = 3
SAMPLE_MODES = ("period", "count", "either", "both")

# Within `NUMBERS` they stand as what they are: so it is all in flash.
LONGEST_MS = 604800000  # 7 days: the longest window, period or delay that a policy may name
LARGEST_COUNT = 65535
LARGEST_CODE = 0xFFFF
MOST_CODES = 500  # an excluded code counts once, a code with a limit twice: one frame has no more

# name, default, least, most. This order is the order on the wire.
NUMBERS = (
    ("device_window_ms", 600000, 1, 604800000),
    ("amber_threshold", 10, 0, 65535),
    ("red_threshold", 20, 0, 65535),
    ("red_clear_threshold", 5, 0, 65535),
    ("red_clear_windows", 3, 1, 65535),
    ("code_window_ms", 600000, 1, 604800000),
    ("code_limit", 5, 0, 65535),
    ("code_clear_limit", 2, 0, 65535),
    ("code_clear_windows", 3, 1, 65535),
    ("sample_mode", 0, 0, 3),
    ("sample_period_ms", 600000, 1, 604800000),
    ("sample_every", 100, 1, 65535),
    ("flush_ms", 600000, 1, 604800000),
    ("shadow", 0, 0, 1),
    ("save_interval_ms", 10000, 1000, 60000),
)

# A copy of one of these carries state, not only notice: the logs of the GPF and the CHF, billing
# data, outcomes of future-dated commands, a firmware hash.
EXCLUDED_CODES = (0x8071, 0x8F0A, 0x8F12, 0x8F66, 0x8F67, 0x8F72)


class Policy:
    """One set of numbers. Attributes bear the names in `NUMBERS`, and two collections.

    `excluded_codes` is a set of codes that are counted and never throttled; `code_limits` maps a
    code to the limit that holds for it instead of `code_limit`.
    """

    # The names in `NUMBERS`, for those who read and check this file.
    device_window_ms: int
    amber_threshold: int
    red_threshold: int
    red_clear_threshold: int
    red_clear_windows: int
    code_window_ms: int
    code_limit: int
    code_clear_limit: int
    code_clear_windows: int
    sample_mode: int
    sample_period_ms: int
    sample_every: int
    flush_ms: int
    shadow: int
    save_interval_ms: int

    def __init__(self):
        for name, default, _, _ in NUMBERS:
            setattr(self, name, default)
        self.excluded_codes = set(EXCLUDED_CODES)
        self.code_limits = {}

    @micropython.native
    def limit_for(self, code: int) -> int:
        """The per-key count that must be exceeded before `code` is throttled."""
        return self.code_limits.get(code, self.code_limit)

    def refusal(self) -> "tuple[str, str] | None":
        """The first reason why this policy is not acceptable: (field, reason), or None."""
        for refusal in self.refusals():
            return refusal
        return None

    def refusals(self):
        """Every reason why this policy is not acceptable, one after the other: (field, reason)."""
        for name, _, least, most in NUMBERS:
            value = getattr(self, name)
            if not _is_whole(value):
                yield name, "must be a whole number, got %r" % (value,)
            elif not least <= value <= most:
                yield name, "must be %d to %d, got %d" % (least, most, value)
        excluded, limits = self.excluded_codes, self.code_limits
        if not isinstance(excluded, set):
            yield "excluded_codes", "must be a set of codes, got %r" % (excluded,)
            excluded = ()
        if not isinstance(limits, dict):
            yield "code_limits", "must be a dict of limits by code, got %r" % (limits,)
            limits = {}
        yield from _code_refusals(excluded, limits)
        yield from self._order_refusals(limits)

    def _order_refusals(self, limits):
        # A number that is refused by itself says nothing about its neighbours.
        for name, other in (
            ("amber_threshold", "red_threshold"),
            ("red_clear_threshold", "amber_threshold"),
        ):
            value, most = getattr(self, name), getattr(self, other)
            if _is_above(value, most):
                yield name, "%d is above %s %d" % (value, other, most)
        counts = [limit for limit in [self.code_limit] + list(limits.values()) if _is_count(limit)]
        if counts and _is_above(self.code_clear_limit, min(counts)):
            reason = "%d is above the code limit %d"
            yield "code_clear_limit", reason % (self.code_clear_limit, min(counts))


def _code_refusals(excluded, limits):
    codes = len(excluded) + 2 * len(limits)
    if codes > MOST_CODES:
        reason = "with code_limits twice, %d codes; at most %d"
        yield "excluded_codes", reason % (codes, MOST_CODES)
    for code in excluded:
        if not _is_code(code):
            yield "excluded_codes", "must hold codes 0000 to FFFF, got %r" % (code,)
    for code, limit in limits.items():
        if not _is_code(code):
            yield "code_limits", "must name codes 0000 to FFFF, got %r" % (code,)
        elif not _is_count(limit):
            reason = "the limit of %04X must be 0 to %d, got %r"
            yield "code_limits", reason % (code, LARGEST_COUNT, limit)


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _is_count(value):
    return _is_whole(value) and 0 <= value <= LARGEST_COUNT


def _is_above(value, most):
    return _is_count(value) and _is_count(most) and value > most


def _is_code(value):
    return _is_whole(value) and 0 <= value <= LARGEST_CODE
