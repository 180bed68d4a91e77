"""What Users know of a storm and when: that it runs, that it ended, how many alerts it had.

A User knows that a storm runs from the first of: a document with Throttled fields; a service
notice of the start; and more copies within a `device_window_ms` than `red_threshold`, from which
anybody sees it. That it ended: from a service notice of the end, or, where no mask is in the way,
from having heard nothing for `code_clear_windows` windows. Both are counted from the storm itself:
from when its key was first over its limit, and from its last alert.
"""

import statistics
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hubwire.identities import ACCESS_CONTROL_BROKER
from stormbench.compare.mask import storm_starts_ms
from stormbench.compare.one_arm import ArmRun
from stormbench.dsp.identity import Key
from stormbench.scenario.trace import Alert


class Knowledge:
    """Of one arm.

    Args:
        suppressed: the alerts that were suppressed anywhere.
    """

    def __init__(self, run: ArmRun, suppressed: Iterable[Alert]) -> None:
        self._run = run
        self._numbers: dict[str, Any] = vars(run.course.policy)
        self._suppressed = sorted(suppressed, key=lambda alert: alert.at_ms)
        self._raised = run.raised
        self._starts_ms = {
            Key(*key): at_ms
            for key, at_ms in storm_starts_ms(self._raised, run.course.policy).items()
            if key[1] != ACCESS_CONTROL_BROKER
        }

    def as_report(self) -> dict[str, Any]:
        """The figures under the names that report.json has for them.

        Returns:
            storm_known_ms, end_known_ms: p50 and max over the storms' keys, alerts to the Access
                Control Broker left out, and how many stay `unknown`; None where there is none.
            count_age_ms: p50 and max over suppressed alerts, from when it was raised until a
                document counted it, the oldest first.
            red_ms: p50 and max over storming devices, from the beginning of the storm until
                anomaly detection saw the device red, 0 if it had before; `unknown`: never.
        """
        ages = list(self._ages())
        return {
            "storm_known_ms": _spread(self._start_known(), self._starts_ms),
            "end_known_ms": _spread(self._end_known(), self._starts_ms),
            "count_age_ms": {"p50": _p50(ages), "max": max(ages, default=None)},
            "red_ms": self._red(),
        }

    def _start_known(self) -> Iterator[int]:
        for key, start_ms in self._starts_ms.items():
            known = [told.at_ms for told in self._run.recipients.users.told if told.key == key]
            known += [at_ms for at_ms, of in self._notices("OVERLOAD_START") if of == key]
            known += self._seen_by_volume(key)
            if known:
                yield max(0, min(known) - start_ms)

    def _end_known(self) -> Iterator[int]:
        came_ms = self._run.recipients.users.came_ms_by_key
        silence_ms = self._numbers["code_clear_windows"] * self._numbers["code_window_ms"]
        masked = {(each.originator, each.code) for each in self._run.maskings}
        for key in self._starts_ms:
            ended_ms = max(alert.at_ms for alert in self._raised if alert.key == key)
            known = [
                at_ms
                for at_ms, of in self._notices("OVERLOAD_END")
                if of == key and at_ms >= ended_ms
            ]
            if came_ms.get(key) and (key.originator, key.code) not in masked:
                known.append(max(ended_ms, came_ms[key][-1] + silence_ms))
            if known:
                yield min(known) - ended_ms

    def _notices(self, event: str) -> Iterator[tuple[int, Key]]:
        for told in self._run.recipients.service_notices:
            notice = told.notice
            if notice.event == event and notice.originator and notice.target:
                assert notice.code is not None
                yield told.at_ms, Key(notice.originator, notice.target, notice.code)

    def _seen_by_volume(self, key: Key) -> list[int]:
        """When more copies had come within a window than a device may send, if ever."""
        came_ms = self._run.recipients.users.came_ms_by_key.get(key, [])
        many, window_ms = self._numbers["red_threshold"], self._numbers["device_window_ms"]
        return [
            last
            for first, last in zip(came_ms, came_ms[many:], strict=False)
            if last - first < window_ms
        ][:1]

    def _ages(self) -> Iterator[int]:
        waiting: dict[Key, list[int]] = {}
        for alert in self._suppressed:
            waiting.setdefault(Key(*alert.key), []).append(alert.at_ms)
        for told in self._run.recipients.users.told:
            counted = waiting.get(told.key, [])
            for raised_ms in counted[: told.counted]:
                yield told.at_ms - raised_ms
            del counted[: told.counted]

    def _red(self) -> dict[str, int | None]:
        starts: dict[bytes, int] = {}
        for key, start_ms in self._starts_ms.items():
            starts[key.originator] = min(start_ms, starts.get(key.originator, start_ms))
        seen = self._run.twin.red.first_ms
        return _spread(
            (max(0, seen[device] - at_ms) for device, at_ms in starts.items() if device in seen),
            starts,
        )


def _spread(values: Iterable[int], of: Sequence[Any] | dict[Any, Any]) -> dict[str, int | None]:
    known = list(values)
    return {"p50": _p50(known), "max": max(known, default=None), "unknown": len(of) - len(known)}


def _p50(values: Sequence[int]) -> int | None:
    return round(statistics.median(values)) if values else None
