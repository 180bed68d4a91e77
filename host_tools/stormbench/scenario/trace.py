"""A scenario's trace: every alert it comes to, in order, as the bytes that devices would send.

Signatures and MACs are real, under test keys. Each phase draws from a random stream of its own,
named after it, so that adding a phase moves no other alert.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from hubwire.gbcs import encode
from hubwire.gbcs_make import Recipe, make
from stormbench.scenario.model import Scenario
from stormbench.scenario.pace import Pace
from stormbench.scenario.phases import Phase
from stormbench.scenario.times import Raised, raised_by
from stormbench.signing.protection import protected

EPOCH = datetime(2030, 1, 15, 9, 0, 0, tzinfo=timezone.utc)
"""What the devices' clocks show when a scenario begins (chosen)."""

FIRST_COUNTER = 1000
"""A device's originator counter at its first alert (chosen)."""


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
    happening: int
    """The number, within its phase, of what it tells of: shared with the alert to the other party,
    where there are two."""

    @property
    def identity(self) -> tuple[int, int, bytes, bytes]:
        """CRA, originator counter, originator and target: what no other message has."""
        return 3, self.counter, self.originator, self.target

    @property
    def key(self) -> tuple[bytes, bytes, int]:
        """Originator, target and code."""
        return self.originator, self.target, self.code


def trace_of(scenario: Scenario) -> list[Alert]:
    """Every alert of the scenario, in order of time; alerts at one time in order of phases.

    Times are those of a run: the scenario's, divided by its time scale.
    """
    originators = {device.name: device.originator for device in scenario.devices}
    hubs = {bytes.fromhex(device.originator): device.hub for device in scenario.devices}
    pace = Pace(scenario.time_scale)
    raised = [
        (each.at_ms, order, each, phase)
        for order, phase in enumerate(scenario.phases)
        for each in raised_by(phase, originators, random.Random(f"{scenario.seed}:{phase.name}"))
    ]
    raised.sort(key=lambda alert: alert[:2])
    ahead_ms = {bytes.fromhex(each.originator): each.clock_ahead_ms for each in scenario.devices}
    counters = dict.fromkeys(hubs, FIRST_COUNTER - 1)
    trace = []
    for at_ms, _, each, phase in raised:
        counters[each.originator] += 1
        in_run = each._replace(at_ms=pace.ms(at_ms))
        clock_ms = in_run.at_ms + ahead_ms[each.originator]
        trace.append(
            _alert(in_run, clock_ms, phase, hubs[each.originator], counters[each.originator])
        )
    return trace


def storm_spans_ms(scenario: Scenario) -> list[tuple[int, int]]:
    """From when to when each storm phase runs, in the run's time."""
    pace = Pace(scenario.time_scale)
    storms = (phase for phase in scenario.phases if phase.storm)
    return [(pace.ms(phase.at_ms), pace.ms(phase.at_ms + phase.duration_ms)) for phase in storms]


def _alert(raised: Raised, clock_ms: int, phase: Phase, hub_id: int, counter: int) -> Alert:
    recipe = Recipe(
        code=raised.code,
        counter=counter,
        timestamp=EPOCH + timedelta(milliseconds=clock_ms),
        originator=raised.originator,
        target=raised.target,
        payload=phase.payload,
        form=phase.form,
    )
    return Alert(
        raised.at_ms,
        hub_id,
        raised.originator,
        raised.target,
        raised.code,
        counter,
        phase.name,
        phase.storm,
        encode(protected(make(recipe))),
        raised.happening,
    )
