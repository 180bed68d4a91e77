"""What a storm takes of what is shared: the WAN, the DSP, the meters' own work."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from hubwire import gbcs
from stormbench.compare.one_arm import ArmRun, messages_of
from stormbench.link.northbound import WanAlert

_SECOND_MS = 1000


def load(run: ArmRun) -> dict[str, Any]:
    """The figures of one arm, under the names that report.json has for them.

    Returns:
        wan_busy_share: how much of the run the WAN sends, 0 to 1; what is still queued at the end
            can take it above.
        wan_queue_bytes_max, wan_wait_ms_max: of its queue.
        dsp_peak: most alerts that arrived in any `second`, and in any `window`: the
            policy's `device_window_ms`.
        built: messages that meters made and protected, by form: `signature` and `mac`. One that a
            meter suppresses is not made.
        service_requests: SR 6.22 that came to a meter: `requests`, `bytes` of commands and
            responses. They are in no hop.
    """
    arrived_ms = [a.at_ms for a in run.arrived if messages_of([a.departure])]
    return {
        "wan_busy_share": run.cell.busy_ms / run.course.end_ms,
        "wan_queue_bytes_max": run.cell.most_queued_bytes,
        "wan_wait_ms_max": run.cell.longest_wait_ms,
        "dsp_peak": {
            "second": most_within(arrived_ms, _SECOND_MS),
            "window": most_within(arrived_ms, vars(run.course.policy)["device_window_ms"]),
        },
        "built": _built(run),
        "service_requests": {
            "requests": len(run.maskings),
            "bytes": sum(each.command_bytes + each.response_bytes for each in run.maskings),
        },
    }


def most_within(times_ms: Sequence[int], window_ms: int) -> int:
    """The most of these times, in order, that lie within any `window_ms`, its end not included."""
    return max(
        (at + 1 - bisect_left(times_ms, t - window_ms + 1) for at, t in enumerate(times_ms)),
        default=0,
    )


def _built(run: ArmRun) -> dict[str, int]:
    counts = {"signature": 0, "mac": 0}
    for home in run.homes.values():
        throttling = home.role == "meters"
        for message in (
            [item.message for item in home.north if isinstance(item, WanAlert)]
            if throttling
            else [alert.message for alert in home.sent]
        ):
            counts[gbcs.decode(message).form] += 1
    return counts
