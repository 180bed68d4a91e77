"""What the throttle keeps of a device and of a key: words of an array, and names for them.

An entry is known by its place, the number of its first word; no entry has place 0. Both kinds
have a window: it is tumbling, began at `START` (the time of the first alert it counted, moved on
by whole lengths), holds `COUNT` alerts so far, and `QUIET` is the run of quiet windows before it.

Objects would be easier to read. On the board one of a key took 208 bytes where 64 do, and machine
code cannot look into it; so those who ask rarely get an object that reads these words.
"""

from commshub.compat import micropython
from commshub.state import LAST_COUNT

NOBODY = 0  # the place of no entry

# Of every entry.
MADE = 0  # rank in the order in which entries were made
OLDER = 1  # its neighbours in a ring of the table
NEWER = 2
START = 3
COUNT = 4
QUIET = 5

# Of a device.
LEVEL = 6
FIRST_KEY = 7  # its keys are a chain, the newest first
DEVICE_NAME = 8  # two words, where names are kept here
DEVICE_WORDS = 10

# Of a key, and of its overload if it has one.
DEVICE = 6
NEXT_KEY = 7
CODE = 8
OVERLOAD_ID = 9  # 0: it is not overloaded
THROTTLED_SEQ = 10
TOTAL_SUPPRESSED = 11
TOTAL_REPORTED = 12  # of them; the others are unreported
TOTAL_AT_SAMPLE = 13  # those suppressed up to the last sample
LAST_SAMPLE_T = 14
FLUSH_FROM = 15
SILENT_UNTIL = 16  # before this time an alert is suppressed and nothing else comes of it; 0: ask
KEY_NAME = 17  # two words, of the target
KEY_WORDS = 19

NO_INCIDENT = 0  # the level of a device without one; the others are the throttle's


@micropython.native
def count_afresh(words, at: int, t: int, length_ms: int) -> None:
    """Count an alert at `t`; a window that is over gives way to a new one anchored at `t`."""
    if t - words[at + START] >= length_ms:
        words[at + START] = t
        words[at + COUNT] = 0
    words[at + COUNT] += 1


@micropython.native
def roll(words, at: int, t: int, length_ms: int, quiet_limit: int) -> None:
    """Close every window that ended at or before `t`, in order; the later ones are empty."""
    closed = (t - words[at + START]) // length_ms
    if closed > 0:
        is_quiet = words[at + COUNT] <= quiet_limit
        words[at + QUIET] = words[at + QUIET] + closed if is_quiet else closed - 1
        words[at + START] += closed * length_ms
        words[at + COUNT] = 0


@micropython.native
def settles_at(words, at: int, length_ms: int, quiet_limit: int, quiet_windows: int) -> int:
    """When the run of quiet windows will be complete, if nothing more is counted."""
    before = words[at + QUIET] + 1 if words[at + COUNT] <= quiet_limit else 0
    return words[at + START] + length_ms * (1 + max(0, quiet_windows - before))


def device_settles_at(words, at: int, policy) -> int:
    """When the incident of this device closes, if it sends nothing more."""
    limit, windows = policy.red_clear_threshold, policy.red_clear_windows
    return settles_at(words, at, policy.device_window_ms, limit, windows)


def key_settles_at(words, at: int, policy) -> int:
    """When the overload of this key ends, if nothing more comes of it."""
    limit, windows = policy.code_clear_limit, policy.code_clear_windows
    return settles_at(words, at, policy.code_window_ms, limit, windows)


@micropython.native
def begin_overload(words, at: int, t: int, overload_id: int) -> None:
    """This key is over its limit from `t` on; the alert at `t` is its first sample."""
    words[at + OVERLOAD_ID] = as_word(overload_id)
    words[at + THROTTLED_SEQ] = 1
    for word in (QUIET, TOTAL_SUPPRESSED, TOTAL_REPORTED, TOTAL_AT_SAMPLE):
        words[at + word] = 0
    words[at + LAST_SAMPLE_T] = t


@micropython.native
def take_unreported(words, at: int) -> int:
    """Take what is unreported of this key into a numbered report; how many that is."""
    total = words[at + TOTAL_SUPPRESSED]
    count = (total - words[at + TOTAL_REPORTED]) & 0xFFFFFFFF
    words[at + TOTAL_REPORTED] = total
    words[at + SILENT_UNTIL] = 0
    words[at + THROTTLED_SEQ] += 1
    return count


def as_word(number: int) -> int:
    """A u32 as a word, which has a sign; `& 0xFFFFFFFF` is the way back."""
    return number - ((number & 0x80000000) << 1)


_OF_ENTRY = {"made": MADE, "start": START, "count": COUNT, "quiet": QUIET}
_OF_KEY = {
    "code": CODE,
    "overload_id": OVERLOAD_ID,
    "throttled_seq": THROTTLED_SEQ,
    "total_suppressed": TOTAL_SUPPRESSED,
    "last_sample_t": LAST_SAMPLE_T,
    "flush_from": FLUSH_FROM,
}
_SINCE = {"unreported": TOTAL_REPORTED, "suppressed_since_sample": TOTAL_AT_SAMPLE}
_TIMES = "start", "last_sample_t", "flush_from"  # the only ones that may be below 0


class DeviceView:
    """A device, for those who ask rarely; as it is at the moment of each look.

    Args:
        memory: the `Memory` whose it is.
        at: its place.

    Its attributes are those of `_OF_ENTRY`, and `level`.
    """

    def __init__(self, memory, at: int = NOBODY):
        self.words = memory.devices.words
        self.at = at
        self._memory = memory

    def __getattr__(self, name: str) -> int:
        """A word; a property of each would take kilobytes of the board's heap."""
        if name == "level":
            return self.words[self.at + LEVEL]
        return _look_up(self, _OF_ENTRY, name)

    @property
    def originator(self):
        """An EUI-64."""
        return self._memory.places.originator(self.at)

    name = originator


class KeyView:
    """A key, for those who ask rarely; as `DeviceView`.

    Its attributes are those of `_OF_ENTRY`, `_OF_KEY` and `_SINCE`.
    """

    def __init__(self, memory, at: int = NOBODY):
        self.words = memory.keys.words
        self.at = at
        self._memory = memory

    def __getattr__(self, name: str) -> int:
        """A number."""
        if name in _SINCE:
            words, at = self.words, self.at
            return (words[at + TOTAL_SUPPRESSED] - words[at + _SINCE[name]]) & 0xFFFFFFFF
        return _look_up(self, _OF_KEY if name in _OF_KEY else _OF_ENTRY, name)

    @property
    def overloaded(self) -> bool:
        """Whether it is."""
        return self.words[self.at + OVERLOAD_ID] != 0

    @property
    def throttled_count(self) -> int:
        """The count that left with the last report of all keys, so while that is being told."""
        return self._memory.state[LAST_COUNT] & 0xFFFFFFFF

    @property
    def originator(self):
        """An EUI-64."""
        return self._memory.places.originator(self.words[self.at + DEVICE])

    @property
    def target(self):
        """An EUI-64."""
        return self._memory.places.target(self.at)

    @property
    def name(self) -> tuple:
        """Originator, target, code."""
        return self.originator, self.target, self.code


def _look_up(view, names, name):
    if name not in names:
        raise AttributeError(name)
    word = view.words[view.at + names[name]]
    return word if name in _TIMES else word & 0xFFFFFFFF
