"""A port with faults in it that can do what the wrapped one can: cut power, pull the cable."""

from stormbench.faults.faulty_port import FaultyPort
from stormbench.faults.plan import FaultPlan
from stormbench.link.port import Cable, Port, PowerSwitch


class _WithSwitch(FaultyPort):
    """A `PowerSwitch`, because the wrapped port is one. What its caller does is not counted."""

    def power_cut(self) -> None:
        """Cut the hub's power; what was held is gone."""
        self.lose("the hub's power was cut")
        self._switch.power_cut()

    def power_cut_in_save(self, part: float) -> None:
        """Cut the hub's power in its next save."""
        self._switch.power_cut_in_save(part)


class _WithCable(FaultyPort):
    """A `Cable`, because the wrapped port is one. What its caller does is not counted."""

    def unplug(self) -> None:
        """Take the cable out; what was held is gone."""
        self.lose("the cable is out")
        self._cable.unplug()

    def plug(self) -> None:
        """Put the cable in again."""
        self._cable.plug()

    @property
    def _cable(self) -> Cable:
        assert isinstance(self.port, Cable)  # or this would be a class without it
        return self.port


class _WithBoth(_WithSwitch, _WithCable):
    """What every virtual hub's port becomes."""


def inject_faults(port: Port, plan: FaultPlan, seed: int | str = 0) -> FaultyPort:
    """Put faults into a link.

    Args:
        port: of any kind; where it is a `PowerSwitch` or a `Cable`, what comes back is one too.
        seed: the same one has the same faults at the same frames. Links that are to have faults
            of their own need seeds of their own.

    Raises:
        InvalidInput: resets are planned, and the hub's power is not ours to cut.
    """
    made = {
        (True, True): _WithBoth,
        (True, False): _WithSwitch,
        (False, True): _WithCable,
        (False, False): FaultyPort,
    }[isinstance(port, PowerSwitch), isinstance(port, Cable)]
    return made(port, plan, seed)
