"""What the DSP's anomaly detection makes of a storm that a throttle before it takes alerts out of.

Held against what it would make of the storm itself: the same detection, told of each alert as it
is raised (`_of_what_is_raised`). A device storms here if a phase of the scenario says so, whether
or not any of its keys is ever throttled, and whoever its alerts are for: codes in turn that evade
the throttle and a hub's own alerts to the Access Control Broker are among them.
"""

from collections.abc import Sequence
from typing import Any

from stormbench.compare.account import came_to_dsp
from stormbench.compare.one_arm import ArmRun
from stormbench.dsp.anomaly import AnomalyDetection
from stormbench.dsp.red_times import RedTimes, Span


def anomaly(run: ArmRun) -> dict[str, Any]:
    """The figures of one arm, under the names that report.json has for them.

    Returns:
        raised: alerts that the storming devices raised, of no storm too.
        counted: of them, how many were counted by the end, themselves or in a count that came.
            What is missing is on its way, dropped, lost or hidden, as the arm's account says.
        uncounted: alerts of all devices that came to the DSP, themselves or in a count, less
            those that were counted there: must be 0; negative where some were counted twice.
        red_devices: storming devices that were red by what they raised.
        red_unseen: of them, how many the DSP never saw red.
        red_share: of the time for which they were red by that, the part for which the DSP saw
            them so, 0 to 1; None where none was.
        red_late_ms: how much later the DSP first saw one red, the latest of those it saw; None
            where it saw none.
        red_beyond_ms: for how long the DSP saw devices red when by what they raised they were
            not, of all devices together. A count that comes late keeps an incident open.
    """
    storming = {alert.originator for alert in run.raised if alert.is_storm}
    end_ms = run.course.end_ms
    truth, seen = _of_what_is_raised(run), run.twin.red
    red = {device: spans for device in storming if (spans := truth.spans(device, end_ms))}
    both_ms = sum(_common_ms(spans, seen.spans(device, end_ms)) for device, spans in red.items())
    red_ms = sum(map(_length_ms, red.values()))
    late_ms = [
        max(0, seen.first_ms[device] - truth.first_ms[device])
        for device in red
        if device in seen.first_ms
    ]
    return {
        "raised": sum(alert.originator in storming for alert in run.raised),
        "counted": sum(run.twin.counted_by_anomaly[device] for device in storming),
        "uncounted": came_to_dsp(run) - run.twin.counted_by_anomaly.total(),
        "red_devices": len(red),
        "red_unseen": len(red) - len(late_ms),
        "red_share": both_ms / red_ms if red_ms else None,
        "red_late_ms": max(late_ms, default=None),
        "red_beyond_ms": sum(
            _length_ms(spans) - _common_ms(spans, truth.spans(device, end_ms))
            for device in seen.first_ms
            if (spans := seen.spans(device, end_ms))
        ),
    }


def _of_what_is_raised(run: ArmRun) -> RedTimes:
    """When devices were red to one that is told of each alert at once."""
    red = RedTimes()
    detection = AnomalyDetection(run.course.policy, red.on_incident)
    for alert in run.raised:
        detection.count(alert.at_ms, alert.originator, 1)
    detection.advance(run.course.end_ms)
    return red


def _length_ms(spans: Sequence[Span]) -> int:
    return sum(span.until_ms - span.from_ms for span in spans)


def _common_ms(some: Sequence[Span], others: Sequence[Span]) -> int:
    """For how long two are at once; the spans of each do not overlap."""
    return sum(
        max(0, min(a.until_ms, b.until_ms) - max(a.from_ms, b.from_ms))
        for a in some
        for b in others
    )
