"""What a scenario expects of its own report: a bound on a figure of one arm.

Names only; `compare/expectations.py` holds a report against them.
"""

import difflib
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from stormbench.strict_model import StrictModel

ARMS = ("none", "mask", "device", "hub", "dsp", "layered")
"""The arms of `compare`; a test holds this to its list."""

METRICS = (
    *(
        f"hops.{hop}.{what}"
        for hop in ("han", "wan", "dsp", "user")
        for what in ("alerts", "bytes")
    ),
    "suppressed",
    "false_suppressed",
    *(f"false_suppressed_of.{whose}" for whose in ("quiet_devices", "storming_devices")),
    *(f"other_alert_delay_ms.{figure}" for figure in ("p50", "p99", "max", "lost")),
    *(f"first_alert_delay_ms.{figure}" for figure in ("p50", "p99", "max", "lost")),
    *(f"notice_lead_ms.{figure}" for figure in ("p50", "min", "max", "untold")),
    "last_state.pairs",
    "last_state.wrong",
    "last_state.wrong_by_counter",
    *(f"two_parties.{figure}" for figure in ("happenings", "told_to_one")),
    "dcc_alerts",
    *(
        f"{what}.{figure}"
        for what in ("storm_known_ms", "end_known_ms", "red_ms")
        for figure in ("p50", "max", "unknown")
    ),
    *(f"count_age_ms.{figure}" for figure in ("p50", "max")),
    *(f"anomaly.{figure}" for figure in ("raised", "counted", "uncounted")),
    *(f"anomaly.red_{figure}" for figure in ("devices", "unseen", "share")),
    "anomaly.red_late_ms",
    "anomaly.red_beyond_ms",
    "wan_busy_share",
    "wan_queue_bytes_max",
    "wan_wait_ms_max",
    *(f"dsp_peak.{window}" for window in ("second", "window")),
    *(f"built.{form}" for form in ("signature", "mac")),
    *(f"service_requests.{what}" for what in ("requests", "bytes")),
    *(f"failed_queue.{figure}" for figure in ("max_depth", "max_bytes", "expired", "waiting")),
    *(f"failed_queue.wait_ms.{figure}" for figure in ("p50", "p99", "max")),
    "generated",
    "delivered",
    "reported",
    "reported_to_dsp",
    "pending",
    "dropped.queue",
    "dropped.expired",
    "lost_at_reset",
    "silent",
    "unaccounted",
)
"""Every figure of an arm in report.json, by its path; a test holds this to a report."""

INJECTED_ARM = "hub"
INJECTED = (
    "hops.han.alerts",
    "hops.han.bytes",
    "hops.wan.alerts",
    "hops.wan.bytes",
    "suppressed",
    "false_suppressed",
    "generated",
    "lost_at_reset",
    "unaccounted",
)
"""Figures, of that arm, that a hub alone comes to, with neither WAN nor DSP nor Users behind it:
all that an injection measures, and so all that can be bounded on a board."""

_COUNTS_IN_MS = (".lost", ".untold", ".unknown")
"""What stands beside times and is none."""


def is_time(metric: str) -> bool:
    """Whether a figure is a time in ms, which a time scale divides."""
    is_of_time = "_ms." in metric or metric.endswith(("_ms", "wan_wait_ms_max"))
    return is_of_time and not metric.endswith(_COUNTS_IN_MS)


def _arm(name: str) -> str:
    if name not in ARMS:
        raise ValueError(f"must be one of {', '.join(ARMS)}")
    return name


def _metric(name: str) -> str:
    if name not in METRICS:
        near = difflib.get_close_matches(name, METRICS, n=3) or METRICS
        raise ValueError(f"no such metric of report.json; near it {', '.join(near)}")
    return name


ArmName = Annotated[str, AfterValidator(_arm), Field(json_schema_extra={"enum": list(ARMS)})]
Metric = Annotated[str, AfterValidator(_metric), Field(json_schema_extra={"enum": list(METRICS)})]


Bound = Annotated[int | float, Field(allow_inf_nan=False)]


class Expectation(StrictModel):
    """A bound on one figure of one arm; times in ms of scenario time."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": [name]} for name in ("min", "max", "equals")]}
    )

    arm: ArmName
    metric: Metric
    """Its path below the arm in report.json."""
    min: Bound | None = None
    """The least that it may be."""
    max: Bound | None = None
    """The most that it may be."""
    equals: Bound | None = None
    """What it must be."""
    why: str = ""
    """What it is for, told where it is not met."""

    @model_validator(mode="after")
    def _bounds_something(self) -> "Expectation":
        bounds = (self.min, self.max)
        if self.equals is None and bounds == (None, None):
            raise ValueError("needs min, max or equals")
        if self.equals is not None and bounds != (None, None):
            raise ValueError("equals goes without min and max")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min, {self.min}, is above max, {self.max}")
        return self
