"""What a hub sends north, as plain values: alerts, and notices of what its throttle does."""

from dataclasses import dataclass

from hubwire.frames import CARRIES, EVENTS, LEVELS
from hubwire.framing import Frame


@dataclass(frozen=True, slots=True)
class Report:
    """The numbers that go with a sample, a summary or an end."""

    overload_id: int
    throttled_seq: int
    throttled_count: int
    total_suppressed: int


@dataclass(frozen=True, slots=True)
class WanAlert:
    """A GBCS message that left the hub at `at_ms`.

    `carries` is PASS, SAMPLE, or, where `message` is a held copy of a suppressed alert, SUMMARY or
    OVERLOAD_END. `report` is None with PASS.
    """

    at_ms: int
    carries: str
    report: Report | None
    message: bytes

    @property
    def is_held(self) -> bool:
        """Whether the message was suppressed before, and is sent for the sake of a count."""
        return self.carries in ("SUMMARY", "OVERLOAD_END")


@dataclass(frozen=True, slots=True)
class Notice:
    """An event of the throttle that no message carries.

    `originator`, `target` and `code` are None where the event has none; so is `report`.
    """

    at_ms: int
    event: str
    level: str
    shadow: bool
    originator: bytes | None
    target: bytes | None
    code: int | None
    report: Report | None


Northbound = WanAlert | Notice


def northbound(frame: Frame) -> Northbound | None:
    """The plain value of a WanAlert or Notice frame; None for any other frame."""
    if frame.name == "WanAlert":
        carries = CARRIES[frame["carries"]]
        report = None if carries == "PASS" else _report(frame)
        return WanAlert(frame["at_ms"], carries, report, bytes(frame["message"]))
    if frame.name == "Notice":
        return _notice(frame)
    return None


def _notice(frame: Frame) -> Notice:
    event = EVENTS[frame["event"]]
    of_key = event in ("OVERLOAD_START", "SUMMARY", "OVERLOAD_END")
    return Notice(
        frame["at_ms"],
        event,
        LEVELS[frame["level"]],
        bool(frame["shadow"]),
        None if event == "TABLE_FULL" else bytes(frame["originator"]),
        bytes(frame["target"]) if of_key else None,
        frame["code"] if of_key else None,
        _report(frame) if of_key else None,
    )


def _report(frame: Frame) -> Report:
    return Report(
        frame["overload_id"],
        frame["throttled_seq"],
        frame["throttled_count"],
        frame["total_suppressed"],
    )
