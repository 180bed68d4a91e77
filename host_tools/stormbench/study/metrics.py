"""The figures of an arm that a study takes means and differences of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stormbench.compare.expectations import figure


@dataclass(frozen=True)
class Metric:
    """One of them.

    Attributes:
        path: below the arm in report.json.
        title: for people.
        unit: `bytes`, `ms`, `share`, or what is counted: `alerts`, `devices` and so on.
    """

    path: str
    title: str
    unit: str


METRICS = (
    Metric("hops.han.alerts", "alerts on the HAN", "alerts"),
    Metric("hops.han.bytes", "bytes on the HAN", "bytes"),
    Metric("hops.wan.alerts", "alerts onto the WAN", "alerts"),
    Metric("hops.wan.bytes", "bytes onto the WAN", "bytes"),
    Metric("hops.dsp.alerts", "alerts at the DSP", "alerts"),
    Metric("hops.dsp.bytes", "bytes at the DSP", "bytes"),
    Metric("hops.user.alerts", "alerts at Users", "alerts"),
    Metric("hops.user.bytes", "bytes of DUIS at Users", "bytes"),
    Metric("wan_busy_share", "share of the time the WAN sends", "share"),
    Metric("wan_queue_bytes_max", "longest queue of the WAN", "bytes"),
    Metric("dsp_peak.window", "peak at the DSP in a window", "alerts"),
    Metric("other_alert_delay_ms.p99", "delay of other alerts, p99", "ms"),
    Metric("other_alert_delay_ms.lost", "other alerts lost", "alerts"),
    Metric("first_alert_delay_ms.p99", "delay of first alerts, p99", "ms"),
    Metric("first_alert_delay_ms.lost", "keys never heard of", "keys"),
    Metric("storm_known_ms.max", "until a User knows that a storm runs", "ms"),
    Metric("end_known_ms.max", "until a User knows that it ended", "ms"),
    Metric("count_age_ms.max", "oldest count", "ms"),
    Metric("notice_lead_ms.p50", "how long before it suppresses Users are told", "ms"),
    Metric("last_state.pairs", "conditions that two codes tell of", "conditions"),
    Metric("last_state.wrong", "of them, with the wrong state at the end", "conditions"),
    Metric("last_state.wrong_by_counter", "the same for who sorts by counters", "conditions"),
    Metric("two_parties.happenings", "happenings that concern two parties", "happenings"),
    Metric("two_parties.told_to_one", "of them, told to one party alone", "happenings"),
    Metric("anomaly.red_unseen", "red devices that anomaly detection missed", "devices"),
    Metric("anomaly.red_share", "of the time they were red, the DSP saw them so", "share"),
    Metric("anomaly.red_late_ms", "how much later it first saw one red", "ms"),
    Metric("anomaly.red_beyond_ms", "how long it saw devices red that were not", "ms"),
    Metric("anomaly.uncounted", "alerts at the DSP that it did not count", "alerts"),
    Metric("suppressed", "alerts suppressed", "alerts"),
    Metric("reported", "suppressed alerts told to a User", "alerts"),
    Metric("pending", "suppressed alerts not yet told at the end", "alerts"),
    Metric("silent", "alerts hidden and told to nobody", "alerts"),
    Metric("dropped.queue", "alerts that a full queue dropped", "alerts"),
    Metric("lost_at_reset", "alerts lost at a reset", "alerts"),
    Metric("false_suppressed", "falsely suppressed alerts", "alerts"),
    Metric("false_suppressed_of.quiet_devices", "of them, of quiet devices", "alerts"),
    Metric("false_suppressed_of.storming_devices", "of them, of storming devices", "alerts"),
    Metric("built.signature", "messages signed by meters", "messages"),
    Metric("built.mac", "messages MAC'd by meters", "messages"),
    Metric("service_requests.requests", "service requests to meters", "messages"),
    Metric("service_requests.bytes", "bytes of service requests", "bytes"),
    Metric("failed_queue.max_depth", "longest failed queue", "documents"),
    Metric("unaccounted", "alerts unaccounted for", "alerts"),
)
BY_PATH = {metric.path: metric for metric in METRICS}


def value(arm: Mapping[str, Any], path: str) -> float | None:
    """The figure of an arm of report.json; None where it has none."""
    found: float | None = figure(arm, path)
    return found
