"""What a study varies: each sweep asks at which value of an assumption its answer changes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from stormbench.scenario.model import Scenario
from stormbench.scenario.read import read_scenario
from stormbench.scenario.shipped import scenario_path, scenarios_of
from stormbench.study.numbers import amount
from stormbench.study.recipes import CELL_HUBS, cell, long_storm, with_busy_meter, without_storm

_HOUR_MS = 3_600_000
_MINUTE_MS = 60_000

Value = float | str
Point = Mapping[str, Value]
"""A value for each axis, by its name; a name where the axis is of scenarios."""


@dataclass(frozen=True)
class Axis:
    """What varies; `unit` is for people."""

    name: str
    title: str
    unit: str
    values: tuple[Value, ...]

    def shown(self, value: Value) -> str:
        """One of them, with its unit."""
        return value.replace("_", " ") if isinstance(value, str) else amount(value, self.unit)


@dataclass(frozen=True)
class Sweep:
    """All points of its axes, each a few times.

    Attributes:
        name: one word.
        question: what it is for, as a sentence.
        arms: those that it needs.
        recipe: the scenario at a point, with a seed.
        replications: of each point.
        policy_axes: for each axis that is the policy's, by its name, the fields that it sets.
    """

    name: str
    question: str
    axes: tuple[Axis, ...]
    arms: tuple[str, ...]
    recipe: Callable[[Point, int], Scenario]
    replications: int
    policy_axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def points(self) -> Iterator[dict[str, Value]]:
        """Every point, in the order of the axes."""
        names = [axis.name for axis in self.axes]
        for values in product(*(axis.values for axis in self.axes)):
            yield dict(zip(names, values, strict=True))


BASE = "stuck_tamper_sensor"
"""The scenario that a sweep varies: the storm of the library that is evidenced best."""


def _of(name: Value, seed: int) -> Scenario:
    """A scenario of the library with another seed; replication 0 has its own, as in a study."""
    scenario = read_scenario(scenario_path(str(name)))
    return scenario.model_copy(update={"seed": scenario.seed + seed})


def _with_wan(scenario: Scenario, **fields: Value) -> Scenario:
    return scenario.model_copy(update={"wan": scenario.wan.model_copy(update=fields)})


def _with_storm_rate(scenario: Scenario, per_hour: Value) -> Scenario:
    phases = tuple(
        phase.model_copy(update={"per_hour": per_hour}) if phase.storm else phase
        for phase in scenario.phases
    )
    return scenario.model_copy(update={"phases": phases})


_PLACES = ("none", "hub", "dsp")

SWEEPS = (
    Sweep(
        "break_even",
        "From which rate of the WAN on does it make no difference where the throttle is?",
        (
            Axis("bytes_per_s", "rate of the WAN", "bytes/s", (5, 10, 20, 40, 80, 160, 640)),
            Axis("storm_per_hour", "rate of the storm", "alerts/h", (30, 120, 360, 720, 1440)),
        ),
        _PLACES,
        lambda point, seed: _with_wan(
            _with_storm_rate(_of(BASE, seed), point["storm_per_hour"]),
            bytes_per_s=point["bytes_per_s"],
        ),
        replications=3,
    ),
    Sweep(
        "wan",
        "In which storms does the place still matter on a wider WAN?",
        (
            Axis("scenario", "storm", "", scenarios_of("storm")),
            Axis("bytes_per_s", "rate of the WAN", "bytes/s", (20, 40, 80, 160, 640)),
        ),
        _PLACES,
        lambda point, seed: _with_wan(
            _of(point["scenario"], seed), bytes_per_s=point["bytes_per_s"]
        ),
        replications=2,
    ),
    Sweep(
        "queue",
        "How much of the wait is the length of the queue before the WAN?",
        (Axis("queue_bytes", "queue before the WAN", "bytes", (1500, 6000, 24_000)),),
        _PLACES,
        lambda point, seed: _with_wan(_of(BASE, seed), queue_bytes=point["queue_bytes"]),
        replications=3,
    ),
    Sweep(
        "calm",
        "Where is the throttle best placed in a control without the storm beside it?",
        (Axis("scenario", "control", "", scenarios_of("control")),),
        _PLACES,
        lambda point, seed: without_storm(_of(point["scenario"], seed)),
        replications=3,
    ),
    Sweep(
        "policy",
        "What do threshold, window and N trade against each other?",
        (
            Axis("red_threshold", "red threshold of a device", "alerts", (10, 20, 40)),
            Axis("code_limit", "limit of a code", "alerts", (2, 5, 20)),
            Axis("code_window_ms", "window", "ms", (5 * _MINUTE_MS, 10 * _MINUTE_MS)),
            Axis(
                "sample_period_ms",
                "N, between forwarded copies",
                "ms",
                (2 * _MINUTE_MS, 10 * _MINUTE_MS, 60 * _MINUTE_MS),
            ),
        ),
        _PLACES,
        lambda point, seed: with_busy_meter(_of(BASE, seed)),
        replications=3,
        policy_axes={
            "red_threshold": ("red_threshold",),
            "code_limit": ("code_limit",),
            "code_window_ms": ("code_window_ms", "device_window_ms"),
            # Else a flush after ten minutes would bound the age of counts, and not N.
            "sample_period_ms": ("sample_period_ms", "flush_ms"),
        },
    ),
    Sweep(
        "roll_out",
        "What does firmware do that only some hubs have?",
        (Axis("updated_share", "hubs with the new firmware", "share", (0, 0.25, 0.5, 0.75, 1)),),
        ("none", "device", "hub", "dsp", "layered"),
        lambda point, seed: cell(CELL_HUBS, 4, float(point["updated_share"]), seed),
        replications=6,
    ),
    Sweep(
        "cell",
        "How many storms can the hubs of one WAN cell have?",
        (Axis("storming", "hubs in a storm, of eight", "hubs", (0, 1, 2, 4, 8)),),
        _PLACES,
        lambda point, seed: cell(CELL_HUBS, int(point["storming"]), 1, seed),
        replications=4,
    ),
    Sweep(
        "mask_delay",
        "What does the existing remedy, SR 6.22, save, and what does it hide?",
        (
            Axis(
                "mask_delay_ms",
                "from the beginning of the storm to the mask",
                "ms",
                (_HOUR_MS, 6 * _HOUR_MS, 24 * _HOUR_MS, 72 * _HOUR_MS, 168 * _HOUR_MS),
            ),
        ),
        ("none", "mask", "hub"),
        lambda point, seed: long_storm(int(point["mask_delay_ms"]), seed),
        replications=3,
    ),
)
BY_NAME = {sweep.name: sweep for sweep in SWEEPS}
