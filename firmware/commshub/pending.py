"""When a throttle has something to do: at which time what it remembers has an effect, or is saved.

Pure. What is then done is in `throttle.py`.
"""

from commshub import state as st
from commshub.compat import micropython
from commshub.due import earlier, find_next, next_end
from commshub.memory import Memory
from commshub.saves import Saves

_TO_BE_ROLLED = -1  # a window is, before `next_end` can tell


class Pending(Memory):
    """A throttle's memory, and what is pending in it.

    Args:
        on_save: the throttle's, see there.
    """

    def __init__(self, policy, device_capacity: int, key_capacity: int, on_save):
        super().__init__(policy, device_capacity, key_capacity)
        self._saves = Saves(on_save)

    def next_due(self) -> "int | None":
        """The next end of a window that matters, or the next flush, in ms; None: nothing is due.

        Allocates: nothing, unless a window is over.
        """
        state = self.state
        due = next_end(state, self.devices.words, self.keys.words)
        if due == _TO_BE_ROLLED:
            self.roll_what_is_open(state[st.NOW])
            due = next_end(state, self.devices.words, self.keys.words)
        return None if due == state[st.NEVER] else due

    @micropython.native
    def next_save_due(self) -> "int | None":
        """When what is remembered is to be saved if nothing begins or ends before, in ms."""
        return self._saves.next_at(self.policy.save_interval_ms) if self.is_open() else None

    def move_epoch(self, by_ms: int) -> None:
        """Count time from `by_ms` later."""
        super().move_epoch(by_ms)
        self._saves.move_epoch(by_ms)
        self._note_wake()

    @micropython.native
    def _note_wake(self):
        """Nothing has an effect before the first that is due, or the next save."""
        state = self.state
        find_next(state, self.devices.words, self.keys.words)
        self._wake_at(state[st.DUE_T])

    @micropython.native
    def _wake_at(self, due_t):
        self.state[st.WAKE] = earlier(due_t, self.next_save_due())

    @micropython.native
    def _wake_for(self, t):
        """Something is due at `t` besides what was; and a save, in any case."""
        self._wake_by(t)
        self._wake_by(self.next_save_due() or t)

    @micropython.native
    def _wake_by(self, t):
        self.state[st.WAKE] = min(self.state[st.WAKE], t)

    @micropython.native
    def _save_up_to(self, t):
        self._saves.come_to(t, self.policy.save_interval_ms if self.is_open() else None)
