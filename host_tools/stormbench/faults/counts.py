"""How often each fault fired, and on which side: what happened, never what was planned."""

from stormbench.faults.plan import DIRECTIONS, RATES, TO_HOST

_SIDES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(RATES, DIRECTIONS),
    "reorder_alone": DIRECTIONS,
    "disconnect": ("cable",),
    "stall": (TO_HOST,),
    "reset": ("hub",),
    "reset_in_frame": ("hub",),
    "reset_in_save_armed": ("hub",),
    "reset_in_save": ("hub",),
}
"""`reorder_alone`: no frame came soon enough to overtake, so it was only late.
`reset_in_save_armed`: the hub's next save is to be cut; `reset_in_save`: one was."""


class FaultCounts:
    """Counts of one link.

    Attributes:
        frames: what was seen of each direction, before any fault. Text without a delimiter counts
            as a frame too.
        discarded: frames that were held, or given to a link that was just lost, and so are gone
            without a fault of their own.
    """

    def __init__(self) -> None:
        self.frames = dict.fromkeys(DIRECTIONS, 0)
        self.discarded = dict.fromkeys(DIRECTIONS, 0)
        self._fired = {fault: dict.fromkeys(sides, 0) for fault, sides in _SIDES.items()}

    def add(self, fault: str, side: str) -> None:
        """It fired once more."""
        self._fired[fault][side] += 1

    def fired(self, fault: str, side: str | None = None) -> int:
        """How often it fired, on this side or on all of them."""
        sides = self._fired[fault]
        return sum(sides.values()) if side is None else sides[side]

    def struck(self) -> dict[str, int]:
        """Those that fired, and how often, on all sides."""
        return {fault: count for fault in self._fired if (count := self.fired(fault))}

    def as_dict(self) -> dict[str, dict[str, int] | dict[str, dict[str, int]]]:
        """All of it in plain values, for JSON; faults that never fired are there with 0."""
        return {
            "frames": dict(self.frames),
            "fired": {fault: dict(sides) for fault, sides in self._fired.items()},
            "discarded": dict(self.discarded),
        }
