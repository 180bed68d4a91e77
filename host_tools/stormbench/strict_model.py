"""What a person writes, checked by pydantic: no field too many, no type guessed.

It knows no field of anything.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError


class StrictModel(BaseModel):
    """Plain values that do not change once they were accepted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def reasons(error: ValidationError) -> str:
    """Each field that was refused, why, and what it was."""
    return "; ".join(_reason(dict(problem)) for problem in error.errors())


def _reason(problem: dict[str, Any]) -> str:
    place = ".".join(str(step) for step in problem["loc"])
    got = problem["input"]
    shown = f", got {got!r}" if isinstance(got, str | int | float | bool) else ""
    return f"{place}: {problem['msg']}{shown}" if place else str(problem["msg"])
