"""Service notices: what Users are told of a throttle beside the DUIS documents.

DUIS has no message for a bare notice, and SECMP0062 wants Users notified ahead of the actions
taken. So the DSP tells them out of band (chosen: in real life the DCC's service desk or
self-service interface). Says who is told of what, once each; a notice takes no time of its own
and is never an alert, a byte of DUIS or a count in the account.
"""

from dataclasses import dataclass

from stormbench.dsp.duis import FUTURE_DATED_CODES
from stormbench.dsp.identity import Key
from stormbench.link.northbound import Notice

Overload = tuple[int | None, int]
"""What no two overloads of a run have in common: the hub (None: the DSP) and `overload_id`."""


@dataclass(frozen=True, slots=True)
class ServiceNotice:
    """One User is told of one event of a throttle.

    Attributes:
        at_ms: arrival at the User, scenario time; when it happened, `notice` says.
        user: whom, EUI-64.
        hub_id: whose throttle it is; None: the DSP's own.
    """

    at_ms: int
    user: bytes
    hub_id: int | None
    notice: Notice


class ServiceDesk:
    """Knows whom an event concerns.

    Args:
        access_control_broker: EUI-64, 8 bytes; a target like others, but no User: never told.
    """

    def __init__(self, access_control_broker: bytes) -> None:
        self._access_control_broker = access_control_broker
        self._targets: dict[bytes, dict[bytes, None]] = {}  # by originator; a dict keeps order
        self._known: set[tuple[int | None, Notice]] = set()

    def learn(self, key: Key) -> None:
        """An alert of `key` has come: incidents of its originator concern its target."""
        self._targets.setdefault(key.originator, {})[key.target] = None

    def tell(
        self, at_ms: int, hub_id: int | None, notice: Notice, *, is_held: bool
    ) -> list[ServiceNotice]:
        """What is sent because the DSP learns of an event, one for each User concerned.

        A summary that rides on a held copy is told already: the document has its numbers. An end
        is told all the same: its document reads like a summary's.

        Args:
            at_ms: when the DSP learns of it.
            hub_id: whose throttle it is; None: the DSP's own.
            is_held: its count goes out on a held copy.
        """
        if notice.shadow or (hub_id, notice) in self._known:
            return []
        self._known.add((hub_id, notice))
        concerned = self._concerned(notice)
        has_document = is_held and notice.code not in FUTURE_DATED_CODES
        if notice.event == "SUMMARY" and has_document:
            return []
        return [
            ServiceNotice(at_ms, target, hub_id, notice)
            for target in concerned
            if target != self._access_control_broker
        ]

    def _concerned(self, notice: Notice) -> list[bytes]:
        """Targets in the order in which the DSP heard of them; none for a full table."""
        if notice.originator is None:
            return []
        if notice.target is None or notice.code is None:
            return list(self._targets.get(notice.originator, ()))
        self.learn(Key(notice.originator, notice.target, notice.code))
        return [notice.target]
