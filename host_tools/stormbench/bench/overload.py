"""Overload of the hub itself: more alerts are offered than it can carry, at times of their own.

Open loop: each alert has a time at which it is meant to go out, whether the hub keeps up or not;
what cannot go out yet waits at the host, in order, and its latency counts from that time. One
device storms; a quiet one raises an alert now and then, among the others, and is to be unharmed
but for the wait. The client's window and the hub's queue are bounded, so all that grows is the
host's queue. Which limits hold is for `law_broken` to say, and no time is among them.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any

from commshub.policy import LARGEST_COUNT, LONGEST_MS, Policy
from hubwire.gbcs import encode
from hubwire.gbcs_make import Recipe, make
from stormbench.bench.alerts import USUAL_SIZE
from stormbench.bench.outcomes import SUPPRESSED
from stormbench.bench.rate import measure_rate
from stormbench.bench.spread import spread
from stormbench.errors import InvalidInput
from stormbench.link.client import HubClient
from stormbench.link.drive import Drive
from stormbench.link.northbound import WanAlert
from stormbench.policy_file import frame_values

OFFERED_PERCENT = (10, 50, 90, 100, 150, 200, 300)
"""Of what the hub carries."""

_QUIET_EVERY = 25
"""One alert in so many is the quiet device's."""

_STORMING = bytes.fromhex("00DB123456780001")
_QUIET = bytes.fromhex("00DB123456780002")
_TARGET = bytes.fromhex("90B3D51F30010000")
_CODE = 0x810E
_US_PER_S = 1_000_000
_US_PER_MS = 1_000
_GAVE_WAY = ("gave_way_passes", "gave_way_notices", "gave_way_samples", "gave_way_signed")
_COUNTED = (*_GAVE_WAY, "frames_cut", "frames_damaged", "overruns", "repeats", "duplicates")

_OVER = 4  # alerts, more than a threshold and a limit

_HELD_GOODPUT = 0.9
"""The goodput at the highest load is at least this share of that at 100 %."""


@dataclass(frozen=True)
class Offered:
    """One alert of a run: when it is meant to go out, us from the beginning, and what it is."""

    at_us: int
    message: bytes
    is_quiet: bool


def overload_policy(quiet_alerts: int) -> Policy:
    """The storming device is red soon and its key overloaded; the quiet one, with so many, is not.

    Raises:
        InvalidInput: they are more than a policy can name.
    """
    if quiet_alerts > LARGEST_COUNT:
        raise InvalidInput(f"{quiet_alerts} alerts of a quiet device; at most {LARGEST_COUNT}")
    policy = Policy()
    policy.amber_threshold = policy.red_threshold = quiet_alerts
    policy.red_clear_threshold = 0
    policy.code_limit = policy.code_clear_limit = 0
    policy.device_window_ms = policy.code_window_ms = LONGEST_MS
    return policy


def offer(rate_per_s: float, alerts: int, first: int) -> Iterator[Offered]:
    """Alerts at even times, one in 25 of the quiet device.

    Args:
        first: counter of the first, so that no two of a bench are alike.
    """
    for number in range(alerts):
        is_quiet = number % _QUIET_EVERY == _QUIET_EVERY // 2
        recipe = Recipe(
            code=_CODE,
            counter=first + number,
            originator=_QUIET if is_quiet else _STORMING,
            target=_TARGET,
            payload="dlms",
        )
        yield Offered(round(number * _US_PER_S / rate_per_s), encode(make(recipe)), is_quiet)


