"""The remedy that there is: service request 6.22 tells a meter to keep a code to itself.

Somebody has to see the storm and act, so it comes `delay_ms` after the storm began: when the key
first exceeded its limit, by the throttle's own rules, with tables for all. It reaches the codes
that DUIS lets its sender configure, and stays: nobody takes it back within a run. What it hides is
told to nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commshub.policy import Policy
from commshub.telling import OVERLOAD_START
from commshub.throttle import Throttle
from hubwire.codes import configured_by
from stormbench.scenario.trace import Alert

_BYTES = {"ESME": (147, 72), "GSME": (162, 103)}
"""The command and its response, over the WAN: use cases ECS25a and GCS20 in DCC's Reference Test
Data Set 4.5.0."""


@dataclass(frozen=True, slots=True)
class Masking:
    """One service request: from `at_ms` on, `originator` keeps `code` to itself."""

    at_ms: int
    originator: bytes
    code: int
    command_bytes: int
    response_bytes: int


class Masks:
    """All service requests of a run.

    Args:
        trace: all that is raised, in order of time.
        kinds: of the devices, such as ESME, by EUI-64 (8 bytes).
        policy: what a storm is.
        delay_ms: from the beginning of a storm until the request has reached the meter.
    """

    def __init__(
        self, trace: Sequence[Alert], kinds: Mapping[bytes, str], policy: Policy, delay_ms: int
    ) -> None:
        self._by_code = {
            (request.originator, request.code): request
            for request in _requests(_storms(trace, policy), kinds, delay_ms)
        }

    def hides(self, alert: Alert) -> bool:
        """Whether the meter keeps it to itself."""
        request = self._by_code.get((alert.originator, alert.code))
        return request is not None and alert.at_ms >= request.at_ms

    def until(self, end_ms: int) -> list[Masking]:
        """The requests that have come to their meters by `end_ms`."""
        return [request for request in self._by_code.values() if request.at_ms <= end_ms]


def storm_starts_ms(trace: Sequence[Alert], policy: Policy) -> dict[tuple[bytes, bytes, int], int]:
    """When each key that has a storm was first over its limit, by key."""
    starts: dict[tuple[bytes, bytes, int], int] = {}
    for at_ms, key in _storms(trace, policy):
        starts.setdefault(key, at_ms)
    return starts


def _storms(trace: Sequence[Alert], policy: Policy) -> list[tuple[int, tuple[bytes, bytes, int]]]:
    """(when, key) of each beginning of an overload, in order of time."""
    found: list[tuple[int, tuple[bytes, bytes, int]]] = []

    def note(event: int, t_ms: int, subject: Any, level: int) -> None:
        if event == OVERLOAD_START:
            found.append((t_ms, (bytes(subject.originator), bytes(subject.target), subject.code)))

    devices, keys = {alert.originator for alert in trace}, {alert.key for alert in trace}
    throttle = Throttle(policy, note, len(devices), len(keys))
    for alert in trace:
        throttle.on_alert(alert.at_ms, *alert.key)
    return found


def _requests(
    storms: Iterable[tuple[int, tuple[bytes, bytes, int]]],
    kinds: Mapping[bytes, str],
    delay_ms: int,
) -> list[Masking]:
    found: dict[tuple[bytes, int], Masking] = {}
    for at_ms, (originator, _, code) in storms:
        kind = kinds[originator]
        if configured_by(code, kind) and (originator, code) not in found:
            request = Masking(at_ms + delay_ms, originator, code, *_BYTES[kind])
            found[originator, code] = request
    return list(found.values())
