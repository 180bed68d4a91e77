"""The phases of a scenario: who sends what for a while, in which shape.

Times are in ms of scenario time. `shape` tells one kind from another.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, ValidationInfo, WithJsonSchema

from stormbench.errors import InvalidInput
from stormbench.replay.trace_file import LATEST_MS, Row, read_trace
from stormbench.strict_model import StrictModel


def _upper(text: str) -> str:
    return text.upper()


Eui64 = Annotated[str, Field(pattern="^[0-9A-Fa-f]{16}$"), AfterValidator(_upper)]
Code = Annotated[str, Field(pattern="^[0-9A-Fa-f]{4}$"), AfterValidator(_upper)]
TimeMs = Annotated[int, Field(ge=0, le=LATEST_MS)]
MOST_PER_HOUR = 360_000
"""One in 10 ms (chosen)."""
PerHour = Annotated[float, Field(gt=0, le=MOST_PER_HOUR, allow_inf_nan=False)]
PerHourOrNone = Annotated[float, Field(ge=0, le=MOST_PER_HOUR, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
"""The most is chosen."""
EveryMs = Annotated[int, Field(ge=1, le=LATEST_MS)]
JitterMs = TimeMs

FOLDER = "folder"
"""Of the context that a scenario is validated in: where paths in it begin."""


def _rows(value: Any, info: ValidationInfo) -> tuple[Row, ...]:
    """The rows of the trace file that `value` names."""
    if not isinstance(value, str):
        raise ValueError("must be the path of a TRACE.csv")
    folder = (info.context or {}).get(FOLDER, Path())
    try:
        return tuple(read_trace(folder / value))
    except InvalidInput as error:
        raise ValueError(str(error)) from error


Trace = Annotated[
    tuple[Row, ...],
    PlainValidator(_rows),
    WithJsonSchema({"type": "string"}),
]


class _Timed(StrictModel):
    name: str
    """Names the phase's own random stream, too: another phase moves no alert of this one."""
    at_ms: TimeMs = 0
    """When it begins."""
    duration_ms: TimeMs
    """It sends nothing from at_ms + duration_ms on."""
    storm: bool = False
    """Whether its alerts are those that a throttle is for; others suppressed are a wrong."""
    payload: Literal["dlms", "gbz", "asn1"] = "dlms"
    form: Literal["mac", "signature"] | None = None
    """The protection of its messages; left out, the alert code decides."""


class _OfOneDevice(_Timed):
    device: str
    """The name of one of `devices`."""
    target: Eui64
    """Who its alerts are for."""
    also_to: Eui64 | None = None
    """A second party, who is told of each happening in an alert of its own, right after."""


class _OfOneCode(_OfOneDevice):
    code: Code


class Poisson(_OfOneCode):
    """Alerts that have nothing to do with each other."""

    shape: Literal["poisson"]
    per_hour: PerHour
    """The mean."""
    count: Count | None = None
    """Ends it early, after so many happenings."""


class Periodic(_OfOneCode):
    """Alerts at equal gaps."""

    shape: Literal["periodic"]
    per_hour: PerHour
    count: Count | None = None
    """Ends it early."""
    jitter_ms: JitterMs = 0
    """Each is late by a random time, at most this."""


class Burst(_OfOneCode):
    """Several alerts in a row, again and again: a device that was asleep."""

    shape: Literal["burst"]
    count: Count
    """Alerts of one burst."""
    every_ms: EveryMs
    """From the start of one to the start of the next."""
    gap_ms: TimeMs = 100
    """Between two alerts of one burst; 100 is chosen."""
    jitter_ms: JitterMs = 0
    """Each burst is late by a random time, at most this."""


class Ramp(_OfOneCode):
    """Alerts whose rate rises or falls steadily from the start to the end."""

    shape: Literal["ramp"]
    from_per_hour: PerHourOrNone
    to_per_hour: PerHourOrNone
    jitter_ms: JitterMs = 0
    """Each is late by a random time, at most this."""


class Flap(_OfOneDevice):
    """Codes in turn, at equal gaps: what comes and goes, such as 8006 and 8089."""

    shape: Literal["flap"]
    codes: Annotated[tuple[Code, ...], Field(min_length=2)]
    """A pair, what began and what ended; more of them make a round."""
    per_hour: PerHour
    """Of all codes together."""
    count: Count | None = None
    """Ends it early."""
    jitter_ms: JitterMs = 0
    """Each is late by a random time, at most this; the codes stay in turn."""


class Replay(_Timed):
    """The rows of a trace file, the first of them at `at_ms`; its originators are `devices`."""

    shape: Literal["replay"]
    trace: Trace
    """A TRACE.csv as `stormbench replay` takes it; its path begins at the scenario's folder."""


Phase = Annotated[
    Poisson | Periodic | Burst | Ramp | Flap | Replay,
    Field(discriminator="shape"),
]
