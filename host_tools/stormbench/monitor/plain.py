"""What is known of a session as JSON has it, with each limit's source beside it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hubwire.codes import alert_name
from stormbench.monitor import floods
from stormbench.monitor.floods import Floods
from stormbench.monitor.rates import per_minute, per_second
from stormbench.monitor.throttled import Key
from stormbench.monitor.watch import Watch, Watches
from stormbench.printable import printable

VERDICTS = ("PASS", "SAMPLE", "SUPPRESS")


def plain(watches: Watches) -> dict[str, Any]:
    """All of it. Times are ms since the session began; EUI-64s and codes are upper-case hex.

    `device` is what a scenario calls it, or None.
    """
    watch = watches.watch
    return {
        "session": watches.shown,
        "sessions": watches.count,
        "hub": printable(watch.hub),
        "hub_id": watch.hub_id,
        "hello": watch.hello and asdict(watch.hello),
        "ended": watch.is_ended,
        "watched_ms": watch.now_ms,
        "in": _flow(watch.coming, watch.now_ms, watch.names),
        "out": _flow(watch.leaving, watch.now_ms, watch.names),
        "not_alerts": watch.others,
        "unjudged": watch.unjudged,
        "verdicts": {
            name: {"alerts": watch.verdicts[name], "share": watch.share(name)} for name in VERDICTS
        },
        "flood_limits": _limits(),
        "incidents": _incidents(watch),
        "overloads": _overloads(watch),
        "tables_full": watch.throttled.table_full,
        "link": _link(watch),
        "counters": dict(watch.link.counters) or None,
        "log": list(watch.link.log),
    }


def _flow(flow: Floods[Key], now_ms: int, names: Mapping[bytes, str]) -> dict[str, Any]:
    return {
        "alerts": flow.tally.total,
        "per_s": per_second(flow.tally, now_ms),
        "per_min": per_minute(flow.tally, now_ms),
        "per_10_min": flow.tally.in_span,
        "peak_per_10_min": flow.peak,
        "is_flood": flow.is_flood,
        "floods": flow.floods,
        "flood_ms": flow.flood_ms(now_ms),
        "flood_time_share": flow.time_share(now_ms),
        "top_10_share": flow.top_share,
        "top_10": [
            {**_key(key, names), "alerts": count, "share": count / flow.tally.total}
            for key, count in flow.kinds.most_common(floods.TOP)
        ],
    }


def _limits() -> Mapping[str, Any]:
    return {
        "begins_above_per_10_min": floods.FLOOD_ABOVE,
        "ends_below_per_10_min": floods.FLOOD_BELOW,
        "most_time_share": floods.MOST_TIME_SHARE,
        "most_top_10_share": floods.MOST_TOP_SHARE,
        "source": floods.SOURCE,
    }


def _key(key: Key, names: Mapping[bytes, str]) -> dict[str, Any]:
    return {
        "device": names.get(key.originator),
        "originator": key.originator.hex().upper(),
        "target": key.target.hex().upper(),
        "code": f"{key.code:04X}",
        "name": alert_name(key.code),
    }


def _incidents(watch: Watch) -> list[dict[str, Any]]:
    return [
        {
            "device": watch.names.get(originator),
            "originator": originator.hex().upper(),
            **asdict(incident),
        }
        for originator, incident in watch.throttled.incidents.items()
    ]


def _overloads(watch: Watch) -> list[dict[str, Any]]:
    return [
        {**_key(key, watch.names), **asdict(overload)}
        for key, overload in watch.throttled.overloads.items()
    ]


def _link(watch: Watch) -> dict[str, Any]:
    link = watch.link
    trip = link.round_trip_ms
    return {
        "under_way": link.under_way,
        "sent_again": link.sent_again,
        "damaged": link.damaged,
        "came_again": link.came_again,
        "round_trip_ms": trip and {"p50": trip[0], "max": trip[1]},
        "queue": link.queue,
        "gave_way": link.gave_way,
        "reopened": link.reopened,
        "restarts": link.restarts,
        "reset_cause": link.reset_cause,
    }
