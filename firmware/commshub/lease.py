"""The shortest way through the throttle: for alerts that are known beforehand to be suppressed.

While a storm goes on, alert after alert of an overloaded key is suppressed, and each only adds one
to the same few counts. For how long is known from the alert before: until a window ends, or a
sample or anything else is due. So the verdict is leased for as long; what is suppressed meanwhile
is added up here, and `settle` gives it to the throttle before anybody looks. Who uses both sees no
difference from the throttle alone. Pure.

A lease has a place by a sum over its name. Where two names have the same one the newer lease gets
it, and the other key's alerts go the longer way.
"""

from array import array

from commshub.compat import const, micropython, ptr8, ptr32
from commshub.policy import COUNT, PERIOD

_PLACES = const(32)  # of leases; a power of two
_NAME_BYTES = const(18)  # originator, target, code
_EVER = 0x3FFFFFFF  # later than all times since an epoch, and more than all counts

# Of what an `AlertReader` finds: as there, because machine code knows no constants of others.
_ORIGINATOR_AT = const(0)
_TARGET_AT = const(1)
_CODE = const(2)

# Of each place: its lease holds up to this time (0: there is none), for so many alerts; so many
# came.
_UNTIL = const(0)
_LEFT = const(1)
_TAKEN = const(2)
_WORDS = const(3)
# Behind all places: that of the alert that was looked at last; how many have alerts to settle, and
# which.
_LOOKED_AT = const(_PLACES * _WORDS)
_USED = const(_PLACES * _WORDS + 1)


class Leases:
    """The leases of one throttle."""

    def __init__(self):
        self._keys = [None] * _PLACES
        self._names = bytearray(_PLACES * _NAME_BYTES)
        self._state = array("i", bytes(4 * (_USED + 1 + _PLACES)))
        self._is_any = False

    @micropython.native
    def take(self, t: int, buffer, found):
        """The key whose alert at `t` is suppressed; None: the throttle must judge it.

        Args:
            t: no earlier than any call before.
            found: what an `AlertReader` has found in `buffer`.

        Allocates: nothing.
        """
        place = _take(self._state, self._names, t, buffer, found)
        return None if place < 0 else self._keys[place]

    @micropython.native
    def grant(self, throttle, buffer, found) -> None:
        """The throttle has just suppressed this alert, and will more of its key.

        Args:
            found: as for `take`, which was called for the same alert just before.
        """
        key = throttle.silenced
        policy = throttle.policy
        until = key.start + policy.code_window_ms
        until = min(until, key.device.start + policy.device_window_ms)
        left = _EVER
        if policy.sample_mode != COUNT:
            until = min(until, key.last_sample_t + policy.sample_period_ms)
        if policy.sample_mode != PERIOD:
            left = policy.sample_every - 1 - key.suppressed_since_sample
        state = self._state
        place = state[_LOOKED_AT]
        _name(self._names, place, buffer, found)
        self._keys[place] = key
        state[place * _WORDS + _UNTIL] = min(until, throttle.wake)
        state[place * _WORDS + _LEFT] = left
        self._is_any = True

    @micropython.native
    def hold_until(self, t: int) -> None:
        """No lease holds at `t` or after it."""
        if self._is_any:
            _shorten(self._state, t)

    @micropython.native
    def end(self) -> None:
        """End all leases; what was taken must have been settled."""
        if self._is_any:
            _shorten(self._state, 0)
            for place in range(_PLACES):  # or a key would keep a table that is gone
                self._keys[place] = None
            self._is_any = False

    @micropython.native
    def settle(self, throttle) -> None:
        """Give the throttle what was taken."""
        state = self._state
        used = state[_USED]
        while used:
            place = state[_USED + used]
            _add(throttle, self._keys[place], state[place * _WORDS + _TAKEN])
            state[place * _WORDS + _TAKEN] = 0
            used -= 1
        state[_USED] = 0


def _add(throttle, key, count):
    throttle.received += count
    throttle.suppressed += count
    throttle.unreported += count
    key.count += count
    key.unreported += count
    key.suppressed_since_sample += count
    key.total_suppressed += count
    key.device.count += count


@micropython.viper
def _name(names, place: int, buffer, found):
    """Note whose lease is at this place."""
    data = ptr8(buffer)
    where = ptr32(found)
    originator = where[_ORIGINATOR_AT]
    target = where[_TARGET_AT]
    code = where[_CODE]
    write = ptr8(names)
    at = place * _NAME_BYTES
    offset = 0
    while offset < 8:
        write[at + offset] = data[originator + offset]
        write[at + 8 + offset] = data[target + offset]
        offset += 1
    write[at + 16] = code >> 8
    write[at + 17] = code & 0xFF


@micropython.viper
def _take(state, names, t: int, buffer, found) -> int:
    """Count an alert at the place of its lease, which is returned; -1: it has none."""
    data = ptr8(buffer)
    where = ptr32(found)
    words = ptr32(state)
    originator = where[_ORIGINATOR_AT]
    target = where[_TARGET_AT]
    code = where[_CODE]
    # A sum over what differs between keys that storm at once.
    place = int(data[originator + 7]) * 5 + int(data[originator + 6]) * 3
    place = place + int(data[target + 7]) + code * 7 & _PLACES - 1
    words[_LOOKED_AT] = place
    at = place * _WORDS
    if t >= words[at + _UNTIL] or words[at + _LEFT] <= 0:
        return -1
    name = ptr8(names)
    name_at = place * _NAME_BYTES
    if int(name[name_at + 16]) != code >> 8 or int(name[name_at + 17]) != code & 0xFF:
        return -1
    offset = 0
    while offset < 8:
        if name[name_at + offset] != data[originator + offset]:
            return -1
        if name[name_at + 8 + offset] != data[target + offset]:
            return -1
        offset += 1
    words[at + _LEFT] = words[at + _LEFT] - 1
    if words[at + _TAKEN] == 0:
        words[_USED] = words[_USED] + 1
        words[_USED + words[_USED]] = place
    words[at + _TAKEN] = words[at + _TAKEN] + 1
    return place


@micropython.viper
def _shorten(state, t: int):
    """Let no lease hold longer than up to `t`."""
    words = ptr32(state)
    at = _UNTIL
    while at < _LOOKED_AT:
        if words[at] > t:
            words[at] = t
        at += _WORDS
