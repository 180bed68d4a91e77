"""Drives a hub with a trace, on the host's clock, and keeps what it answered."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from commshub.policy import Policy
from hubwire.gbcs import decode, encode
from hubwire.gbcs_make import Recipe, make
from stormbench.link.client import HubClient
from stormbench.link.northbound import Northbound, Notice, Report, WanAlert
from stormbench.policy_file import frame_values
from stormbench.replay.trace_file import Row


@dataclass(frozen=True, slots=True)
class Setting:
    """What a replay sets before its first row.

    `start_ms`: what the hub's clock shows at the first row; None: the row's own time. The
    capacities are entries; None: as the hub has them. `reset_at_ms`: when the hub's power is cut,
    in the trace's time, from the first row on and up to `until_ms`.
    """

    policy: Policy
    start_ms: int | None = None
    until_ms: int | None = None
    device_capacity: int | None = None
    key_capacity: int | None = None
    reset_at_ms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the throttle, in the trace's time; None where it has no such part."""

    t_ms: int
    event: str
    originator: bytes | None
    target: bytes | None
    code: int | None
    level: str
    report: Report | None
    shadow: bool


@dataclass(frozen=True)
class Replayed:
    """A verdict and, with SAMPLE, its numbers, for each row; and the events in order."""

    verdicts: Sequence[tuple[str, Report | None]]
    events: Sequence[Event]


class Session:
    """A hub on the trace's clock, row after row.

    Args:
        client: a virtual hub; its policy, its capacities and its clock are set.
        first: the first row.
    """

    def __init__(self, client: HubClient, first: Row, setting: Setting) -> None:
        start_ms = first.t_ms if setting.start_ms is None else setting.start_ms
        self._client = client
        self._ahead_ms = start_ms - first.t_ms  # the hub's clock less the trace's
        self._resets = deque(sorted(setting.reset_at_ms))
        self._counter = 0
        self.events: list[Event] = []
        _prepare(client, setting, start_ms)

    def come_to(self, t_ms: int) -> None:
        """Do what is due at or before `t_ms`, with the resets on the way there."""
        self._reset_up_to(t_ms)
        self._note(self._client.advance(t_ms + self._ahead_ms))

    def judge(self, row: Row) -> tuple[str, Report | None]:
        """Send one alert; its verdict and, with SAMPLE, its numbers."""
        self._reset_up_to(row.t_ms)
        self._counter += 1
        judged = self._client.alert(row.t_ms + self._ahead_ms, message_of(row, self._counter))
        self._note(judged.north)
        return judged.verdict, _sample(judged.north)

    def _reset_up_to(self, t_ms: int) -> None:
        while self._resets and self._resets[0] <= t_ms:
            self._note(reset(self._client, self._resets.popleft() + self._ahead_ms))

    def _note(self, north: Iterable[Northbound]) -> None:
        self.events += events_of(north, self._ahead_ms)


def replay(
    client: HubClient,
    rows: Sequence[Row],
    setting: Setting,
    on_row: Callable[[], None] = lambda: None,
) -> Replayed:
    """Send every row and move time on to the end.

    Args:
        rows: at least one, in order of time.
        on_row: called after each row.
    """
    session = Session(client, rows[0], setting)
    verdicts = []
    for row in rows:
        verdicts.append(session.judge(row))
        on_row()
    session.come_to(rows[-1].t_ms if setting.until_ms is None else setting.until_ms)
    return Replayed(verdicts, session.events)


def reset(client: HubClient, at_ms: int) -> list[Northbound]:
    """Cut the hub's power at `at_ms` of its clock, before anything that is due at that time.

    It boots at the same instant, and is on the host's clock again; returns what went north.
    """
    north = list(client.advance(max(0, at_ms - 1)))
    north += client.power_cut()
    north += client.use_hosts_clock(at_ms)
    return north


def message_of(row: Row, counter: int) -> bytes:
    """A generic alert with this row's key."""
    recipe = Recipe(code=row.code, counter=counter, originator=row.originator, target=row.target)
    return encode(make(recipe))


def events_of(north: Iterable[Northbound], ahead_ms: int = 0) -> list[Event]:
    """The events among what went north; a held message is the event that it carries."""
    events = []
    for item in north:
        if isinstance(item, Notice):
            events.append(_of_notice(item, ahead_ms))
        elif item.is_held:
            events.append(_of_held(item, ahead_ms))
    return events


def _prepare(client: HubClient, setting: Setting, start_ms: int) -> None:
    if setting.device_capacity is not None or setting.key_capacity is not None:
        client.set_capacity(
            _or(setting.device_capacity, client.hello.device_capacity),
            _or(setting.key_capacity, client.hello.key_capacity),
        )
    client.set_policy(frame_values(setting.policy))
    client.use_hosts_clock(start_ms)


def _or(chosen: int | None, default: int) -> int:
    return default if chosen is None else chosen


def _sample(north: Iterable[Northbound]) -> Report | None:
    for item in north:
        if isinstance(item, WanAlert) and item.carries == "SAMPLE":
            return item.report
    return None


def _of_notice(notice: Notice, ahead_ms: int) -> Event:
    return Event(
        max(0, notice.at_ms - ahead_ms),  # what a restart makes due before time 0 is at 0
        notice.event,
        notice.originator,
        notice.target,
        notice.code,
        notice.level,
        notice.report,
        notice.shadow,
    )


def _of_held(held: WanAlert, ahead_ms: int) -> Event:
    alert = decode(held.message)
    return Event(
        max(0, held.at_ms - ahead_ms),
        held.carries,
        alert.originator,
        alert.target,
        alert.alert_code,
        "",
        held.report,
        False,
    )
