"""Drives a hub with a trace, on the host's clock, and keeps what it answered."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

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


@dataclass
class Replayed:
    """A verdict and, with SAMPLE, its numbers, for each row; and the events in order."""

    verdicts: list[tuple[str, Report | None]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


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
    start_ms = rows[0].t_ms if setting.start_ms is None else setting.start_ms
    ahead_ms = start_ms - rows[0].t_ms  # the hub's clock less the trace's
    prepare(client, setting, start_ms)
    replayed = Replayed()
    resets = deque(sorted(setting.reset_at_ms))
    for counter, row in enumerate(rows, 1):
        while resets and resets[0] <= row.t_ms:
            replayed.events += events_of(reset(client, resets.popleft() + ahead_ms), ahead_ms)
        judged = client.alert(row.t_ms + ahead_ms, message_of(row, counter))
        replayed.verdicts.append((judged.verdict, _sample(judged.north)))
        replayed.events += events_of(judged.north, ahead_ms)
        on_row()
    for reset_ms in resets:
        replayed.events += events_of(reset(client, reset_ms + ahead_ms), ahead_ms)
    until_ms = rows[-1].t_ms if setting.until_ms is None else setting.until_ms
    replayed.events += events_of(client.advance(until_ms + ahead_ms), ahead_ms)
    return replayed


def reset(client: HubClient, at_ms: int) -> list[Northbound]:
    """Cut the hub's power at `at_ms` of its clock, before anything that is due at that time.

    It boots at the same instant, and is on the host's clock again; returns what went north.
    """
    north = list(client.advance(max(0, at_ms - 1)))
    client.power_cut()
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


def prepare(client: HubClient, setting: Setting, start_ms: int) -> None:
    """Put the hub into the state that a replay begins with, its clock at `start_ms`."""
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
        notice.at_ms - ahead_ms,
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
        held.at_ms - ahead_ms,
        held.carries,
        alert.originator,
        alert.target,
        alert.alert_code,
        "",
        held.report,
        False,
    )
