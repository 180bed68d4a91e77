"""A scenario's trace: every alert it comes to, in order, as the bytes that devices would send.

Signatures and MACs are real, under test keys. Each phase draws from a random stream of its own,
named after it, so that adding a phase moves no other alert.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

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


class Intended(NamedTuple):
    """One alert of a trace without its message: to make that takes most of the time."""

    raised: Raised
    """Its time is the run's."""
    hub_id: int
    counter: int
    clock_ms: int
    """What its device's clock shows, from `EPOCH` on."""
    phase: Phase

    def message(self) -> bytes:
        """The message, as its device would send it."""
        recipe = Recipe(
            code=self.raised.code,
            counter=self.counter,
            timestamp=EPOCH + timedelta(milliseconds=self.clock_ms),
            originator=self.raised.originator,
            target=self.raised.target,
            payload=self.phase.payload,
            form=self.phase.form,
        )
        return encode(protected(make(recipe)))


def trace_of(scenario: Scenario) -> list[Alert]:
    """Every alert of the scenario, in order of time; alerts at one time in order of phases.

    Times are those of a run: the scenario's, divided by its time scale.
    """
    return [_alert(each) for each in intended_by(scenario)]


def intended_by(scenario: Scenario) -> list[Intended]:
    """The same alerts without their messages."""
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
    intended = []
    for scenario_ms, _, each, phase in raised:
        counters[each.originator] += 1
        in_run = each._replace(at_ms=pace.ms(scenario_ms))
        clock_ms = in_run.at_ms + ahead_ms[each.originator]
        counter = counters[each.originator]
        intended.append(Intended(in_run, hubs[each.originator], counter, clock_ms, phase))
    return intended


def storm_spans_ms(scenario: Scenario) -> list[tuple[int, int]]:
    """From when to when each storm phase runs, in the run's time."""
    pace = Pace(scenario.time_scale)
    storms = (phase for phase in scenario.phases if phase.storm)
    return [(pace.ms(phase.at_ms), pace.ms(phase.at_ms + phase.duration_ms)) for phase in storms]


def _alert(intended: Intended) -> Alert:
    raised, phase = intended.raised, intended.phase
    return Alert(
        raised.at_ms,
        intended.hub_id,
        raised.originator,
        raised.target,
        raised.code,
        intended.counter,
        phase.name,
        phase.storm,
        intended.message(),
        raised.happening,
    )
