"""What a study varies: each sweep asks at which value of an assumption its answer changes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from stormbench.scenario.model import Scenario
from stormbench.scenario.read import read_scenario
from stormbench.scenario.shipped import scenario_path
from stormbench.study.recipes import cell, long_storm

_HOUR_MS = 3_600_000
_MINUTE_MS = 60_000

Point = Mapping[str, float]
"""A value for each axis, by its name."""


@dataclass(frozen=True)
class Axis:
    """What varies; `unit` is for people."""

    name: str
    title: str
    unit: str
    values: tuple[float, ...]


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

    def points(self) -> Iterator[dict[str, float]]:
        """Every point, in the order of the axes."""
        names = [axis.name for axis in self.axes]
        for values in product(*(axis.values for axis in self.axes)):
            yield dict(zip(names, values, strict=True))


BASE = "stuck_tamper_sensor"
"""The scenario that a sweep varies: the storm of the library that is evidenced best."""


def _base(seed: int) -> Scenario:
    return read_scenario(scenario_path(BASE)).model_copy(update={"seed": seed})


def _with_storm_rate(scenario: Scenario, per_hour: float) -> Scenario:
    phases = tuple(
        phase.model_copy(update={"per_hour": per_hour}) if phase.storm else phase
        for phase in scenario.phases
    )
    return scenario.model_copy(update={"phases": phases})


def _with_wan_rate(scenario: Scenario, bytes_per_s: float) -> Scenario:
    wan = scenario.wan.model_copy(update={"bytes_per_s": bytes_per_s})
    return scenario.model_copy(update={"wan": wan})


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
        lambda point, seed: _with_wan_rate(
            _with_storm_rate(_base(seed), point["storm_per_hour"]), point["bytes_per_s"]
        ),
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
        lambda point, seed: _base(seed),
        replications=3,
        policy_axes={
            "red_threshold": ("red_threshold",),
            "code_limit": ("code_limit",),
            "code_window_ms": ("code_window_ms",),
            # Else a flush after ten minutes would bound the age of counts, and not N.
            "sample_period_ms": ("sample_period_ms", "flush_ms"),
        },
    ),
    Sweep(
        "roll_out",
        "What does firmware do that only some hubs have?",
        (Axis("updated_share", "hubs with the new firmware", "share", (0, 0.25, 0.5, 0.75, 1)),),
        ("none", "device", "hub", "dsp", "layered"),
        lambda point, seed: cell(8, 4, point["updated_share"], seed),
        replications=6,
    ),
    Sweep(
        "cell",
        "How many storms can the hubs of one WAN cell have?",
        (Axis("storming", "hubs in a storm, of eight", "hubs", (0, 1, 2, 4, 8)),),
        _PLACES,
        lambda point, seed: cell(8, int(point["storming"]), 1, seed),
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
