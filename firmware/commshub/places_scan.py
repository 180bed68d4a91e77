"""Where the entries of an alert are, by name, without a name being made: the names are compared.

So on MicroPython; `places_plain` is the same in dicts. Devices are few, and the keys of one device
are a chain. Allocates: nothing, but for names that are asked for.
"""

from array import array

from commshub.compat import const, micropython, ptr8, ptr32
from commshub.entries import CODE, DEVICE, DEVICE_NAME, FIRST_KEY, KEY_NAME, NEXT_KEY, NOBODY
from commshub.table import next_place, renew

# As in `state` and `entries`: machine code knows no constants of others.
_NOW = const(0)
_WAKE = const(1)
_DEVICE_AT = const(3)
_KEY_AT = const(4)
_NEWER = const(2)
_LEVEL = const(6)
_FIRST_KEY = const(7)
_DEVICE = const(6)
_NEXT_KEY = const(7)
_CODE = const(8)
_OVERLOAD_ID = const(9)

_NOT_IN_USE = const(1)  # the first key of a device that is none: no entry has this place
_ORIGINATOR_AT = const(0)  # of `gbcs`
_TARGET_AT = const(1)
_CODE_OF = const(2)
_DEVICE_NAME = const(8)
_DEVICE_WORDS = const(10)
_KEY_NAME = const(17)
_RINGS = const(3)  # heads of rings before the entries
_FREE_DEVICES = const(20)  # the places of the heads of the free rings
_FREE_KEYS = const(38)
_RED = const(2)


class Places:
    """The places of the entries of two tables; see `places_plain`."""

    def __init__(self, devices, keys, device_capacity: int):
        self._devices = devices
        self._keys = keys
        end = (_RINGS + device_capacity) * _DEVICE_WORDS
        for at in range(_RINGS * _DEVICE_WORDS, end, _DEVICE_WORDS):
            devices[at + FIRST_KEY] = _NOT_IN_USE
        self.names = end

    def find_named(self, state, originator: bytes, target: bytes, code: int) -> None:
        """See `places_plain`."""
        found = array("i", (0, len(originator), code))
        find(state, self._devices, self._keys, self.names, originator + target, found)

    @micropython.native
    def put_device(self, at: int, buffer, originator_at: int) -> None:
        """See `places_plain`."""
        _put_name(buffer, originator_at, self._devices, at + DEVICE_NAME)
        self._devices[at + FIRST_KEY] = NOBODY

    @micropython.native
    def put_key(self, at: int, device: int, buffer, target_at: int, code: int) -> None:
        """See `places_plain`."""
        keys = self._keys
        _put_name(buffer, target_at, keys, at + KEY_NAME)
        keys[at + DEVICE] = device
        keys[at + CODE] = code
        keys[at + NEXT_KEY] = self._devices[device + FIRST_KEY]
        self._devices[device + FIRST_KEY] = at

    @micropython.native
    def forget_device(self, at: int) -> None:
        """See `places_plain`."""
        self._devices[at + FIRST_KEY] = _NOT_IN_USE

    @micropython.native
    def forget_key(self, at: int) -> None:
        """See `places_plain`."""
        _unchain(self._devices, self._keys, at)

    def keys_of(self, device: int) -> list:
        """See `places_plain`."""
        found = []
        at = self._devices[device + FIRST_KEY]
        while at != NOBODY:
            found.append(at)
            at = self._keys[at + NEXT_KEY]
        return found

    def originator(self, at: int) -> bytes:
        """See `places_plain`."""
        return _name(self._devices, at + DEVICE_NAME)

    def target(self, at: int) -> bytes:
        """See `places_plain`."""
        return _name(self._keys, at + KEY_NAME)


@micropython.native
def _name(words, at):
    name = bytearray(8)
    _put_bytes(words, at, name)
    return bytes(name)


@micropython.viper
def _put_bytes(words, at: int, name):
    word = ptr32(words)
    write = ptr8(name)
    place = 0
    value = word[at]
    while place < 8:
        if place == 4:
            value = word[at + 1]
        write[place] = value & 0xFF
        value >>= 8
        place += 1


