"""The throttle in the DSP: the core of the hub, and the counts of the throttle before it.

The core (commshub.throttle) runs unchanged and counts what it suppresses itself. An alert may
bring the count of a hub's throttle with it; if that alert is suppressed here, its count is kept
beside the core, *carried*, until the key's next report leaves, and goes with it. Every overloaded
key's newest suppressed message is kept too, so that a count that is due when no alert comes has a
message to ride on: the last copy.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commshub.policy import Policy
from commshub.telling import INCIDENT_CLOSE, OVERLOAD_END, SUMMARY, TABLE_FULL
from commshub.throttle import SAMPLE, SUPPRESS, Throttle
from hubwire.frames import EVENTS, LEVELS
from hubwire.gbcs import Alert
from stormbench.dsp.duis import UserReport
from stormbench.dsp.identity import Key, key_of
from stormbench.link.northbound import Notice, Report


@dataclass(frozen=True, slots=True)
class Raised:
    """A GBCS message, and the alert that it decodes to."""

    message: bytes
    alert: Alert


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of an alert; `report` is what its User is to be told beside it, if anything."""

    is_forwarded: bool
    report: UserReport | None


@dataclass(frozen=True, slots=True)
class LastCopy:
    """The newest suppressed message of a key, sent for the sake of `report`."""

    raised: Raised
    report: UserReport


@dataclass(frozen=True, slots=True)
class Suppressed:
    """An alert was suppressed at `at_ms`, its arrival at the throttle; whom it was for."""

    at_ms: int
    target: bytes


class DspThrottle:
    """Throttles what arrives at the DSP.

    Args:
        policy: an acceptable policy.
        device_capacity, key_capacity: as many as the trace has: the DSP is not short of memory.
        on_event: called with each event of the core, in order, and with the last copy that is to
            leave for its sake, or None.

    Attributes:
        first_suppressed: what each overload suppressed first, by `overload_id`: taken from
            verdicts and not from events, as evidence against these.
    """

    def __init__(
        self,
        policy: Policy,
        device_capacity: int,
        key_capacity: int,
        on_event: Callable[[Notice, LastCopy | None], None],
    ) -> None:
        self._is_shadow = bool(vars(policy)["shadow"])
        self._throttle = Throttle(policy, self._on_core_event, device_capacity, key_capacity)
        self._on_event = on_event
        self._carried: Counter[Key] = Counter()
        self._last_copies: dict[Key, Raised] = {}
        self.first_suppressed: dict[int, Suppressed] = {}

    def judge(self, t_ms: int, raised: Raised, from_hub: UserReport | None) -> Outcome:
        """Throttle one alert.

        Args:
            t_ms: arrival at the DSP.
            raised: the alert.
            from_hub: the hub's sequence and the count that is news with this alert, or None.

        Returns: forwarded, with the numbers of whoever sampled it (the DSP before the hub) and
            every count that is due; or suppressed.
        """
        key = key_of(raised.alert)
        verdict = self._throttle.on_alert(t_ms, *key)
        count = from_hub.count if from_hub else 0
        if verdict == SUPPRESS:
            silenced: Any = self._throttle.silenced
            self.first_suppressed.setdefault(silenced.overload_id, Suppressed(t_ms, key.target))
            self._last_copies[key] = raised
            self._carried[key] += count
            return Outcome(False, None)
        if verdict == SAMPLE:
            sample: Any = self._throttle.sample
            count += sample.throttled_count + self._carried.pop(key, 0)
            return Outcome(True, UserReport(sample.throttled_seq, count))
        return Outcome(True, from_hub)

    def advance(self, now_ms: int) -> None:
        """Time has come to `now_ms`; what became due is told."""
        self._throttle.advance(now_ms)

    def pending(self) -> int:
        """Suppressed alerts, here or at a hub, whose count waits here for the next report."""
        own = 0 if self._is_shadow else self._throttle.unreported
        return own + self._carried.total()

    def _on_core_event(self, event: int, t_ms: int, subject: Any, level: int) -> None:
        notice = _notice(event, t_ms, subject, level, self._is_shadow)
        self._on_event(notice, self._last_copy(notice))

    def _last_copy(self, notice: Notice) -> LastCopy | None:
        """What leaves for the sake of a summary or an end that has a count."""
        report = notice.report
        if notice.event not in _REPORTS or notice.shadow or report is None:
            return None
        assert notice.originator and notice.target and notice.code is not None
        key = Key(notice.originator, notice.target, notice.code)
        count = report.throttled_count + self._carried.pop(key, 0)
        raised = self._last_copies.pop(key, None)
        if count == 0:
            return None
        # What is counted was suppressed since the last summary, so the newest of it is here.
        assert raised is not None
        return LastCopy(raised, UserReport(report.throttled_seq, count))


_REPORTS = (EVENTS[SUMMARY], EVENTS[OVERLOAD_END])


def _notice(event: int, t_ms: int, subject: Any, level: int, shadow: bool) -> Notice:
    if event == TABLE_FULL:
        return Notice(t_ms, EVENTS[event], LEVELS[level], shadow, None, None, None, None)
    if event <= INCIDENT_CLOSE:
        originator = subject.originator
        return Notice(t_ms, EVENTS[event], LEVELS[level], shadow, originator, None, None, None)
    report = Report(
        subject.overload_id,
        subject.throttled_seq,
        subject.throttled_count,
        subject.total_suppressed,
    )
    name = EVENTS[event]
    key = Key(subject.originator, subject.target, subject.code)
    return Notice(t_ms, name, LEVELS[level], shadow, *key, report)
