"""A scenario's trace: every alert it comes to, in order, as the bytes that devices would send.

Each phase draws from a random stream of its own, named after it, so that adding a phase moves no
other alert.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from hubwire.gbcs import encode
from hubwire.gbcs_make import Recipe, make
from stormbench.scenario.model import Device, Phase, Scenario

EPOCH = datetime(2030, 1, 15, 9, 0, 0, tzinfo=timezone.utc)
"""What the devices' clocks show when a scenario begins (chosen)."""

FIRST_COUNTER = 1000
"""A device's originator counter at its first alert (chosen)."""

_BURST_GAP_MS = 100


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a trace, and what only the scenario knows of it."""

    at_ms: int
    hub_id: int
    originator: bytes
    target: bytes
    code: int
    counter: int
    phase: str
    is_storm: bool
    message: bytes

    @property
    def identity(self) -> tuple[int, int, bytes, bytes]:
        """CRA, originator counter, originator and target: what no other message has."""
        return 3, self.counter, self.originator, self.target

    @property
    def key(self) -> tuple[bytes, bytes, int]:
        """Originator, target and code."""
        return self.originator, self.target, self.code


def trace_of(scenario: Scenario) -> list[Alert]:
    """Every alert of the scenario, in order of time; alerts at one time in order of phases."""
    devices = {device.name: device for device in scenario.devices}
    raised = [
        (at_ms, order, phase)
        for order, phase in enumerate(scenario.phases)
        for at_ms in _times(scenario, phase)
    ]
    raised.sort(key=lambda alert: alert[:2])
    counters = dict.fromkeys(devices, FIRST_COUNTER - 1)
    trace = []
    for at_ms, _, phase in raised:
        counters[phase.device] += 1
        trace.append(_alert(at_ms, phase, devices[phase.device], counters[phase.device]))
    return trace


def storm_spans_ms(scenario: Scenario) -> list[tuple[int, int]]:
    """From when to when each storm phase runs."""
    storms = (phase for phase in scenario.phases if phase.storm)
    return [(phase.at_ms, phase.at_ms + phase.duration_ms) for phase in storms]


def _times(scenario: Scenario, phase: Phase) -> list[int]:
    draw = random.Random(f"{scenario.seed}:{phase.name}")
    shapes = {"poisson": _poisson, "periodic": _periodic, "burst": _burst}
    end_ms = phase.at_ms + phase.duration_ms
    times = (at for at in shapes[phase.shape](phase, draw) if at < end_ms)
    if phase.count is None or phase.shape == "burst":
        return sorted(times)
    return sorted(times)[: phase.count]


def _poisson(phase: Phase, draw: random.Random) -> Iterator[int]:
    assert phase.per_hour is not None
    at = float(phase.at_ms)
    while at < phase.at_ms + phase.duration_ms:
        at += draw.expovariate(phase.per_hour / 3_600_000)
        yield int(at)


def _periodic(phase: Phase, draw: random.Random) -> Iterator[int]:
    assert phase.per_hour is not None
    for number in range(int(phase.duration_ms * phase.per_hour / 3_600_000) + 1):
        at = phase.at_ms + int(number * 3_600_000 / phase.per_hour)
        yield at + draw.randint(0, phase.jitter_ms)


def _burst(phase: Phase, draw: random.Random) -> Iterator[int]:
    assert phase.count is not None and phase.every_ms is not None
    for wake_ms in range(phase.at_ms, phase.at_ms + phase.duration_ms, phase.every_ms):
        start_ms = wake_ms + draw.randint(0, phase.jitter_ms)
        for number in range(phase.count):
            yield start_ms + number * _BURST_GAP_MS


def _alert(at_ms: int, phase: Phase, device: Device, counter: int) -> Alert:
    originator = bytes.fromhex(device.originator)
    target = bytes.fromhex(phase.target)
    code = int(phase.code, 16)
    recipe = Recipe(
        code=code,
        counter=counter,
        timestamp=EPOCH + timedelta(milliseconds=at_ms),
        originator=originator,
        target=target,
        payload=phase.payload,
        form=phase.form,
    )
    return Alert(
        at_ms,
        device.hub,
        originator,
        target,
        code,
        counter,
        phase.name,
        phase.storm,
        encode(make(recipe)),
    )