@micropython.viper
def _put_name(buffer, at: int, words, place: int):
    data = ptr8(buffer)
    write = ptr32(words)
    write[place] = data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24
    at += 4
    write[place + 1] = data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24


@micropython.viper
def find(state, devices, keys, end: int, buffer, found):
    """The device, then its key; first of all those of the alert before, as in a storm they are."""
    out = ptr32(state)
    d = ptr32(devices)
    data = ptr8(buffer)
    where = ptr32(found)
    at = where[_ORIGINATOR_AT]
    head = data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24
    at += 4
    tail = data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24
    device = out[_DEVICE_AT]
    following = _RINGS * _DEVICE_WORDS
    while True:
        if device != 0 and d[device + _DEVICE_NAME + 1] == tail:
            if d[device + _DEVICE_NAME] == head and d[device + _FIRST_KEY] != _NOT_IN_USE:
                break
        if following >= end:
            device = 0
            break
        device = following
        following += _DEVICE_WORDS
    out[_DEVICE_AT] = device
    key = 0
    if device != 0 and d[device + _FIRST_KEY] != 0:
        k = ptr32(keys)
        code = where[_CODE_OF]
        at = where[_TARGET_AT]
        head = data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24
        at += 4
        tail = data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24
        key = out[_KEY_AT]
        following = d[device + _FIRST_KEY]
        while True:
            if key != 0 and k[key + _CODE] == code and k[key + _DEVICE] == device:
                if k[key + _KEY_NAME] == head and k[key + _KEY_NAME + 1] == tail:
                    break
            key = following
            if key == 0:
                break
            following = k[key + _NEXT_KEY]
    out[_KEY_AT] = key


@micropython.viper
def _unchain(devices, keys, key: int):
    """Take a key out of the chain of its device."""
    of_devices = ptr32(devices)
    of_keys = ptr32(keys)
    device = of_keys[key + _DEVICE]
    following = of_keys[key + _NEXT_KEY]
    of_keys[key + _DEVICE] = 0
    at = of_devices[device + _FIRST_KEY]
    if at == key:
        of_devices[device + _FIRST_KEY] = following
        return
    while of_keys[at + _NEXT_KEY] != key:
        at = of_keys[at + _NEXT_KEY]
    of_keys[at + _NEXT_KEY] = following


@micropython.viper
def enter(state, devices, keys, buffer, found, t: int) -> int:
    """Make the one entry that an alert needs and `find` has not found; 1, or 0 where that is not
    all that stands between it and `quick.judge`.

    An entry that gives way has no incident, and nothing that is silenced.

    Args:
        t: when the alert arrived; its code is not excluded.
    """
    s = ptr32(state)
    d = ptr32(devices)
    k = ptr32(keys)
    where = ptr32(found)
    if t < s[_NOW]:
        t = s[_NOW]
    if t >= s[_WAKE]:
        return 0
    device = s[_DEVICE_AT]
    if device == 0:
        at = int(next_place(devices, _FREE_DEVICES))
        if at == 0:
            return 0
        renew(devices, at, _FREE_DEVICES, t)
        _put_name(buffer, where[_ORIGINATOR_AT], devices, at + _DEVICE_NAME)
        d[at + _FIRST_KEY] = 0
        s[_DEVICE_AT] = at
        return 1
    if d[device + _LEVEL] != _RED or s[_KEY_AT] != 0:
        return 0
    at = int(next_place(keys, _FREE_KEYS))
    if at == 0:
        return 0
    if k[_FREE_KEYS + _NEWER] != at:
        _unchain(devices, keys, at)
    renew(keys, at, _FREE_KEYS, t)
    _put_name(buffer, where[_TARGET_AT], keys, at + _KEY_NAME)
    k[at + _DEVICE] = device
    k[at + _CODE] = where[_CODE_OF]
    k[at + _OVERLOAD_ID] = 0
    k[at + _NEXT_KEY] = d[device + _FIRST_KEY]
    d[device + _FIRST_KEY] = at
    s[_KEY_AT] = at
    return 1
