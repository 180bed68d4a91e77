"""The last copies: of each overloaded key the newest message that was suppressed.

When a count is reported after the storm there is no alert for it to travel on; the held message
carries it, and shows the newest state. A fixed number of places; where all are taken the message
that was renewed least recently gives way to the newer one.
"""

from commshub import octets
from commshub.compat import micropython

HELD_MESSAGES = 8


class HeldMessages:
    """At most `places` messages of at most `longest_bytes`, each kept for an overload's id."""

    def __init__(self, longest_bytes: int, places: int = HELD_MESSAGES):
        self._messages = [_Held(longest_bytes) for _ in range(places)]  # least recent first

    @micropython.native
    def keep(self, overload_id: int, buffer, start: int, end: int) -> None:
        """Keep `buffer[start:end]` for this overload, instead of what was kept for it."""
        held = self._messages[-1]
        if held.overload_id != overload_id:  # in a storm mostly it is the last one again
            held = self._find(overload_id) or self._messages[0]
            self._messages.remove(held)
            self._messages.append(held)
        held.overload_id = overload_id
        held.length = end - start
        octets.take_out(buffer, start, end - start, held.message)

    def take(self, overload_id: int):
        """What is kept for this overload, with `message` and `length`, or None; then it is free.

        What it holds is good until the next `keep`.
        """
        held = self._find(overload_id)
        if held is not None:
            held.overload_id = 0
            self._messages.remove(held)
            self._messages.insert(0, held)
        return held

    def _find(self, overload_id):
        for held in self._messages:
            if held.overload_id == overload_id:
                return held
        return None


class _Held:
    def __init__(self, longest_bytes):
        self.overload_id = 0  # of none: overloads are numbered from 1
        self.length = 0
        self.message = bytearray(longest_bytes)
