"""What outlives a restart: the throttle's memory, the hub's own counts, whose clock it was on, and
which alerts are counted.

A save that is missing or damaged never keeps a hub from starting: it begins anew, and says so.
"""

import struct

from commshub import wire
from commshub.compat import let_go
from commshub.policy import Policy
from commshub.saves import next_block
from commshub.snapshot import Damaged, write_throttle
from commshub.store import DAMAGED, NOTHING
from commshub.throttle import Throttle

_VERSION = 2  # of everything that is written; another one is not read
_HUB = "<BBII"  # version, whether on the host's clock, messages: no alerts, unreadable


class Saved:
    """The saves of one hub.

    Args:
        store: a `Store`.
        random: gives another number below 2**30 with each call. Where a save is damaged, or one
            fails after others were made, overloads are numbered on from somewhere else.
        south: the `South` whose numbers belong to what is counted.

    `start` says how the hub started, as Hello does; `fault` what was wrong with the save, or None.
    `saves` and `failed` count since the boot.
    """

    def __init__(self, store, random, south):
        self._store = store
        self._random = random
        self._south = south
        self.start = wire.START_NEW
        self.fault = None  # type: str
        self.was_on_hosts_clock = False
        self.not_alerts = self.unreadable = 0
        self.saves = self.failed = 0
        self._is_failing = False

    def resume(self, on_event, on_save) -> Throttle:
        """The throttle that was saved, or where there is none a new one."""
        try:
            found, octets = self._store.load()
            if found == NOTHING:
                return Throttle(Policy(), on_event, on_save=on_save)
            if found == DAMAGED:
                raise Damaged("its check sum is wrong")
            throttle = self._read(octets, on_event, on_save)
            self.start = wire.START_RESUMED
            return throttle
        except Exception as error:  # whatever it is, the hub must start
            self.fault = "what was saved is damaged: %s; incidents and counts begin anew" % error
        return self.begin_anew(on_event, on_save)

    def begin_anew(self, on_event, on_save) -> Throttle:
        """A throttle that remembers nothing, and numbers its overloads from a random block on."""
        self.start = wire.START_DAMAGED
        throttle = Throttle(Policy(), on_event, on_save=on_save)
        self._number_from_elsewhere(throttle)
        return throttle

    def save(self, throttle, t: int, at: int, is_on_hosts_clock: bool) -> "str | None":
        """Save what is remembered, as it was at `t`, which is `at` on the wire's scale.

        Returns: a sentence where it failed and the one before had not; else None.
        """

        def pour(write):
            fields = _VERSION, is_on_hosts_clock, self.not_alerts, self.unreadable
            write(struct.pack(_HUB, *fields))
            self._south.write(write, throttle.verdict, at)
            write_throttle(throttle, t, write)

        try:
            self._store.save(pour)
        except Exception as error:  # whatever it is, the alert must be judged
            self.failed += 1
            if self._is_failing:
                return None
            self._is_failing = True
            self._number_from_elsewhere(throttle)
            return "a save failed: %r; after a restart the hub knows less" % error
        self.saves += 1
        self._is_failing = False
        return None

    def _number_from_elsewhere(self, throttle):
        throttle.next_overload_id = next_block(self._random() >> 1)

    def _read(self, octets, on_event, on_save):
        at = struct.calcsize(_HUB)
        if len(octets) < at:
            raise Damaged("cut off")
        version, is_hosts, not_alerts, unreadable = struct.unpack_from(_HUB, octets, 0)
        if version != _VERSION:
            raise Damaged("version %d, expected %d" % (version, _VERSION))
        at += self._south.read(octets[at:])
        from commshub.resume import read_throttle  # once a boot, so it is here only then

        throttle = read_throttle(octets[at:], on_event, on_save)
        let_go("resume")
        self.was_on_hosts_clock = bool(is_hosts)
        self.not_alerts = not_alerts
        self.unreadable = unreadable
        return throttle
