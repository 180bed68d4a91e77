"""What a throttle tells whoever listens: its events, as they happen.

Pure. Nothing is decided here; `throttle.py` says what is told when.
"""

from commshub import state as st
from commshub.compat import const, micropython
from commshub.entries import LEVEL, DeviceView, KeyView
from commshub.pending import Pending

# Events.
INCIDENT_OPEN = 1
INCIDENT_ESCALATE = 2
INCIDENT_CLOSE = 3
OVERLOAD_START = 4
SUMMARY = 5
OVERLOAD_END = 6
TABLE_FULL = 7

# Levels: of an incident (0: none); of a full table.
AMBER = 1
RED = 2
DEVICE_TABLE = 3
KEY_TABLE = 4

_NO_INCIDENT = const(0)  # of `entries`


class Telling(Pending):
    """A throttle's memory, what is pending in it, and who hears of it.

    Args:
        on_event: the throttle's, see there.
    """

    def __init__(self, policy, on_event, device_capacity: int, key_capacity: int, on_save):
        super().__init__(policy, device_capacity, key_capacity, on_save)
        self._emit = on_event

    def make_tables(self, device_capacity: int, key_capacity: int) -> None:
        """Empty tables of this many entries; nothing must be open in those before."""
        super().make_tables(device_capacity, key_capacity)
        # One of each kind, used again: a new one for each event would be garbage.
        self._device = DeviceView(self)
        self._key = KeyView(self)

    @micropython.native
    def _tell_of_key(self, event, t, key):
        view = self._key
        view.at = key
        self._emit(event, t, view, _NO_INCIDENT)

    @micropython.native
    def _tell_of_device(self, event, t, device):
        view = self._device
        view.at = device
        self._emit(event, t, view, view.words[device + LEVEL])

    def _fail_open(self, t, was_full, level):
        self.state[st.UNTRACKED] += 1
        if not was_full:
            self._emit(TABLE_FULL, t, None, level)
