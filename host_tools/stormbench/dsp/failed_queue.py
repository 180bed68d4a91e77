"""The failed queue: documents for a User who is away, tried again, kept for two days, expired.

A delivery that fails is tried once more. One that fails again is put on the failed queue, leaves
it when its User is back, and is given up after two days there, as the SEC has it for Device
Alerts. When Users are away is known beforehand, so what becomes of a document follows from its
own time alone: a pure stage, without a clock. It holds back DUIS documents about alerts of
devices; what goes to the Access Control Broker, and DCC Alerts, which name no User here, pass.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from hubwire import gbcs
from stormbench.dsp import duis
from stormbench.dsp.dispatch import Delivery
from stormbench.dsp.duis_signature import signed_size_bytes
from stormbench.dsp.identity import Identity, identity_of

RETRY_MS = 300_000
"""SEC glossary, "Device Alert": retried at least once within 300 seconds. Once, and at the end of
them, is chosen: the least that is allowed."""

HOLD_MS = 172_800_000
"""The same: failed Device Alerts are held for 2 days. From when they are queued is chosen."""


class Absence(NamedTuple):
    """A User (EUI-64) takes nothing from `from_ms` until it is back at `back_ms`."""

    user: bytes
    from_ms: int
    back_ms: int


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of deliveries.

    Attributes:
        delivered: at the time at which each arrived, in order of time.
        expired: given up, at the time of that.
        waiting: neither by the end of the run, at the time of their first attempt.
        waits_ms: from first attempt to arrival, of each that was not taken at once.
        max_depth: the most documents on the queue at one time.
        max_bytes: the most bytes on the queue at one time, each document signed.
    """

    delivered: Sequence[Delivery]
    expired: Sequence[Delivery] = ()
    waiting: Sequence[Delivery] = ()
    waits_ms: Sequence[int] = ()
    max_depth: int = 0
    max_bytes: int = 0


@dataclass(frozen=True, slots=True)
class FailedQueue:
    """What a DSP's failed queue is like.

    Attributes:
        absences: when which Users are away; those of one User do not overlap.
        retry_ms: from the first attempt to the second, 0 or more.
        hold_ms: how long a document is on the queue at the most.
    """

    absences: Sequence[Absence] = ()
    retry_ms: int = RETRY_MS
    hold_ms: int = HOLD_MS

    def carry(self, deliveries: Sequence[Delivery], end_ms: int) -> Carried:
        """What becomes of deliveries, each with the time of its first attempt, until `end_ms`."""
        if not self.absences:
            return Carried(deliveries)
        fates = [self._fate(delivery, end_ms) for delivery in deliveries]
        arrived = [fate for fate in fates if fate.end == _ARRIVED]
        depth, size_bytes = _most(fate for fate in fates if fate.queued_ms is not None)
        return Carried(
            delivered=sorted((fate.at_its_end() for fate in arrived), key=_at_ms),
            expired=sorted((f.at_its_end() for f in fates if f.end == _EXPIRED), key=_at_ms),
            waiting=[fate.delivery for fate in fates if fate.end == _WAITING],
            waits_ms=[fate.waited_ms for fate in arrived if fate.waited_ms],
            max_depth=depth,
            max_bytes=size_bytes,
        )

    def _fate(self, delivery: Delivery, end_ms: int) -> "_Fate":
        first_ms, user = delivery.at_ms, delivery.user
        if delivery.recipient != "user" or self._back_ms(user, first_ms) == first_ms:
            return _Fate(delivery, _ARRIVED, first_ms)
        retry_ms = first_ms + self.retry_ms
        if retry_ms > end_ms:
            return _Fate(delivery, _WAITING, end_ms)
        back_ms = self._back_ms(user, retry_ms)
        if back_ms == retry_ms:
            return _Fate(delivery, _ARRIVED, retry_ms)
        expiry_ms = retry_ms + self.hold_ms
        if min(back_ms, expiry_ms) > end_ms:
            return _Fate(delivery, _WAITING, end_ms, queued_ms=retry_ms)
        if back_ms <= expiry_ms:
            return _Fate(delivery, _ARRIVED, back_ms, queued_ms=retry_ms)
        return _Fate(delivery, _EXPIRED, expiry_ms, queued_ms=retry_ms)

    def _back_ms(self, user: bytes, at_ms: int) -> int:
        """When the User takes something that is there at `at_ms`: then, or later."""
        for absence in sorted(self.absences, key=lambda absence: absence.from_ms):
            if absence.user == user and absence.from_ms <= at_ms < absence.back_ms:
                at_ms = absence.back_ms
        return at_ms


class Told(NamedTuple):
    """What documents tell of: alerts by identity, and the sum of the counts beside them."""

    alerts: frozenset[Identity]
    counted: int


def told_in(deliveries: Iterable[Delivery]) -> Told:
    """Read documents that have not arrived: what their Users would have been told.

    Raises:
        DuisUnreadable: one is none.
        ProtocolError: its GBCSPayload is no alert.
    """
    alerts: set[Identity] = set()
    counted = 0
    for delivery in deliveries:
        about = duis.read(delivery.body)
        counted += about.count or 0
        if not delivery.is_held:
            alerts.add(identity_of(gbcs.decode(about.message)))
    return Told(frozenset(alerts), counted)


_ARRIVED, _EXPIRED, _WAITING = "arrived", "expired", "waiting"


@dataclass(frozen=True, slots=True)
class _Fate:
    """What becomes of one delivery, and when; `queued_ms`: since when it was on the queue."""

    delivery: Delivery
    end: str
    end_ms: int
    queued_ms: int | None = None

    @property
    def waited_ms(self) -> int:
        return self.end_ms - self.delivery.at_ms

    def at_its_end(self) -> Delivery:
        return replace(self.delivery, at_ms=self.end_ms)


def _most(queued: Iterable[_Fate]) -> tuple[int, int]:
    """The most documents and the most bytes on the queue at one time."""
    steps = []  # (time, what leaves before what comes, documents, bytes)
    for fate in queued:
        assert fate.queued_ms is not None
        size = signed_size_bytes(fate.delivery.body)
        steps.append((fate.queued_ms, 1, 1, size))
        if fate.end != _WAITING:
            steps.append((fate.end_ms, 0, -1, -size))
    depth = size_bytes = max_depth = max_bytes = 0
    for _, _, documents, size in sorted(steps):
        depth += documents
        size_bytes += size
        max_depth, max_bytes = max(max_depth, depth), max(max_bytes, size_bytes)
    return max_depth, max_bytes


def _at_ms(delivery: Delivery) -> int:
    return delivery.at_ms