def measure_overload(
    client: HubClient,
    alerts: int,
    on_step: Callable[[], None],
    percents: Sequence[int] = OFFERED_PERCENT,
) -> dict[str, Any]:
    """Offer a hub from little to too much.

    Args:
        client: of a hub whose policy may be changed; the policy stays.
        alerts: for each load.
        percents: loads, of what the hub carries of suppressed alerts.

    Returns: `capacity_alerts_per_s`, and `loads` [{offered_percent, offered_alerts_per_s,
        goodput_alerts_per_s, latency_us, hub_latency_us, quiet_latency_us {p50, p99, max},
        longest_host_queue, verdicts, quiet_not_passed, lost, and what the hub counted:
        gave_way_..., frames_cut and so on}]. `latency_us` is from the intended time to the
        verdict, `hub_latency_us` from when the bytes were handed to the port.
    """
    capacity = measure_rate(client, SUPPRESSED, USUAL_SIZE, alerts).alerts_per_s
    on_step()
    quiet_alerts = len(percents) * (alerts // _QUIET_EVERY + 1)
    client.set_policy(frame_values(overload_policy(quiet_alerts)))
    _make_red(client, quiet_alerts)
    loads = []
    first = 1_000_000
    for percent in percents:
        rate = capacity * percent / 100
        offered = list(offer(rate, alerts, first))
        first += alerts
        loads.append({"offered_percent": percent, **_one_load(client, offered, rate)})
        on_step()
    return {"capacity_alerts_per_s": round(capacity, 1), "loads": loads}


def _make_red(client: HubClient, threshold: int) -> None:
    """Bring the storming device over its threshold, and its key over its limit."""
    for each in offer(1_000, 2 * (threshold + _OVER), 1):
        if not each.is_quiet:
            client.submit(0, each.message)
    client.settle()
    client.collect()


def _one_load(client: HubClient, offered: Sequence[Offered], rate: float) -> dict[str, Any]:
    before = client.counters()
    drive = Drive(client, offered, Event())
    drive.run()
    course = drive.course
    north = [*course.north, *client.collect()]
    after = client.counters()
    latencies = [at - each.at_us for each, at in zip(offered, course.judged_us, strict=False)]
    in_hub = [at - sent for sent, at in zip(course.sent_us, course.judged_us, strict=False)]
    judged = list(zip(offered, latencies, course.verdicts, strict=False))
    quiet = [(latency, verdict) for each, latency, verdict in judged if each.is_quiet]
    forwarded = {item.message for item in north if isinstance(item, WanAlert)}
    passed = [each for each, _, verdict in judged if verdict != "SUPPRESS"]
    counted = {name: after[name] - before[name] for name in _COUNTED}
    gave_way = sum(counted[name] for name in _GAVE_WAY)
    not_forwarded = sum(each.message not in forwarded for each in passed)
    return {
        "offered_alerts_per_s": round(rate, 1),
        "goodput_alerts_per_s": round(len(judged) * _US_PER_S / course.judged_us[-1], 1),
        "latency_us": spread(latencies),
        "hub_latency_us": spread(in_hub),
        "quiet_latency_us": spread([latency for latency, _ in quiet]),
        "longest_host_queue": _longest_queue(offered, course.sent_us),
        "verdicts": dict(sorted(Counter(course.verdicts).items())),
        "quiet_not_passed": sum(verdict != "PASS" for _, verdict in quiet),
        "lost": len(offered) - len(judged) + not_forwarded - gave_way,
        **counted,
    }


def _longest_queue(offered: Sequence[Offered], sent_us: Sequence[int]) -> int:
    """The most alerts that were due and not sent, when one of them went out."""
    due_us = [each.at_us for each in offered]
    return max(bisect_right(due_us, at_us) - sent for sent, at_us in enumerate(sent_us))


def law_broken(found: dict[str, Any]) -> list[str]:
    """A sentence for each of the laws that an overload has broken; none of them is about a time.

    Nothing is lost without being counted, the quiet device's alerts pass, and what gets through
    at the highest load is not much less than at 100 %.

    Args:
        found: of `measure_overload`, with a load of 100 %.
    """
    broken = []
    for load in found["loads"]:
        if load["lost"]:
            broken.append(f"{load['offered_percent']} %: {load['lost']} alerts are lost")
        if load["quiet_not_passed"]:
            count = load["quiet_not_passed"]
            broken.append(f"{load['offered_percent']} %: {count} of the quiet device did not pass")
    goodput = {load["offered_percent"]: load["goodput_alerts_per_s"] for load in found["loads"]}
    most = max(goodput)
    if goodput[most] < _HELD_GOODPUT * goodput[100]:
        broken.append(f"{goodput[most]} alerts a second at {most} %, {goodput[100]} at 100 %")
    return broken


def text_of(found: dict[str, Any]) -> str:
    """A table for people: a line for each load."""
    lines = [
        f"the hub carries {found['capacity_alerts_per_s']:,.1f} suppressed alerts a second; "
        "latency is from the time that an alert was meant to go out, in hub (p99) from when it "
        "did, ms",
        f"{'offered':>8}{'':>10}{'goodput':>10}{'p50':>10}{'p99':>10}{'max':>10}"
        f"{'in hub':>10}{'quiet p99':>10}{'queue':>8}{'gave way':>10}{'cut':>6}{'lost':>6}",
    ]
    for load in found["loads"]:
        times = [load["latency_us"][name] for name in ("p50", "p99", "max")]
        times += [load["hub_latency_us"]["p99"], load["quiet_latency_us"]["p99"]]
        gave_way = sum(load[name] for name in _GAVE_WAY)
        lines.append(
            f"{load['offered_percent']:>7}%{load['offered_alerts_per_s']:10,.1f}"
            f"{load['goodput_alerts_per_s']:10,.1f}"
            + "".join(f"{time / _US_PER_MS:10,.1f}" for time in times)
            + f"{load['longest_host_queue']:8,}{gave_way:10,}{load['frames_cut']:6,}"
            f"{load['lost']:6,}"
        )
    return "\n".join(lines)
