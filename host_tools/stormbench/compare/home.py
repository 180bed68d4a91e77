"""A hub and the meters behind it: what is raised there, and what leaves for the WAN.

In three roles of four the meters send all that is raised, or all that their masks leave, and the
firmware is the hub. In role `meters` the firmware is in the meters: it is told of what happened
and decides; only what it lets go is then built, with the next number of its device. So a
suppressed alert costs no originator counter, no protection and nothing on the HAN. One instance
stands for all meters of a home: its tables have a row for each, and a storm of one changes no
verdict for another (firmware/MECHANISM.md, section 7). It is told of the same at the same times as
a hub would be, and sees no number of a message, so its run is that of the hub in role `throttles`;
but where the hub's power is cut it has a run of its own, in which nobody cuts the meters'.

A copy that is held was not built when it was suppressed either. So it leaves with the next number
of its device, which is later than its happening, and with the time of the happening itself: who
sorts by numbers takes an old state for the newest (`last_state.wrong_by_counter`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hubwire import gbcs
from hubwire.gbcs_make import numbered
from stormbench.compare.arms import Role
from stormbench.compare.hub_pass import HubPass
from stormbench.link.northbound import Northbound, WanAlert
from stormbench.scenario.trace import FIRST_COUNTER, Alert
from stormbench.wan.departure import count_at
from stormbench.wan.hop import HopCounts

_FIRST_DRAFT = 1 << 63
"""No device comes to number so many messages."""


@dataclass(frozen=True, slots=True)
class Home:
    """Before it runs.

    Attributes:
        sent: what the firmware is given, in order of time.
        silent: what the meters' masks keep to themselves.
        happened: how often a meter had something to tell.
    """

    role: Role
    sent: tuple[Alert, ...]
    silent: tuple[Alert, ...]
    happened: int


@dataclass(frozen=True, slots=True)
class HomePass:
    """What came of it.

    Attributes:
        role: what the firmware was.
        hub: its pass, as it and the injector saw it.
        north: what left for the WAN, in order.
        sent: an alert for each of the hub's verdicts; one that was suppressed in its meter is a
            draft, with a number that no message has.
        silent, happened: as of the home.
        han: what went over the HAN.
    """

    role: Role
    hub: HubPass
    north: tuple[Northbound, ...]
    sent: tuple[Alert, ...]
    silent: tuple[Alert, ...]
    happened: int
    han: HopCounts

    @property
    def raised(self) -> list[Alert]:
        """All that was raised, in order of time."""
        return sorted((*self.sent, *self.silent), key=lambda alert: alert.at_ms)


def finished(home: Home, hub: HubPass) -> HomePass:
    """The pass of a home whose firmware made this of what it was given."""
    if home.role == "meters":
        sent, north = _built(home.sent, hub.north)
        han = HopCounts()
        for item in north:
            count_at(han, item)
        return HomePass(home.role, hub, north, sent, home.silent, home.happened, han)
    han = HopCounts()
    for alert in home.sent:
        han.add_alert(len(alert.message))
    return HomePass(home.role, hub, hub.north, home.sent, home.silent, home.happened, han)


def _built(
    raised: Sequence[Alert], north: Sequence[Northbound]
) -> tuple[tuple[Alert, ...], tuple[Northbound, ...]]:
    """The alerts as they were sent, and what left: each message built as it leaves.

    What was not sent keeps the number of a draft, which no message has.
    """
    place = {alert.message: number for number, alert in enumerate(raised)}
    sent = [_numbered(alert, _FIRST_DRAFT + number) for number, alert in enumerate(raised)]
    counters: dict[bytes, int] = {}
    built = []
    for item in north:
        if isinstance(item, WanAlert):
            number = place[item.message]
            originator = raised[number].originator
            counters[originator] = counters.get(originator, FIRST_COUNTER - 1) + 1
            alert = _numbered(raised[number], counters[originator])
            if not item.is_held:  # a copy that is held stays suppressed, and is one more message
                sent[number] = alert
            item = replace(item, message=alert.message)
        built.append(item)
    return tuple(sent), tuple(built)


def _numbered(alert: Alert, counter: int) -> Alert:
    message = gbcs.encode(numbered(gbcs.decode(alert.message), counter))
    return replace(alert, counter=counter, message=message)
