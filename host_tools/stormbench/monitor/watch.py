"""What is known of one session: told its records in order, and asked at any time.

The same whether the records come from a link or from a file. Pure; draws nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stormbench.capture.frames import alert_in, said
from stormbench.capture.records import Begun, Ended, Record, Reopened, Stretch
from stormbench.capture.story import AlertSent, Commanded, Met, Step, Story, WentNorth
from stormbench.link.hello import Hello, plain_hello
from stormbench.link.north_inbox import is_end
from stormbench.link.northbound import Northbound, Notice
from stormbench.monitor.floods import Floods
from stormbench.monitor.link_health import LinkHealth
from stormbench.monitor.throttled import Key, Throttled, key_of
from stormbench.monitor.watched_time import WatchedTime


@dataclass(frozen=True, slots=True)
class Last:
    """The last that came north: what, about which key or device, when."""

    at_ms: int
    what: str
    key: Key | None


class Watch:
    """One session.

    `coming` are the alerts that the hub has judged, `leaving` those that it sent north, held
    copies too; what waits for its verdict is in `link.under_way`. `others` counts messages that
    are no alerts, `unjudged` alerts whose verdict the session does not have.

    Args:
        names: of devices that a person has named, by originator.
    """

    def __init__(self, names: Mapping[bytes, str] | None = None) -> None:
        self.names = names or {}
        self.hub = ""
        self.hub_id = 0
        self.hello: Hello | None = None
        self.is_ended = False
        self.time = WatchedTime()
        self.coming: Floods[Key] = Floods()
        self.leaving: Floods[Key] = Floods()
        self.verdicts: Counter[str] = Counter()
        self.others = 0
        self.unjudged = 0
        self.throttled = Throttled()
        self.link = LinkHealth()
        self.last: Last | None = None
        self.counted_ms: int | None = None
        """When the hub told its counters last."""
        self._story = Story()

    @property
    def now_ms(self) -> int:
        """How much of the session's time has passed."""
        return self.time.now_ms

    def share(self, verdict: str) -> float:
        """Of all verdicts, 0 to 1."""
        total = self.verdicts.total()
        return self.verdicts[verdict] / total if total else 0.0

    def take(self, record: Record) -> None:
        """A record of this session; nothing more once it has ended."""
        self.time.on_record(record)
        found = None
        if isinstance(record, Begun):
            self.hub, self.hub_id = record.hub, record.hub_id
        elif isinstance(record, Stretch):
            found = said(record)
            self.link.on_said(found)
            if found.kind == "Counters":
                self.counted_ms = self.now_ms
        elif isinstance(record, Reopened):
            self.link.reopened += 1
        self._on_steps(self._story.take_said(record, found))
        if isinstance(record, Ended):
            self.is_ended = True
            self._on_steps(self._story.finish())
        self._pass()

    def pass_to(self, host_us: int) -> None:
        """It is this late at the host, us since 1970, and nothing has come."""
        self.time.pass_to(host_us)
        self._pass()

    def _pass(self) -> None:
        self.coming.pass_to(self.now_ms)
        self.leaving.pass_to(self.now_ms)

    def _on_steps(self, steps: Iterable[Step]) -> None:
        for step in steps:
            if isinstance(step, AlertSent):
                self._on_alert(step)
            elif isinstance(step, WentNorth):
                self.time.on_alert_time(step.item.at_ms)
                self._on_north(step.item)
            elif isinstance(step, Met):
                self._on_met(step)
            elif isinstance(step, Commanded):
                self._on_commanded(step)
        self.link.came_again = self._story.came_again

    def _on_alert(self, sent: AlertSent) -> None:
        if sent.verdict is None or sent.at_ms is None:
            self.unjudged += 1
            return
        self.time.on_alert_time(sent.at_ms)
        key = _key_in(sent.message)
        if key is None:
            self.others += 1
            return
        self.coming.add(self.now_ms, key)
        self.verdicts[sent.verdict] += 1
        if sent.verdict == "SUPPRESS":
            self.throttled.on_suppressed(self.now_ms, key)

    def _on_north(self, item: Northbound) -> None:
        if isinstance(item, Notice):
            self.throttled.on_notice(self.now_ms, item)
            key = None if item.originator is None else key_of(item)
            self.last = Last(self.now_ms, item.event, key)
            return
        key = _key_in(item.message)
        self.last = Last(self.now_ms, item.carries, key)
        if key is None:
            return
        self.leaving.add(self.now_ms, key)
        if item.report is not None:
            self.throttled.on_report(self.now_ms, key, item.report, is_end=is_end(item))

    def _on_met(self, met: Met) -> None:
        self.hello = plain_hello(met.hello)
        self.link.on_hello(met.hello, met.is_restart)
        self.time.on_clock(self.hello.clock == "host")
        if met.is_restart and self.hello.start != "resumed":
            self.throttled.forget()

    def _on_commanded(self, done: Commanded) -> None:
        if done.name == "SetClock":
            self.time.on_clock(bool(done.values["source"]), done.values["start_ms"])
        elif done.name == "Advance":
            self.time.on_alert_time(done.values["at_ms"])


class Watches:
    """The sessions of one source, of which one is looked at: the latest, or the one of a number.

    Args:
        number: of the session to look at, from 1; None: the latest that has begun.
        names: of devices, see `Watch`.
    """

    def __init__(
        self, number: int | None = None, names: Mapping[bytes, str] | None = None
    ) -> None:
        self.count = 0
        self.shown = 0
        """The number of the session that is looked at; 0: none has begun."""
        self.watch = Watch(names)
        self._names = names
        self._number = number
        self._session: int | None = None

    def take(self, record: Record) -> None:
        """A record of any session; those that are not looked at are only counted."""
        if isinstance(record, Begun):
            self.count += 1
            if self._number in (None, self.count):
                self.watch, self.shown = Watch(self._names), self.count
                self._session = record.session
        if record.session == self._session:
            self.watch.take(record)

    def pass_to(self, host_us: int) -> None:
        """It is this late at the host, us since 1970, and nothing has come."""
        self.watch.pass_to(host_us)


def _key_in(message: bytes) -> Key | None:
    alert = alert_in(message)
    if alert is None:
        return None
    return Key(alert.originator, alert.target, alert.alert_code)
