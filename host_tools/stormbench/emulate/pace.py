"""How far an emulated board may go: never ahead of the wall clock, nor faster than it. Pure."""

_FORGIVEN_US = 250_000
"""A board that is further behind, because this computer is too slow for it, does not catch up: it
would run faster than a board does, and what it does with time would look quick (chosen)."""


class Pace:
    """Device time beside wall time.

    Args:
        device_us, wall_us: now; only differences of each mean anything.
    """

    def __init__(self, device_us: int, wall_us: int) -> None:
        self._offset_us = device_us - wall_us

    def until_us(self, device_us: int, wall_us: int) -> int:
        """Up to which device time the board may run now."""
        until_us = wall_us + self._offset_us
        if until_us - device_us > _FORGIVEN_US:
            self._offset_us = device_us + _FORGIVEN_US - wall_us
            until_us = device_us + _FORGIVEN_US
        return until_us
