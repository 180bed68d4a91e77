"""What a throttle remembers: its two tables, what is open in them, its counts, the latest time.

Pure, and without rules: what is done with all this is in `throttle.py`. It can be moved to another
epoch, and `snapshot.py` writes it down for the time after a restart.
"""

from array import array

from commshub import state as st
from commshub.compat import NEVER, const, make_words, micropython
from commshub.entries import (
    DEVICE_WORDS,
    KEY_WORDS,
    DeviceView,
    KeyView,
    as_word,
    roll,
    settles_at,
)
from commshub.places import Places, find
from commshub.policy import LONGEST_MS, NUMBERS
from commshub.quick import silenced_id
from commshub.table import Table

# As in `entries`: looked up there, each would cost time and heap.
_NOBODY = const(0)
_START = const(3)
_OVERLOAD_ID = const(9)
_THROTTLED_SEQ = const(10)
_TOTAL_SUPPRESSED = const(11)
_LAST_SAMPLE_T = const(14)
_FLUSH_FROM = const(15)
_SILENT_UNTIL = const(16)

# Verdicts.
PASS = 0
SAMPLE = 1
SUPPRESS = 2

ACCOUNTS = (  # in the order of the Counters frame
    "received",
    "passed",
    "sampled",
    "suppressed",
    "reported",
    "unreported",
    "excluded",
    "untracked",
    "would_sample",
    "would_suppress",
    "would_report",
)


_STATE_OF = {  # where which account is; what is unreported is in the keys
    "received": st.RECEIVED,
    "passed": st.PASSED,
    "sampled": st.SAMPLED,
    "suppressed": st.SUPPRESSED,
    "reported": st.REPORTED,
    "excluded": st.EXCLUDED,
    "untracked": st.UNTRACKED,
    "would_sample": st.WOULD_SAMPLE,
    "would_suppress": st.WOULD_SUPPRESS,
    "would_report": st.WOULD_REPORT,
}

_COUNT_OF = st.PASSED, st.SAMPLED, st.SUPPRESSED  # by verdict


