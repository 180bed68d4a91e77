"""The DSP twin: what arrives from hubs goes in, in order of time; what is sent on comes out.

    arrival -> heal its count -> anomaly detection -> the DSP's own throttle -> dispatch

A pure stage without a clock: an arrival moves time, `advance` moves it without one. It forwards
everything where it has no policy. The rules are host_tools/README.md, "Two throttles in a row" and
"The last copy"; each suppressed alert of a hub or of the twin is, once all has ended, in exactly
one count: told to a User, or written down in the store. Beside that stand the service notices,
by which Users learn what throttles do.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from commshub.policy import Policy
from hubwire import gbcs
from hubwire.errors import NotAnAlert, ProtocolError
from hubwire.identities import ACCESS_CONTROL_BROKER
from stormbench.dsp.anomaly import AnomalyDetection
from stormbench.dsp.dispatch import EPOCH, Delivery, Dispatch
from stormbench.dsp.duis import UserReport
from stormbench.dsp.healing import SeenTotals
from stormbench.dsp.identity import Key, key_of
from stormbench.dsp.own_throttle import DspThrottle, LastCopy, Outcome, Raised, Suppressed
from stormbench.dsp.red_times import RedTimes
from stormbench.dsp.service_notices import ServiceDesk, ServiceNotice
from stormbench.dsp.store import Store
from stormbench.link.northbound import Notice, Report, WanAlert
from stormbench.wan.departure import Arrival, count_at
from stormbench.wan.hop import HopCounts


@dataclass(frozen=True, kw_only=True)
class DspSettings:
    """What a DSP twin is like.

    Attributes:
        policy: of its throttle; None: it has none, and forwards.
        device_capacity, key_capacity: of its throttle: as many as the trace has.
        anomaly_policy: of its anomaly detection; None: the throttle's, or else the default.
        access_control_broker: EUI-64 of it, 8 bytes.
        epoch: scenario time 0 in DUIS documents, UTC.
    """

    policy: Policy | None
    device_capacity: int
    key_capacity: int
    anomaly_policy: Policy | None = None
    access_control_broker: bytes = ACCESS_CONTROL_BROKER
    epoch: datetime = EPOCH


class DspTwin:
    """One DSP.

    Attributes:
        arrived: what came from the WAN: the hop `dsp`.
        service_notices: what Users were told beside DUIS, in order of time.
        red: when anomaly detection saw each originator red.
        not_alerts: commands and responses, passed on untouched.
        unreadable: messages that are not GBCS as far as can be told, passed on untouched.
    """

    def __init__(self, store: Store, settings: DspSettings) -> None:
        self._store = store
        self._seen = SeenTotals()
        self._anomaly = AnomalyDetection(
            settings.anomaly_policy or settings.policy or Policy(), self._on_anomaly
        )
        self._dispatch = Dispatch(store, settings.access_control_broker, settings.epoch)
        self._throttle = self._own_throttle(settings)
        self._service_desk = ServiceDesk(settings.access_control_broker)
        self._sent: list[Delivery] = []
        self._now_ms = 0
        self.arrived = HopCounts()
        self.service_notices: list[ServiceNotice] = []
        self.red = RedTimes()
        self.not_alerts = 0
        self.unreadable = 0

    def on_arrival(self, arrival: Arrival) -> list[Delivery]:
        """What is sent at or before one arrival, because of it or of the time that it brings.

        Raises:
            ValueError: it arrives before the latest time reached.
        """
        self._reach(arrival.at_ms)
        item, hub_id = arrival.departure.item, arrival.departure.hub_id
        count_at(self.arrived, item)
        if isinstance(item, Notice):
            self._on_hubs_notice(hub_id, item)
        elif item.is_held:
            self._on_held(hub_id, item)
        else:
            self._on_alert(hub_id, item)
        return self._take_sent()

    def advance(self, now_ms: int) -> list[Delivery]:
        """What is sent because time has come to `now_ms`.

        Raises:
            ValueError: time would run backwards.
        """
        self._reach(now_ms)
        return self._take_sent()

    def finish(self, now_ms: int) -> list[Delivery]:
        """The run ends at `now_ms`: what is due by then is sent, and the store is committed.

        What is not due by then stays in `pending`.
        """
        sent = self.advance(now_ms)
        self._store.commit()
        return sent

    def pending(self) -> int:
        """Suppressed alerts whose count has arrived or arisen here, and has not left."""
        return self._throttle.pending() if self._throttle else 0

    @property
    def counted_by_anomaly(self) -> Counter[bytes]:
        """Alerts that anomaly detection has counted, by originator."""
        return self._anomaly.counted

    def first_suppressed(self) -> dict[int, Suppressed]:
        """What each overload here suppressed first, by `overload_id`."""
        return self._throttle.first_suppressed if self._throttle else {}

    # Arrivals.

    def _on_alert(self, hub_id: int, item: WanAlert) -> None:
        from_hub = self._healed_report(hub_id, item.report)
        count = from_hub.count if from_hub else 0
        raised = self._read(item.message)
        if raised is None:
            self._keep_count(None, count, "beside a message that is no alert")
            self._sent.append(self._dispatch.untouched(self._now_ms, item.message))
            return
        self._anomaly.count(self._now_ms, raised.alert.originator, 1 + count)
        self._service_desk.learn(key_of(raised.alert))
        outcome = self._judge(raised, from_hub)
        if outcome.is_forwarded:
            self._send(self._now_ms, raised, outcome.report)

    def _on_held(self, hub_id: int, item: WanAlert) -> None:
        """A count on a message that the hub suppressed before: no alert for the throttle here."""
        from_hub = self._healed_report(hub_id, item.report)
        raised = self._read(item.message)
        notice = _notice_of(item, raised)
        self._store.log("hub", hub_id, notice)
        self._tell(self._now_ms, hub_id, notice, is_held=True)
        if from_hub is None or from_hub.count == 0:
            return
        if raised is None:
            self._keep_count(None, from_hub.count, "beside a message that is no alert")
            return
        self._anomaly.count(self._now_ms, raised.alert.originator, from_hub.count)
        self._send(self._now_ms, raised, from_hub, is_held=True)

    def _on_hubs_notice(self, hub_id: int, notice: Notice) -> None:
        self._store.on_notice("hub", hub_id, notice)
        self._tell(self._now_ms, hub_id, notice, is_held=False)
        if notice.shadow or notice.report is None or notice.originator is None:
            return
        assert notice.target is not None and notice.code is not None
        count = self._seen.healed_count(hub_id, notice.report)
        key = Key(notice.originator, notice.target, notice.code)
        self._keep_count(key, count, "a bare notice: the hub held no message")
        self._anomaly.count(self._now_ms, notice.originator, count)

    def _read(self, message: bytes) -> Raised | None:
        try:
            return Raised(message, gbcs.decode(message))
        except NotAnAlert:
            self.not_alerts += 1
        except ProtocolError:
            self.unreadable += 1
        return None

    def _healed_report(self, hub_id: int, report: Report | None) -> UserReport | None:
        if report is None:
            return None
        return UserReport(report.throttled_seq, self._seen.healed_count(hub_id, report))

    # The DSP's own.

    def _own_throttle(self, settings: DspSettings) -> DspThrottle | None:
        if settings.policy is None:
            return None
        capacities = settings.device_capacity, settings.key_capacity
        return DspThrottle(settings.policy, *capacities, self._on_own_event)

    def _judge(self, raised: Raised, from_hub: UserReport | None) -> Outcome:
        if self._throttle is None:
            return Outcome(True, from_hub)
        return self._throttle.judge(self._now_ms, raised, from_hub)

    def _on_own_event(self, notice: Notice, last_copy: LastCopy | None) -> None:
        self._store.on_notice("dsp", None, notice)
        self._tell(notice.at_ms, None, notice, is_held=last_copy is not None)
        if last_copy is not None:
            self._send(notice.at_ms, last_copy.raised, last_copy.report, is_held=True)

    def _on_anomaly(self, notice: Notice) -> None:
        # For the operator alone: a throttle's incident tells the Users of the same storm.
        self._store.on_notice("anomaly", None, notice)
        self.red.on_incident(notice)

    def _reach(self, now_ms: int) -> None:
        if now_ms < self._now_ms:
            raise ValueError(f"time would run from {self._now_ms} ms back to {now_ms} ms")
        self._now_ms = now_ms
        self._anomaly.advance(now_ms)
        if self._throttle is not None:
            self._throttle.advance(now_ms)

    def _send(
        self, at_ms: int, raised: Raised, report: UserReport | None, *, is_held: bool = False
    ) -> None:
        self._sent.append(self._dispatch.alert(at_ms, raised, report, is_held=is_held))

    def _tell(self, at_ms: int, hub_id: int | None, notice: Notice, *, is_held: bool) -> None:
        self.service_notices += self._service_desk.tell(at_ms, hub_id, notice, is_held=is_held)

    def _keep_count(self, key: Key | None, count: int, reason: str) -> None:
        if count:
            self._store.keep_count(self._now_ms, key, count, reason)

    def _take_sent(self) -> list[Delivery]:
        sent = self._sent
        self._sent = []
        return sent


def _notice_of(item: WanAlert, raised: Raised | None) -> Notice:
    """The event that a held message stands for."""
    alert = raised.alert if raised else None
    return Notice(
        at_ms=item.at_ms,
        event=item.carries,
        level="",
        shadow=False,
        originator=alert.originator if alert else None,
        target=alert.target if alert else None,
        code=alert.alert_code if alert else None,
        report=item.report,
    )
