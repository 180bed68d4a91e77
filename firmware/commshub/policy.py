"""The numbers that a throttle goes by, their defaults and what makes them acceptable.

Pure: knows nothing of clocks, links or files. Every default is an assumption (the figures of the
real DSP are not public), so every one is a field.
"""

PERIOD = 0
COUNT = 1
EITHER = 2
BOTH = 3
SAMPLE_MODES = ("period", "count", "either", "both")

LONGEST_MS = 604800000  # 7 days: the longest window, period or delay that a policy may name
LARGEST_COUNT = 65535
LARGEST_CODE = 0xFFFF
MOST_CODES = 500  # an excluded code counts once, a code with a limit twice: one frame has no more

# name, default, least, most. This order is the order on the wire.
NUMBERS = (
    ("device_window_ms", 600000, 1, LONGEST_MS),
    ("amber_threshold", 10, 0, LARGEST_COUNT),
    ("red_threshold", 20, 0, LARGEST_COUNT),
    ("red_clear_threshold", 5, 0, LARGEST_COUNT),
    ("red_clear_windows", 3, 1, LARGEST_COUNT),
    ("code_window_ms", 600000, 1, LONGEST_MS),
    ("code_limit", 5, 0, LARGEST_COUNT),
    ("code_clear_limit", 2, 0, LARGEST_COUNT),
    ("code_clear_windows", 3, 1, LARGEST_COUNT),
    ("sample_mode", PERIOD, PERIOD, BOTH),
    ("sample_period_ms", 600000, 1, LONGEST_MS),
    ("sample_every", 100, 1, LARGEST_COUNT),
    ("flush_ms", 600000, 1, LONGEST_MS),
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

    def limit_for(self, code: int) -> int:
        """The per-key count that must be exceeded before `code` is throttled."""
        return self.code_limits.get(code, self.code_limit)

    def refusal(self) -> "tuple[str, str] | None":
        """Why this policy is not acceptable: (field, reason), or None if it is."""
        for name, _, least, most in NUMBERS:
            value = getattr(self, name)
            if not _is_whole(value):
                return name, "must be a whole number, got %r" % (value,)
            if not least <= value <= most:
                return name, "must be %d to %d, got %d" % (least, most, value)
        return self._codes_refusal() or self._order_refusal()

    def _codes_refusal(self):
        codes = len(self.excluded_codes) + 2 * len(self.code_limits)
        if codes > MOST_CODES:
            return "excluded_codes", "with code_limits twice, %d codes; at most %d" % (
                codes,
                MOST_CODES,
            )
        for code in self.excluded_codes:
            if not _is_code(code):
                return "excluded_codes", "must hold codes 0000 to FFFF, got %r" % (code,)
        for code, limit in self.code_limits.items():
            if not _is_code(code):
                return "code_limits", "must name codes 0000 to FFFF, got %r" % (code,)
            if not _is_whole(limit) or not 0 <= limit <= LARGEST_COUNT:
                reason = "the limit of %04X must be 0 to %d, got %r"
                return "code_limits", reason % (code, LARGEST_COUNT, limit)
        return None

    def _order_refusal(self):
        if self.amber_threshold > self.red_threshold:
            return "amber_threshold", "%d is above red_threshold %d" % (
                self.amber_threshold,
                self.red_threshold,
            )
        if self.red_clear_threshold > self.amber_threshold:
            return "red_clear_threshold", "%d is above amber_threshold %d" % (
                self.red_clear_threshold,
                self.amber_threshold,
            )
        lowest = min([self.code_limit] + list(self.code_limits.values()))
        if self.code_clear_limit > lowest:
            return "code_clear_limit", "%d is above the code limit %d" % (
                self.code_clear_limit,
                lowest,
            )
        return None


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _is_code(value):
    return _is_whole(value) and 0 <= value <= LARGEST_CODE