class Memory:
    """The state of one throttle.

    The accounts are attributes, cumulative over the life of the hub. Times are ms since an epoch,
    below `compat.NEVER`; `now` is the latest that any call has reached.

    Attributes:
        state: see `state`.
        parts: what machine code needs of all this: `state`, the words of both tables, what names
            `places.find` is to be given, and how many codes are excluded, and which.
    """

    def __init__(self, policy, device_capacity: int, key_capacity: int):
        self.state = make_words(st.WORDS)
        self.state[st.WAKE] = self.state[st.NEVER] = NEVER
        self.state[st.BITS] = 2 * NEVER + 1
        self._tables = None, None, None  # type: tuple
        self.next_overload_id = 1
        self.set_policy(policy)
        self.make_tables(device_capacity, key_capacity)

    def set_policy(self, policy) -> None:
        """Go by these numbers; nothing must be open under others."""
        state = self.state
        self.policy = policy
        for index, number in enumerate(NUMBERS):
            state[st.POLICY + index] = getattr(policy, number[0])
        state[st.HAS_CODE_LIMITS] = bool(policy.code_limits)
        state[st.MOST_DEVICE_WINDOWS] = NEVER // policy.device_window_ms
        state[st.MOST_CODE_WINDOWS] = NEVER // policy.code_window_ms
        codes = sorted(policy.excluded_codes)
        self._excluded = array("i", [len(codes)] + codes)
        self._gather()

    def make_tables(self, device_capacity: int, key_capacity: int) -> None:
        """Empty tables of this many entries; nothing must be open in those before."""
        self.devices = Table(device_capacity, DEVICE_WORDS, self._forget_device)
        self.keys = Table(key_capacity, KEY_WORDS, self._forget_key)
        self.places = Places(self.devices.words, self.keys.words, device_capacity)
        self._tables = self.devices.words, self.keys.words, self.places.names
        self.forget_last()
        self._gather()

    def _gather(self):
        self.parts = (self.state,) + self._tables + (self._excluded,)

    def forget_last(self) -> None:
        """No alert was judged last."""
        self.state[st.DEVICE_AT] = self.state[st.KEY_AT] = _NOBODY
        self.state[st.VERDICT] = PASS

    def __getattr__(self, name: str) -> int:
        """An account; a property of each would take a kilobyte of the board's heap."""
        if name not in _STATE_OF:
            raise AttributeError(name)
        return self.state[_STATE_OF[name]] & 0xFFFFFFFF

    @property
    def now(self) -> int:
        """See above."""
        return self.state[st.NOW]

    @property
    def wake(self) -> "int | None":
        """Nothing has an effect before this time; None: nothing is pending."""
        wake = self.state[st.WAKE]
        return None if wake == NEVER else wake

    @property
    def sample(self) -> "KeyView | None":
        """The key of the alert that was just sampled."""
        return self._key_of_a(SAMPLE)

    @property
    def silenced(self) -> "KeyView | None":
        """The key of the alert that was just suppressed."""
        return self._key_of_a(SUPPRESS)

    def silenced_id(self) -> int:
        """The overload_id of the key of the alert that was just suppressed."""
        return silenced_id(self.state, self.keys.words) & 0xFFFFFFFF

    @property
    def incidents(self) -> list:
        """Devices with an incident."""
        return [DeviceView(self, at) for at in self.devices.all_kept()]

    @property
    def overloads(self) -> list:
        """Overloaded keys."""
        return [KeyView(self, at) for at in self.keys.all_kept()]

    def all_devices(self) -> list:
        """Those with an incident, first made first; the others, counted least recently first."""
        return [DeviceView(self, at) for at in self.devices.in_order_counted()]

    def all_keys(self) -> list:
        """Those overloaded, first made first; the others, counted least recently first."""
        return [KeyView(self, at) for at in self.keys.in_order_counted()]

    @micropython.native
    def is_open(self) -> bool:
        """Whether any incident is."""
        return self.devices.is_any_kept()

    def device(self, originator) -> "DeviceView | None":
        """The device of that name, if there is one."""
        at = self._find(originator, bytes(8), 0)[0]
        return DeviceView(self, at) if at else None

    def key(self, originator, target, code: int) -> "KeyView | None":
        """The key of that name, if there is one."""
        at = self._find(originator, target, code)[1]
        return KeyView(self, at) if at else None

    @property
    def unreported(self) -> int:
        """Suppressed, or in shadow as good as, and in no report yet."""
        return sum([key.unreported for key in self.overloads])

    def accounts(self) -> list:
        """The accounts, as frames and saves have them: u32, beginning again at 2**32."""
        return [getattr(self, name) for name in ACCOUNTS]

    def set_accounts(self, values) -> None:
        """As `accounts` told; what is unreported comes with the keys."""
        for name, value in zip(ACCOUNTS, values):
            if name in _STATE_OF:
                self.state[_STATE_OF[name]] = as_word(value)

    def account(self, verdict: int) -> int:
        """Count an alert of this verdict; the one that it gets, which in shadow is PASS."""
        state = self.state
        if state[st.SHADOW]:
            if verdict == SAMPLE:
                state[st.WOULD_SAMPLE] += 1
            elif verdict == SUPPRESS:
                state[st.WOULD_SUPPRESS] += 1
            verdict = PASS
        state[st.VERDICT] = verdict
        state[_COUNT_OF[verdict]] += 1
        return verdict

    def move_epoch(self, by_ms: int) -> None:
        """Count time from `by_ms` later: every stored time becomes smaller by that.

        No time is kept further back than the longest that a policy can name: all that is asked of
        an older one is whether it is that old. `wake` is to be found anew.
        """
        state = self.state
        self.roll_what_is_open(state[st.NOW])
        state[st.NOW] = max(state[st.NOW] - by_ms, 0)
        floor = state[st.NOW] - LONGEST_MS
        devices, keys = self.devices.words, self.keys.words
        for at in self.devices.in_order_counted():
            devices[at + _START] = max(devices[at + _START] - by_ms, floor)
        for at in self.keys.in_order_counted():
            for word in (_START, _LAST_SAMPLE_T, _FLUSH_FROM):
                keys[at + word] = max(keys[at + word] - by_ms, floor)
            keys[at + _SILENT_UNTIL] = 0

    def roll_what_is_open(self, t: int) -> None:
        """Close every window that is over at `t` without an effect.

        One that a restart finds overdue stays open until the throttle has done what is due.
        """
        policy = self.policy
        length_ms, limit = policy.device_window_ms, policy.red_clear_threshold
        _roll_all(self.devices, t, length_ms, limit, policy.red_clear_windows)
        length_ms, limit = policy.code_window_ms, policy.code_clear_limit
        _roll_all(self.keys, t, length_ms, limit, policy.code_clear_windows)

    @micropython.native
    def numbers(self) -> tuple:
        """What a sample tells: overload, its sequence, the count since its last report, the total.

        Of the key of the alert that was just sampled.
        """
        words, at = self.keys.words, self.state[st.KEY_AT]
        return (
            words[at + _OVERLOAD_ID] & 0xFFFFFFFF,
            words[at + _THROTTLED_SEQ],
            self.state[st.LAST_COUNT] & 0xFFFFFFFF,
            words[at + _TOTAL_SUPPRESSED] & 0xFFFFFFFF,
        )

    def find_entries(self, buffer, found) -> None:
        """Note where the entries of an alert are, see `places.find`."""
        state, devices, keys, names, _ = self.parts
        find(state, devices, keys, names, buffer, found)

    def _key_of_a(self, verdict):
        was_one = self.state[st.VERDICT] == verdict
        return KeyView(self, self.state[st.KEY_AT]) if was_one else None

    def _find(self, originator, target, code):
        """The places of the entries of an alert, which is not one that is judged."""
        found = make_words(st.WORDS)
        self.places.find_named(found, bytes(originator), bytes(target), code)
        return found[st.DEVICE_AT], found[st.KEY_AT]

    def _forget_device(self, at):
        self.places.forget_device(at)

    def _forget_key(self, at):
        self.places.forget_key(at)


@micropython.native
def _roll_all(table, t, length_ms, limit, windows):
    words = table.words
    for at in table.all_kept():
        if (
            t - words[at + _START] >= length_ms
            and settles_at(words, at, length_ms, limit, windows) > t
        ):
            roll(words, at, t, length_ms, limit)
