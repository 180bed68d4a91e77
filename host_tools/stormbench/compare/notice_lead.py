"""How long before the first suppression of an overload its User was told of it.

Two witnesses: when a service notice of the start reached a User, from what the recipients took;
and what was suppressed first, from verdicts: at a hub, the ledger of acknowledged ones, where an
overload is that of its key's latest sample; at the DSP, those of its throttle.
"""

import statistics
from collections.abc import Mapping, Sequence

from hubwire.identities import ACCESS_CONTROL_BROKER
from stormbench.compare.home import HomePass
from stormbench.compare.one_arm import ArmRun
from stormbench.dsp.own_throttle import Suppressed
from stormbench.dsp.service_notices import Overload
from stormbench.link.northbound import WanAlert

_NO_OVERLOAD = 0
"""Stands for an overload whose sample never came north; ids begin at 1, so its User is untold."""


def notice_lead(run: ArmRun) -> dict[str, int | None]:
    """p50, min and max in ms over the overloads whose User was told, and how many were `untold`.

    Positive: told ahead; 0: in the same ms; negative: the User learned of it afterwards. None
    where nobody was told of any. Overloads of alerts to the Access Control Broker are left out.
    """
    told_ms = run.recipients.start_told_ms
    first = {
        overload: suppressed.at_ms
        for overload, suppressed in first_suppressed(run).items()
        if suppressed.target != ACCESS_CONTROL_BROKER
    }
    leads = [at_ms - told_ms[overload] for overload, at_ms in first.items() if overload in told_ms]
    return {**_spread(leads), "untold": len(first) - len(leads)}


def first_suppressed(run: ArmRun) -> dict[Overload, Suppressed]:
    """What each overload of a run suppressed first; one that suppressed nothing is not in it."""
    found: dict[Overload, Suppressed] = {
        (None, overload_id): first for overload_id, first in run.twin.first_suppressed().items()
    }
    for hub_id, home in run.homes.items():
        for overload_id, first in _in_home(home).items():
            found[hub_id, overload_id] = first
    return found


def _in_home(home: HomePass) -> Mapping[int, Suppressed]:
    overload_ids = {
        item.message: item.report.overload_id
        for item in home.north
        if isinstance(item, WanAlert) and item.report is not None and not item.is_held
    }
    overloaded: dict[tuple[bytes, bytes, int], int] = {}
    found: dict[int, Suppressed] = {}
    for alert, verdict in zip(home.sent, home.hub.verdicts, strict=True):
        if verdict == "SAMPLE":  # an overload begins with one
            overloaded[alert.key] = overload_ids.get(alert.message, _NO_OVERLOAD)
        elif verdict == "SUPPRESS":
            overload_id = overloaded.get(alert.key, _NO_OVERLOAD)
            found.setdefault(overload_id, Suppressed(alert.at_ms, alert.target))
    return found


def _spread(leads: Sequence[int]) -> dict[str, int | None]:
    if not leads:
        return {"p50": None, "min": None, "max": None}
    return {"p50": round(statistics.median(leads)), "min": min(leads), "max": max(leads)}
