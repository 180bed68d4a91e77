"""When a phase raises what: each shape with a random stream that it is given.

Times are in ms of scenario time, in order, and none is past the end of its phase.
"""

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle, islice
from typing import NamedTuple

from stormbench.scenario.amount import HOUR_MS, periodic_draws
from stormbench.scenario.phases import Burst, Flap, Periodic, Phase, Poisson, Ramp, Replay


class Raised(NamedTuple):
    """One alert of a phase: when, its key, and which happening of the phase it tells of."""

    at_ms: int
    originator: bytes
    target: bytes
    code: int
    happening: int


def raised_by(
    phase: Phase, originators: Mapping[str, str], draw: random.Random
) -> Iterable[Raised]:
    """What a phase raises, in order of time.

    Args:
        originators: EUI-64 of each device by its name, hex digits.
    """
    end_ms = phase.at_ms + phase.duration_ms
    if isinstance(phase, Replay):
        shift_ms = phase.at_ms - phase.trace[0].t_ms
        rows = (
            Raised(row.t_ms + shift_ms, row.originator, row.target, row.code, number)
            for number, row in enumerate(phase.trace)
        )
        return [row for row in rows if row.at_ms < end_ms]
    times = sorted(at_ms for at_ms in _times(phase, draw) if at_ms < end_ms)
    if isinstance(phase, Poisson | Periodic | Flap):
        times = times[: phase.count]
    originator = bytes.fromhex(originators[phase.device])
    targets = [bytes.fromhex(each) for each in (phase.target, phase.also_to) if each]
    codes = phase.codes if isinstance(phase, Flap) else (phase.code,)
    return [
        Raised(at_ms, originator, target, int(code, 16), number)
        for number, (at_ms, code) in enumerate(zip(times, cycle(codes), strict=False))
        for target in targets
    ]


def _times(phase: Poisson | Periodic | Burst | Ramp | Flap, draw: random.Random) -> Iterator[int]:
    if isinstance(phase, Poisson):
        return islice(_poisson(phase, draw), phase.count)
    if isinstance(phase, Burst):
        return _burst(phase, draw)
    if isinstance(phase, Ramp):
        return _ramp(phase, draw)
    return _periodic(phase, draw)


def _poisson(phase: Poisson, draw: random.Random) -> Iterator[int]:
    at = float(phase.at_ms)
    while at < phase.at_ms + phase.duration_ms:
        at += draw.expovariate(phase.per_hour / HOUR_MS)
        yield int(at)


def _periodic(phase: Periodic | Flap, draw: random.Random) -> Iterator[int]:
    for number in range(periodic_draws(phase)):
        at_ms = phase.at_ms + int(number * HOUR_MS / phase.per_hour)
        yield at_ms + draw.randint(0, phase.jitter_ms)


def _burst(phase: Burst, draw: random.Random) -> Iterator[int]:
    for wake_ms in range(phase.at_ms, phase.at_ms + phase.duration_ms, phase.every_ms):
        start_ms = wake_ms + draw.randint(0, phase.jitter_ms)
        for number in range(phase.count):
            yield start_ms + number * phase.gap_ms


def _ramp(phase: Ramp, draw: random.Random) -> Iterator[int]:
    """Each where the integral of the rate, a t + b t^2 / 2, comes to a half, then to one more."""
    a = phase.from_per_hour / HOUR_MS
    b = (phase.to_per_hour / HOUR_MS - a) / max(1, phase.duration_ms)
    for number in range(round((a + b * phase.duration_ms / 2) * phase.duration_ms)):
        sum_of_rate = number + 0.5
        # The root without cancellation, which also holds where b is 0.
        root = math.sqrt(max(0.0, a * a + 2 * b * sum_of_rate))
        yield phase.at_ms + int(2 * sum_of_rate / (a + root)) + draw.randint(0, phase.jitter_ms)
