"""The alerts of one client and what goes north of them: numbers, acknowledgements, accounts.

Takes in frames and says which ones are to be sent; sends none itself, and knows no port and no
time. Numbers are kept by `AlertWindow` and `NorthInbox`, accounts by `Ledger`.
"""

from hubwire.frames import NO_BOOT, WINDOW
from hubwire.framing import Frame
from stormbench.link.alert_window import Acknowledged, AlertWindow, Waiting
from stormbench.link.answers import Judged
from stormbench.link.ledger import Ledger
from stormbench.link.north_inbox import NorthInbox
from stormbench.link.northbound import Northbound, WanAlert


class Traffic:
    """What is under way between one client and one hub.

    `backlog` is what the hub had kept for whoever would come next; `progress` grows with each
    alert that becomes known and each item that comes; `boot` is what frames bear.
    """

    def __init__(self) -> None:
        self.window = AlertWindow()
        self.inbox = NorthInbox()
        self.ledger = Ledger()
        self.backlog: list[Northbound] = []
        self.boot = NO_BOOT
        self.progress = 0
        self._north_made = 0
        self._north: list[Northbound] = []
        self._judged: list[Judged] = []
        self._went_back_to: int | None = None

    # What is sent.

    def submit(self, at_ms: int, message: bytes) -> Frame:
        """The frame of the next alert."""
        self.ledger.sent += 1
        return self._alert_frame(self.window.add(at_ms, message))

    def everything_again(self) -> list[Frame]:
        """All alerts that wait, and before them that no older one will come."""
        return [self.acknowledgement(), *map(self._alert_frame, self.window)]

    def acknowledgement(self) -> Frame:
        """How far things have come, for the hub."""
        self.inbox.said()
        values = {"north_next": self.inbox.expected, "alert_first": self.window.first}
        return Frame("NorthAck", 0, values, self.boot)

    def _alert_frame(self, alert: Waiting) -> Frame:
        self.inbox.said()
        values = {
            "at_ms": alert.at_ms,
            "north_next": self.inbox.expected,
            "message": alert.message,
        }
        return Frame("HanAlert", alert.seq, values, self.boot)

    # What comes.

    def has_all_north(self) -> bool:
        """Whether all has come that had come about when the hub last said how much that is."""
        return self.inbox.has_all_before(self._north_made)

    def is_behind(self) -> bool:
        """Whether more than three quarters of a window of what goes north came about and not here.

        With that of a whole window of alerts on top, it still has room in the hub.
        """
        return not self.inbox.has_all_before((self._north_made - WINDOW * 3 // 4) & 0xFFFF)

    def on_result(self, frame: Frame) -> None:
        """A command was answered."""
        self._north_made = frame["north_made"]

    def on_ack(self, frame: Frame) -> bool:
        """Alerts were acknowledged. True: one is missing at the hub, or its verdict was lost."""
        self._north_made = frame["north_made"]
        done = self.window.on_ack(frame["alert_seq"], frame["entries"])
        for each in done:
            self._judge(each)
        if done or not len(self.window) or self._went_back_to == self.window.first:
            return False
        if not self._is_gap(frame):
            return False  # the answer to an alert that came twice, or an old one that came late
        self._went_back_to = self.window.first
        return True

    def _is_gap(self, frame: Frame) -> bool:
        """Whether the hub waits for the oldest alert, or has judged it and did not say so here."""
        ahead = (frame["alert_seq"] + 1 - self.window.first) & 0xFFFF
        return 0 < ahead < 0x8000 or (ahead == 0 and not frame["entries"])

    def on_north(self, frame: Frame) -> None:
        """A WanAlert or a Notice has come."""
        found = self.inbox.on_frame(frame)
        if found is None:
            return
        item, is_ours = found
        self.progress += 1
        if not is_ours:
            self.backlog.append(item)
            return
        self._north.append(item)
        if isinstance(item, WanAlert) and not item.is_held:
            self.ledger.on_forwarded()

    # Boots.

    def meet(self, hello: Frame) -> None:
        """The hub was met, for the first time or in the same boot."""
        if self.boot == NO_BOOT:
            self.inbox.begin(hello["north_next"], hello["queued"])
            self.ledger.begin(hello["gave_way"])
        self._know(hello)

    def meet_another_boot(self, hello: Frame) -> None:
        """The hub has restarted."""
        self._take_for_judged()
        self.ledger.on_restart(hello["gave_way"])
        self.inbox.begin(hello["north_next"])
        self._know(hello)

    def _know(self, hello: Frame) -> None:
        self.boot = hello["boot_id"] & 0xFFFF
        self._north_made = (hello["north_next"] + hello["queued"]) & 0xFFFF
        self._went_back_to = None

    def _take_for_judged(self) -> None:
        """Of alerts that the boot before has judged without being heard, what became known.

        An item from north says how far it had come; what had been forwarded came before it.
        """
        if self.inbox.taken is None:
            return
        came = {item.message: item for item in self.inbox.latest}
        for alert in self.window.take_judged(self.inbox.taken):
            item = came.get(alert.message)
            verdict, at_ms = (item.carries, item.at_ms) if item else ("SUPPRESS", alert.at_ms)
            self._judge(Acknowledged(alert, verdict, at_ms))

    def _judge(self, done: Acknowledged) -> None:
        self.ledger.on_verdict(done.verdict)
        self._judged.append(Judged(done.verdict, done.at_ms, self.take_north()))
        self.progress += 1

    # What is handed out.

    def take_judged(self) -> list[Judged]:
        """The alerts that became known since the last call, in the order of their numbers."""
        judged, self._judged = self._judged, []
        return judged

    def take_north(self) -> tuple[Northbound, ...]:
        """What came north since the last call, or since an alert became known."""
        north = tuple(self._north)
        self._north.clear()
        return north
