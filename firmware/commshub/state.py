"""What a throttle has besides its tables, as words of one array: which word is which.

Machine code can look into an array and not into an object. Where it does, it has these numbers
once more, because it knows no constants of others; `tests/unit/test_words.py` compares them.
"""

NOW = 0  # the latest time that any call has reached
WAKE = 1  # nothing has an effect before this time
NEVER = 2  # a time later than all: what WAKE is where nothing is pending

# Of the alert that is judged, or was last.
DEVICE_AT = 3  # the places of its entries; NOBODY where there is none
KEY_AT = 4
VERDICT = 5

# What is due next, as `due.find_next` has found it.
DUE_T = 6
DUE_KIND = 7

# The accounts, but for what is unreported: that is in the keys.
RECEIVED = 8
PASSED = 9
SAMPLED = 10
SUPPRESSED = 11
REPORTED = 12
EXCLUDED = 13
UNTRACKED = 14
WOULD_SAMPLE = 15
WOULD_SUPPRESS = 16
WOULD_REPORT = 17

# The policy in force, in the order of `policy.NUMBERS`.
POLICY = 18
DEVICE_WINDOW_MS = 18
AMBER_THRESHOLD = 19
RED_THRESHOLD = 20
RED_CLEAR_THRESHOLD = 21
RED_CLEAR_WINDOWS = 22
CODE_WINDOW_MS = 23
CODE_LIMIT = 24
CODE_CLEAR_LIMIT = 25
CODE_CLEAR_WINDOWS = 26
SAMPLE_MODE = 27
SAMPLE_PERIOD_MS = 28
SAMPLE_EVERY = 29
FLUSH_MS = 30
SHADOW = 31
SAVE_INTERVAL_MS = 32
HAS_CODE_LIMITS = 33  # whether a code may have a limit of its own
MOST_DEVICE_WINDOWS = 34  # how many are not longer than all time
MOST_CODE_WINDOWS = 35

# The bits of a difference of two times. A time may be before 0, and MicroPython's machine code for
# 64-bit processors reads a negative word as a large positive one.
BITS = 36

LAST_COUNT = 37  # what left with the last report

WORDS = 38
