"""Where the entries of an alert are, by name: two dicts.

So on CPython. On MicroPython `places_scan` takes its place, because a name for a dict has to be
made first, and each would stay on the heap; `tests/property/test_places_laws.py` holds the two
together.
"""

from commshub.entries import CODE, DEVICE, LEVEL, NOBODY
from commshub.gbcs import CODE as CODE_OF
from commshub.gbcs import ORIGINATOR_AT, TARGET_AT
from commshub.state import DEVICE_AT, KEY_AT

_RED = 2  # a level of the throttle, which imports this


class Places:
    """The places of the entries of two tables.

    Args:
        devices, keys: the arrays of words of the tables.
        device_capacity: how many devices there may be.

    `names` is what `find` is to be given.
    """

    def __init__(self, devices, keys, device_capacity: int):
        self.names = self
        self._devices = devices
        self._keys = keys
        self._device_by_name = {}
        self._key_by_name = {}
        self._find_device = self._device_by_name.get
        self._find_key = self._key_by_name.get
        self._originators = {}
        self._targets = {}

    def find_named(self, state, originator: bytes, target: bytes, code: int) -> None:
        """As `find`, for an alert of these names."""
        device = state[DEVICE_AT] = self._find_device(originator, NOBODY)
        # Only under a red incident are there keys.
        is_red = self._devices[device + LEVEL] == _RED
        state[KEY_AT] = self._find_key((device, code, target), NOBODY) if is_red else NOBODY

    def put_device(self, at: int, buffer, originator_at: int) -> None:
        """The device at `at` has the name that is in `buffer` there, and no keys."""
        originator = bytes(buffer[originator_at : originator_at + 8])
        self._device_by_name[originator] = at
        self._originators[at] = originator

    def put_key(self, at: int, device: int, buffer, target_at: int, code: int) -> None:
        """The key at `at` has this name."""
        self._keys[at + DEVICE] = device
        self._keys[at + CODE] = code
        target = bytes(buffer[target_at : target_at + 8])
        self._key_by_name[device, code, target] = at
        self._targets[at] = target

    def forget_device(self, at: int) -> None:
        """The device, which has no keys, is known no more."""
        del self._device_by_name[self._originators.pop(at)]

    def forget_key(self, at: int) -> None:
        """The key is known no more."""
        keys = self._keys
        del self._key_by_name[keys[at + DEVICE], keys[at + CODE], self._targets.pop(at)]

    def keys_of(self, device: int) -> list:
        """The places of the keys of a device, in no order."""
        return [at for name, at in self._key_by_name.items() if name[0] == device]

    def originator(self, at: int) -> bytes:
        """The name of a device."""
        return self._originators[at]

    def target(self, at: int) -> bytes:
        """Of the name of a key."""
        return self._targets[at]


def find(state, devices, keys, names, buffer, found) -> None:
    """Write to `state` the places of the device and of the key, NOBODY where there is none.

    Args:
        found: what a `gbcs.AlertReader` has found in `buffer`.
    """
    originator_at, target_at, code = found[ORIGINATOR_AT], found[TARGET_AT], found[CODE_OF]
    originator = bytes(buffer[originator_at : originator_at + 8])
    names.find_named(state, originator, bytes(buffer[target_at : target_at + 8]), code)


def enter(state, devices, keys, buffer, found, t: int) -> int:
    """Make no entry, and leave it to the rules: here their calls cost little."""
    return 0
