"""What is to go wrong on a link, as a scenario's `[faults]` or as one line says it.

Numbers only: it knows no port, and nothing of when each fault comes.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from stormbench.errors import InvalidInput
from stormbench.strict_model import StrictModel, reasons

RATES = ("drop", "corrupt", "duplicate", "reorder", "delay", "cut")
"""Faults of one frame; a frame has one of them at the most."""

_POWER_CUTS = ("resets", "resets_in_frame", "resets_in_save")

TO_HUB = "to_hub"
TO_HOST = "to_host"
DIRECTIONS = (TO_HUB, TO_HOST)

_Rate = Annotated[float, Field(ge=0, le=1)]
_Count = Annotated[int, Field(ge=0, le=1_000_000)]
_Ms = Annotated[int, Field(ge=1, le=86_400_000)]


class FaultPlan(StrictModel):
    """How often each fault comes; without any field, none does.

    A rate is the share of the frames that it takes, in each direction or in the one that `side`
    names. A count is how many come in a run of `frames` frames of the host, at places drawn from
    the seed, never two at one.
    """

    drop: _Rate = 0.0
    """The frame is gone."""
    corrupt: _Rate = 0.0
    """One byte of the frame or of its delimiters is another one."""
    duplicate: _Rate = 0.0
    """The frame comes twice."""
    reorder: _Rate = 0.0
    """The frame comes after the next one."""
    delay: _Rate = 0.0
    """The frame, and what is behind it, comes up to `delay_ms` later."""
    cut: _Rate = 0.0
    """Only a first part of the frame comes, and no delimiter."""
    side: Literal["both", "to_hub", "to_host"] = "both"
    delay_ms: _Ms = 500

    disconnects: _Count = 0
    """The cable is out for `disconnect_ms`."""
    disconnect_ms: _Ms = 1_000
    stalls: _Count = 0
    """The host reads nothing for `stall_ms`."""
    stall_ms: _Ms = 60_000
    resets: _Count = 0
    """The hub's power is cut between two frames."""
    resets_in_frame: _Count = 0
    """The hub's power is cut when it has got a part of a frame."""
    resets_in_save: _Count = 0
    """The hub's power is cut in the middle of its next save."""
    frames: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1_000

    @model_validator(mode="after")
    def _has_room(self) -> "FaultPlan":
        together = sum(rate for _, rate in self.rates())
        if together > 1 + 1e-9:  # ten times 0.1 is a little more or less than 1
            raise ValueError(
                f"{' + '.join(RATES)} is {together:g}: a frame has one fault, so at most 1"
            )
        scheduled = sum(count for _, count in self.scheduled())
        if scheduled > self.frames:
            raise ValueError(
                f"{scheduled} disconnects, stalls and resets, each at a frame of its own, need as "
                f"many frames: frames is {self.frames}"
            )
        return self

    @property
    def cuts_power(self) -> bool:
        """Whether the hub must be one whose power is ours to cut."""
        return any(getattr(self, name) for name in _POWER_CUTS)

    def with_power_on(self) -> "FaultPlan":
        """The same without the faults that cut the hub's power."""
        return self.model_copy(update=dict.fromkeys(_POWER_CUTS, 0))

    def rates(self) -> Iterator[tuple[str, float]]:
        """Each fault of a frame with its rate, in the order in which they are drawn."""
        return ((name, getattr(self, name)) for name in RATES)

    def scheduled(self) -> Iterator[tuple[str, int]]:
        """Each fault that is a matter of place, by its name, with how many there are."""
        yield "disconnect", self.disconnects
        yield "stall", self.stalls
        yield "reset", self.resets
        yield "reset_in_frame", self.resets_in_frame
        yield "reset_in_save", self.resets_in_save


def read_plan(line: str) -> FaultPlan:
    """The plan in one line such as `drop=0.02,corrupt=0.02,stalls=1`; an empty one has no faults.

    Args:
        line: fields of `FaultPlan` with their values, parted by `,` or `&`.

    Raises:
        InvalidInput: it is refused, with each field and reason.
    """
    return plan_of(read_fields(line), line)


def read_fields(line: str) -> dict[str, str]:
    """The fields of one line, each with the text of its value.

    Raises:
        InvalidInput: something in it is not NAME=VALUE, or a name is there twice.
    """
    fields: dict[str, str] = {}
    for part in filter(None, line.replace("&", ",").split(",")):
        name, is_there, value = (piece.strip() for piece in part.partition("="))
        if not is_there or name in fields:
            raise InvalidInput(
                f"faults {line!r}: expected each field once, as NAME=VALUE, got {part!r}; "
                "for example drop=0.02,stalls=1"
            )
        fields[name] = value
    return fields


def plan_of(fields: dict[str, str], where: str) -> FaultPlan:
    """The plan of these texts; `where` is for the error's.

    Raises:
        InvalidInput: it is refused, with each field and reason.
    """
    try:
        return FaultPlan.model_validate_strings(fields)
    except ValidationError as error:
        raise InvalidInput(f"faults {where!r}: {reasons(error)}") from error
