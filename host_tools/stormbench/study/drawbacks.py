"""The drawbacks of each place, with what stands behind each, and which figures bear on it.

A figure that no whole study has is refused when the file is read. What a figure comes to in a
report is told by `study.drawback_figures`.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from stormbench.compare.arms import BY_NAME as ARMS
from stormbench.policy_file import read_toml
from stormbench.scenario.shipped import scenario_names
from stormbench.strict_model import StrictModel
from stormbench.study import firmware_cost, metrics, sweeps

_FILE = Path(__file__).with_name("drawbacks.toml")

ALL, WORST = "all", "worst"


def _known(name: str, known: Any, what: str) -> str:
    if name not in known:
        raise ValueError(f"no study has {what} of that name")
    return name


class OfArms(StrictModel):
    """A metric, of each of these arms."""

    metric: str
    arms: Annotated[tuple[str, ...], BeforeValidator(tuple), Field(min_length=1)]

    @field_validator("metric")
    @classmethod
    def _is_taken(cls, metric: str) -> str:
        return _known(metric, metrics.BY_PATH, "a figure")

    @field_validator("arms")
    @classmethod
    def _are_run(cls, arms: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_known(arm, ARMS, "an arm") for arm in arms)


class OfScenarios(OfArms):
    """The mean over `all` storms, that of the `worst`, or that of the scenario that is named."""

    of: str

    @field_validator("of")
    @classmethod
    def _is_shipped(cls, of: str) -> str:
        return _known(of, (ALL, WORST, *scenario_names()), "a scenario")


class OfSweep(OfArms):
    """At one point of a sweep."""

    sweep: str
    at: dict[str, sweeps.Value]

    @model_validator(mode="after")
    def _is_a_point(self) -> "OfSweep":
        _known(self.sweep, sweeps.BY_NAME, "a sweep")
        sweep = sweeps.BY_NAME[self.sweep]
        if self.at not in sweep.points():
            raise ValueError(f"{self.at} is no point of {self.sweep}")
        for arm in self.arms:
            _known(arm, sweep.arms, "in this sweep an arm")
        return self


class OfCost(StrictModel):
    """A row of the cost of the firmware."""

    cost: str

    @field_validator("cost")
    @classmethod
    def _is_a_row(cls, cost: str) -> str:
        return _known(cost, firmware_cost.NAMES, "a cost")


Figure = OfScenarios | OfSweep | OfCost


class Drawback(StrictModel):
    """One of them; for the marks see `study.evidence`. `throttle` is what all places share."""

    place: Literal["device", "hub", "dsp", "layered", "mask", "throttle"]
    drawback: Annotated[str, Field(min_length=1)]
    evidence: Literal["E", "D", "M", "simulated"]
    source: Annotated[str, Field(min_length=1)]
    figures: Annotated[tuple[Figure, ...], BeforeValidator(tuple)] = ()


def drawbacks() -> list[Drawback]:
    """All, in the order of the file."""
    return [Drawback.model_validate(row) for row in read_toml(_FILE)["drawback"]]
