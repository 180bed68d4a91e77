"""A port with faults in it, around any port: what the plan says, at the port's own time.

It knows no frame's meaning and no hub; what its counts say is what it did.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from stormbench.errors import InvalidInput, LinkLost
from stormbench.faults.counts import FaultCounts
from stormbench.faults.lane import Lane, first_part
from stormbench.faults.plan import TO_HOST, TO_HUB, FaultPlan
from stormbench.faults.schedule import schedule
from stormbench.faults.units import UnitCollector, has_frame, split
from stormbench.link.port import Cable, Port, PowerSwitch

IN_FRAME_MS = 1
"""What a hub gets to take the part of a frame in which it is reset."""


class FaultyPort:
    """A `Port` that does to its frames what `plan` says; made by `inject_faults`.

    What a fault holds is let go in `read`, `write` and `pass_ms`, when its time has come by the
    wrapped port's clock. A fault that takes the link away raises LinkLost, and so does every call
    after it, until `reopen`; what was held is then gone.

    Attributes:
        port: the wrapped one.
        counts: how often each fault fired, and on which side.
    """

    def __init__(self, port: Port, plan: FaultPlan, seed: int | str) -> None:
        """No fault has fired.

        Raises:
            InvalidInput: resets are planned, and the hub's power is not ours to cut.
        """
        if plan.cuts_power and not isinstance(port, PowerSwitch):
            raise InvalidInput(
                f"faults: expected a hub whose power can be cut (sim, unix, emulated), because "
                f"resets are planned, got {port.name}: set resets, resets_in_frame and "
                "resets_in_save to 0"
            )
        self.name = f"{port.name} with faults"
        self.port = port
        self.counts = FaultCounts()
        self._plan = plan
        self._to_hub = Lane(TO_HUB, plan, seed, self.counts)
        self._to_host = Lane(TO_HOST, plan, seed, self.counts)
        self._arriving = UnitCollector()
        self._random = random.Random(f"{seed}:parts")
        self._schedule = schedule(plan, seed)
        self._frames = 0
        self._lost = ""  # why, until it is opened again
        self._saves_to_cut = 0
        self._is_save_cut_armed = False
        self._strike = {
            "disconnect": self._disconnect,
            "stall": self._stall,
            "reset": self._reset,
            "reset_in_frame": self._reset_in_frame,
            "reset_in_save": self._reset_in_save,
        }

    # A port.

    def write(self, burst: bytes) -> None:
        """Send what the faults leave of `burst`.

        Raises:
            LinkLost: a fault took the link away, or it went by itself.
        """
        self._require_link()
        units = split(burst)
        for at, unit in enumerate(units):
            try:
                self._send(unit)
            except LinkLost:
                self._count_gone(sum(map(has_frame, units[at + 1 :])))
                raise
        self._let_go(self.now_ms())

    def read(self, timeout_ms: int) -> bytes:
        """What the faults left of what has come; b"" if none did within `timeout_ms`.

        Raises:
            LinkLost: a fault took the link away, or it went by itself.
        """
        self._require_link()
        now_ms = self.now_ms()
        deadline_ms = now_ms + timeout_ms
        while True:
            next_ms = (self._to_hub.next_ms, self._to_host.next_ms, self._arriving.quiet_at_ms)
            until_ms = _first(now_ms, deadline_ms, *next_ms)
            with self._losing():
                chunk = self.port.read(until_ms - now_ms)
            # A port that says nothing has waited, whatever its clock shows: so this ends.
            now_ms = self.now_ms() if chunk else max(self.now_ms(), until_ms)
            for unit in self._arriving.feed(chunk, now_ms):
                self._to_host.take(unit, now_ms)
            said = self._to_host.due(now_ms).octets
            self._let_go(now_ms)
            if said or now_ms >= deadline_ms:
                return said

    def now_ms(self) -> int:
        """The wrapped port's clock."""
        return self.port.now_ms()

    def pass_ms(self, duration_ms: int) -> None:
        """Let time pass without reading; what was held on its way to the hub goes in time."""
        if self._lost:
            self.port.pass_ms(duration_ms)
            return
        now_ms = self.now_ms()
        deadline_ms = now_ms + duration_ms
        while now_ms < deadline_ms:
            until_ms = _first(now_ms, deadline_ms, self._to_hub.next_ms)
            with self._losing():
                self.port.pass_ms(until_ms - now_ms)
            now_ms = max(self.now_ms(), until_ms)
            self._let_go(now_ms)

    def reopen(self) -> None:
        """Open the wrapped port again; what was held is gone.

        Raises:
            LinkLost: it is not there, or not yet.
        """
        self._discard()
        with self._losing():
            self.port.reopen()
        self._lost = ""
        if self._is_save_cut_armed:  # unless it struck unseen, this takes its place
            self._switch.power_cut_in_save(self._random.random())
        else:
            self._arm_save_cut()

    def close(self) -> None:
        """Let go of the wrapped port; what was held is gone."""
        self._discard()
        self.port.close()

    # What is held.

    @property
    def is_holding(self) -> bool:
        """Whether something is still on its way to the hub."""
        return self._to_hub.next_ms is not None

    @property
    def is_taken(self) -> bool:
        """Whether a fault took the link away, and nobody has opened it again."""
        return bool(self._lost)

    @property
    def is_cut_to_come(self) -> bool:
        """Whether the hub's power is to be cut in its next save, which has not come yet."""
        return self._is_save_cut_armed

    @property
    def outstanding(self) -> int:
        """How many faults that are a matter of place have not had their frame yet."""
        return len(self._schedule)

    def _let_go(self, now_ms: int) -> None:
        due = self._to_hub.due(now_ms)
        if not due.octets:
            return
        try:
            with self._losing():
                self.port.write(due.octets)
        except LinkLost:
            self.counts.discarded[TO_HUB] += due.frames
            raise

    def _discard(self) -> None:
        self._to_hub.discard()
        self._to_host.discard()
        self.counts.discarded[TO_HOST] += self._arriving.discard()

    # The link, lost and there again.

    def _require_link(self) -> None:
        if self._lost:
            raise LinkLost(f"the link on {self.name} is lost: {self._lost}; open it again")

    def lose(self, why: str) -> None:
        """The link is lost until `reopen`, because of `why`; what was held is gone."""
        self._lost = why
        self._discard()

    @contextmanager
    def _losing(self) -> Iterator[None]:
        """Around whatever the wrapped port does: it may be lost in there by itself.

        If it is while a cut in a save is armed, that was the cut.
        """
        try:
            yield
        except LinkLost:
            if self._is_save_cut_armed and not self._lost:
                self._is_save_cut_armed = False
                self.counts.add("reset_in_save", "hub")
            self._discard()
            raise

    # The faults that are a matter of place.

    def _send(self, unit: bytes) -> None:
        fault = None
        if has_frame(unit):
            self._frames += 1
            fault = self._schedule.pop(self._frames, None)
        if fault:
            self._let_go(self.now_ms())
            self._strike[fault](unit)
        else:
            self._to_hub.take(unit, self.now_ms())

    def _disconnect(self, unit: bytes) -> None:
        self._count_gone(1)
        self.counts.add("disconnect", "cable")
        self.lose("the cable was pulled, on purpose")
        cable = self.port if isinstance(self.port, Cable) else None
        if cable:
            cable.unplug()
        with suppress(LinkLost):  # it is
            self.port.pass_ms(self._plan.disconnect_ms)
        if cable:
            cable.plug()
        self._require_link()

    def _stall(self, unit: bytes) -> None:
        self.counts.add("stall", TO_HOST)
        self._to_hub.take(unit, self.now_ms())
        self.pass_ms(self._plan.stall_ms)

    def _reset(self, unit: bytes) -> None:
        self._count_gone(1)
        self._cut_power("reset")

    def _reset_in_frame(self, unit: bytes) -> None:
        self._count_gone(1)
        with self._losing():
            self.port.write(first_part(unit, self._random))
            self.port.pass_ms(IN_FRAME_MS)
        self._cut_power("reset_in_frame")

    def _reset_in_save(self, unit: bytes) -> None:
        self._saves_to_cut += 1
        self._arm_save_cut()
        self._to_hub.take(unit, self.now_ms())

    def _cut_power(self, fault: str) -> None:
        self.counts.add(fault, "hub")
        self.lose("the hub's power was cut, on purpose")
        self._switch.power_cut()
        self._require_link()

    def _arm_save_cut(self) -> None:
        """One at a time: another call would take the place of one that has not come to pass."""
        if self._saves_to_cut and not self._is_save_cut_armed:
            self._saves_to_cut -= 1
            self._is_save_cut_armed = True
            self.counts.add("reset_in_save_armed", "hub")
            self._switch.power_cut_in_save(self._random.random())

    def _count_gone(self, frames: int) -> None:
        self.counts.frames[TO_HUB] += frames
        self.counts.discarded[TO_HUB] += frames

    @property
    def _switch(self) -> PowerSwitch:
        assert isinstance(self.port, PowerSwitch)  # the constructor saw to it
        return self.port


def _first(now_ms: int, *times_ms: int | None) -> int:
    """The first of these times, those that there are; at the earliest, now."""
    return max(now_ms, min(at_ms for at_ms in times_ms if at_ms is not None))
