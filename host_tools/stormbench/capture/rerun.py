"""A session once more, through another hub: whether that judges each alert as it was judged.

The stamped trace: each alert with the arrival that the hub counted with, on the host's clock. What
the hub was told on the way, it is told at the same place again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from stormbench.capture.story import AlertSent, Commanded, Met, Step, Told
from stormbench.link.client import HubClient

_MOST_DIFFERENCES = 20
"""Told one by one; more are counted only."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An alert that was judged otherwise; `number` is among the session's alerts, from 1."""

    number: int
    at_ms: int
    recorded: str
    replayed: str


@dataclass(slots=True)
class Rerun:
    """What came of it.

    `alerts` were judged both times, `differing` of them otherwise; `differences` has the first
    ones. `unjudged` have no verdict in the capture, and were not sent again. `had_state`: the hub
    had judged alerts before the capture began, so that it knew what this one cannot. `restarts`:
    of the hub, within the session.
    """

    alerts: int = 0
    differing: int = 0
    unjudged: int = 0
    restarts: int = 0
    had_state: bool = False
    source_sha256: str = ""
    differences: list[Difference] = field(default_factory=list)


def rerun(
    client: HubClient, steps: Iterable[Step], on_alert: Callable[[], None] = lambda: None
) -> Rerun:
    """Send a session's alerts again.

    Args:
        client: a virtual hub that is new; its tables, policy and clock are set as it was recorded.
        on_alert: called after each alert.
    """
    return _Rerunning(client, on_alert).run(steps)


class _Rerunning:
    def __init__(self, client: HubClient, on_alert: Callable[[], None]) -> None:
        self._client = client
        self._on_alert = on_alert
        self._found = Rerun()
        self._policy: dict[str, object] = {}
        self._needs_clock = True  # it shows the next alert's arrival then
        self._is_on_hosts_clock = False  # as it was recorded
        self._has_begun = False

    def run(self, steps: Iterable[Step]) -> Rerun:
        for step in steps:
            if isinstance(step, AlertSent):
                self._alert(step)
            elif isinstance(step, Commanded):
                self._command(step)
            elif isinstance(step, Told):
                self._told(step)
            elif isinstance(step, Met):
                self._meet(step)
        return self._found

    def _alert(self, sent: AlertSent) -> None:
        if sent.verdict is None or sent.at_ms is None:
            self._found.unjudged += 1
            return
        self._has_begun = True
        if self._needs_clock:
            self._client.use_hosts_clock(sent.at_ms)
            self._needs_clock = False
        replayed = self._client.alert(sent.at_ms, sent.message).verdict
        self._found.alerts += 1
        if replayed != sent.verdict:
            self._found.differing += 1
            if len(self._found.differences) < _MOST_DIFFERENCES:
                number = self._found.alerts + self._found.unjudged
                self._found.differences.append(
                    Difference(number, sent.at_ms, sent.verdict, replayed)
                )
        self._on_alert()

    def _command(self, done: Commanded) -> None:
        values = done.values
        if done.name == "SetPolicy":
            self._set_policy(dict(values))
        elif done.name == "SetCapacity":
            self._client.set_capacity(values["devices"], values["keys"])
        elif done.name == "SetClock" and values["source"]:
            self._client.use_hosts_clock(values["start_ms"])
            self._needs_clock, self._is_on_hosts_clock = False, True
        elif done.name == "SetClock":
            self._needs_clock, self._is_on_hosts_clock = True, False
        elif done.name == "Advance" and self._is_on_hosts_clock:
            self._client.advance(values["at_ms"])

    def _told(self, told: Told) -> None:
        values = {
            name: value for name, value in told.frame.values.items() if name != "command_seq"
        }
        if told.frame.name == "Counters":
            self._found.had_state |= not self._has_begun and values["received"] > 0
        elif values != self._policy:
            self._set_policy(values)

    def _set_policy(self, values: dict[str, object]) -> None:
        self._client.set_policy(values)
        self._policy = values

    def _meet(self, met: Met) -> None:
        if met.is_restart:
            self._found.restarts += 1
            self._client.power_cut()
            self._needs_clock = True
            return
        self._found.source_sha256 = met.hello["source_sha256"].hex()
        self._is_on_hosts_clock = bool(met.hello["clock"])
        self._client.set_capacity(met.hello["device_capacity"], met.hello["key_capacity"])
