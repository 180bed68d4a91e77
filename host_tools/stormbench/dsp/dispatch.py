"""Request Management: which form an alert takes, and whom it goes to.

Alerts of meters go to Users in DUIS documents; those addressed to the Access Control Broker go
there as they are. A count that has no place in what is sent (to the Broker, or beside a
future-dated outcome) is written down at the DSP instead, so that it is told exactly once. Takes
no time of its own: what is sent is delivered at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

from hubwire.identities import ACCESS_CONTROL_BROKER
from stormbench.dsp import duis
from stormbench.dsp.duis import FUTURE_DATED_CODES, UserReport
from stormbench.dsp.identity import key_of
from stormbench.dsp.own_throttle import Raised
from stormbench.dsp.store import Store

EPOCH = datetime(2030, 1, 15, 9, 0, 0, tzinfo=timezone.utc)
"""Scenario time 0 in DUIS documents (chosen: the devices' clocks of a scenario begin there)."""

Recipient = Literal["user", "acb", "dcc", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What leaves the DSP at `at_ms`.

    Attributes:
        recipient: `user`: `body` is a DUIS document; `acb`: a GBCS alert; `dcc`: a DUIS
            document about a DCC Alert; `elsewhere`: a message that is no alert (a command, a
            response, or unreadable), untouched.
        is_held: an alert that was suppressed before, sent for the sake of a count; it is not
            counted as delivered.
        user: EUI-64 of whom `body` is for, where that is a User and known; else empty.
    """

    at_ms: int
    recipient: Recipient
    body: bytes
    is_held: bool = False
    user: bytes = b""


class Dispatch:
    """Sends alerts on.

    Args:
        store: where counts go that cannot be sent.
        access_control_broker: its EUI-64, 8 bytes.
        epoch: scenario time 0, UTC.
    """

    def __init__(
        self,
        store: Store,
        access_control_broker: bytes = ACCESS_CONTROL_BROKER,
        epoch: datetime = EPOCH,
    ) -> None:
        self._store = store
        self._access_control_broker = access_control_broker
        self._epoch = epoch

    def alert(
        self, at_ms: int, raised: Raised, report: UserReport | None, *, is_held: bool
    ) -> Delivery:
        """Send one alert, and beside it `report` if there is one and a place for it."""
        if raised.alert.target == self._access_control_broker:
            self._keep(at_ms, raised, report, "to the Access Control Broker")
            return Delivery(at_ms, "acb", raised.message, is_held)
        if raised.alert.alert_code in FUTURE_DATED_CODES:
            self._keep(at_ms, raised, report, "a future-dated outcome has no Throttled fields")
            report = None
        sent_at = self._epoch + timedelta(milliseconds=at_ms)
        document = duis.build(raised.alert, raised.message, sent_at, report)
        return Delivery(at_ms, "user", document, is_held, raised.alert.target)

    def untouched(self, at_ms: int, message: bytes) -> Delivery:
        """Send on a message that is no alert."""
        return Delivery(at_ms, "elsewhere", message)

    def _keep(self, at_ms: int, raised: Raised, report: UserReport | None, reason: str) -> None:
        if report is not None and report.count:
            self._store.keep_count(at_ms, key_of(raised.alert), report.count, reason)
