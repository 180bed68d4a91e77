"""What a hub's throttle knows of one key, as plain values."""

from dataclasses import dataclass

from hubwire.frames import LEVELS
from hubwire.framing import Frame
from stormbench.link.northbound import Report


@dataclass(frozen=True, slots=True)
class Overload:
    """Of an overloaded key: what is suppressed, and what was said of it.

    `report` bears the number and the total of now; its `throttled_count` is what is unreported.
    `flush_left_ms` is None where nothing waits to be told.
    """

    report: Report
    suppressed_since_sample: int
    since_sample_ms: int
    flush_left_ms: int | None


@dataclass(frozen=True, slots=True)
class KeyState:
    """A key and its device at `at_ms` of the hub's clock.

    Counts are of the window in force, 0 where it is over; `..._room` says whether there is an
    entry, or would be one for the next alert. `device_level` is "" without an incident.
    """

    at_ms: int
    device_level: str
    device_count: int
    device_window_left_ms: int
    device_room: bool
    key_count: int
    key_window_left_ms: int
    key_room: bool
    overload: Overload | None


def key_state(frame: Frame) -> KeyState:
    """The plain value of a KeyState frame."""
    return KeyState(
        frame["at_ms"],
        LEVELS[frame["device_level"]],
        frame["device_count"],
        frame["device_window_left_ms"],
        bool(frame["device_room"]),
        frame["key_count"],
        frame["key_window_left_ms"],
        bool(frame["key_room"]),
        _overload(frame) if frame["overloaded"] else None,
    )


def _overload(frame: Frame) -> Overload:
    unreported = frame["unreported"]
    return Overload(
        Report(
            frame["overload_id"], frame["throttled_seq"], unreported, frame["total_suppressed"]
        ),
        frame["suppressed_since_sample"],
        frame["since_sample_ms"],
        frame["flush_left_ms"] if unreported else None,
    )
