"""Where alerts end: the Users, who read DUIS documents, and the Access Control Broker.

They count by what they can read in the bytes that reach them and by nothing else, so that their
figures are evidence against those of every part before them. Alerts are told apart by the
identity in the GBCS message itself. Documents come to them unsigned, and count as signed ones.
"""

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import NamedTuple

from hubwire import gbcs
from stormbench.dsp import dcc_alerts, duis
from stormbench.dsp.dispatch import Delivery
from stormbench.dsp.duis_signature import signed_size_bytes
from stormbench.dsp.identity import Identity, Key, identity_of, key_of
from stormbench.dsp.service_notices import Overload, ServiceNotice
from stormbench.wan.hop import HopCounts

_NOT_SAID = datetime.min.replace(tzinfo=timezone.utc)
"""Stands for the time of an alert that leaves it open: before all others."""


class Sink:
    """Takes alerts and remembers when each came first.

    Attributes:
        hop: everything that came, held copies and repeats included.
        duplicates: alerts, other than held copies, that had come before.
        held: held copies: alerts that a throttle suppressed and sent for the sake of a count.
        first_ms_by_alert: arrival of each alert delivered, ms; held copies are not in it.
        first_ms_by_key: arrival of the first message of each key, ms; a held copy is one, as it
            tells of the key.
        came_ms_by_key: arrivals of alerts of each key, ms, in order; held copies are not in it.
        last_by_key: of each key, what happened last among all that came, held or not: the time
            stamp in the alert, and of several with one stamp the largest originator counter.
        newest_by_key: of each key, the largest originator counter among all that came, held or
            not: what was built last.
    """

    def __init__(self) -> None:
        self.hop = HopCounts()
        self.duplicates = 0
        self.held = 0
        self.first_ms_by_alert: dict[Identity, int] = {}
        self.first_ms_by_key: dict[Key, int] = {}
        self.came_ms_by_key: dict[Key, list[int]] = {}
        self.last_by_key: dict[Key, tuple[datetime, int]] = {}
        self.newest_by_key: dict[Key, int] = {}

    @property
    def delivered(self) -> int:
        """Alerts that came, each counted once, held copies not at all."""
        return len(self.first_ms_by_alert)

    def _note(self, at_ms: int, message: bytes, is_held: bool) -> Key:
        alert = gbcs.decode(message)
        key = key_of(alert)
        self.first_ms_by_key.setdefault(key, at_ms)
        counter = alert.originator_counter
        self.newest_by_key[key] = max(counter, self.newest_by_key.get(key, counter))
        happened = alert.timestamp or _NOT_SAID, counter
        self.last_by_key[key] = max(happened, self.last_by_key.get(key, happened))
        identity = identity_of(alert)
        if is_held:
            self.held += 1
        elif identity in self.first_ms_by_alert:
            self.duplicates += 1
        else:
            self.first_ms_by_alert[identity] = at_ms
            self.came_ms_by_key.setdefault(key, []).append(at_ms)
        return key


class Told(NamedTuple):
    """A document with Throttled fields: when it came, of which key, how many it counted."""

    at_ms: int
    key: Key
    counted: int


class Users(Sink):
    """Everyone who is sent DUIS documents.

    Attributes:
        reported: suppressed alerts that the Users were told of: the sum of ThrottledAlertCount.
        told: the documents with Throttled fields, in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.reported = 0
        self.told: list[Told] = []

    def take(self, at_ms: int, document: bytes, is_held: bool = False) -> None:
        """Read one document.

        Raises:
            DuisUnreadable: it is none.
            ProtocolError: its GBCSPayload is no alert.
        """
        about = duis.read(document)
        self.hop.add_alert(signed_size_bytes(document))
        self.reported += about.count or 0
        key = self._note(at_ms, about.message, is_held)
        if about.sequence is not None:
            self.told.append(Told(at_ms, key, about.count or 0))


class AccessControlBroker(Sink):
    """The party that alerts of a hub's own CHF are addressed to."""

    def take(self, at_ms: int, message: bytes, is_held: bool = False) -> None:
        """Read one GBCS message.

        Raises:
            ProtocolError: it is no alert.
        """
        self.hop.add_alert(len(message))
        self._note(at_ms, message, is_held)


class Recipients:
    """Everyone north of the DSP.

    Attributes:
        elsewhere: messages that are no alerts, by number and bytes.
        dcc_alerts: documents about DCC Alerts, by number and bytes; no alert of a device.
        service_notices: what Users were told beside DUIS; in no count of alerts.
        start_told_ms: when the User first heard that an overload starts to suppress, ms.
    """

    def __init__(self) -> None:
        self.users = Users()
        self.access_control_broker = AccessControlBroker()
        self.elsewhere = HopCounts()
        self.dcc_alerts = HopCounts()
        self.service_notices: list[ServiceNotice] = []
        self.start_told_ms: dict[Overload, int] = {}

    @property
    def delivered(self) -> int:
        """Alerts delivered, to Users and to the Access Control Broker."""
        return self.users.delivered + self.access_control_broker.delivered

    @property
    def reported(self) -> int:
        """Suppressed alerts that Users were told of."""
        return self.users.reported

    def take(self, deliveries: Iterable[Delivery]) -> None:
        """Hand each delivery to whom it is for."""
        for delivery in deliveries:
            if delivery.recipient == "user":
                self.users.take(delivery.at_ms, delivery.body, delivery.is_held)
            elif delivery.recipient == "acb":
                self.access_control_broker.take(delivery.at_ms, delivery.body, delivery.is_held)
            elif delivery.recipient == "dcc":
                dcc_alerts.read(delivery.body)
                self.dcc_alerts.add_alert(signed_size_bytes(delivery.body))
            else:
                self.elsewhere.add_alert(len(delivery.body))

    def take_notices(self, service_notices: Iterable[ServiceNotice]) -> None:
        """Hand each service notice to its User."""
        for told in service_notices:
            self.service_notices.append(told)
            report = told.notice.report
            if told.notice.event == "OVERLOAD_START" and report is not None:
                self.start_told_ms.setdefault((told.hub_id, report.overload_id), told.at_ms)
