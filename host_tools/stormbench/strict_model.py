"""What a person writes, checked by pydantic: no field too many, no type guessed.

It knows no field of anything.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from stormbench.toml_lines import Place


class StrictModel(BaseModel):
    """Plain values that do not change once they were accepted."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )


class Problem(NamedTuple):
    """What is wrong with the value at a place; with the whole, if the place is empty."""

    place: Place
    reason: str

    def sentence(self) -> str:
        """The place, with dots between its steps, and what is wrong there."""
        place = ".".join(map(str, self.place))
        return f"{place}: {self.reason}" if place else self.reason


_IN_TOML = {
    "tuple_type": "must be a list",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "dict_type": "must be a table",
}
"""What TOML calls it, where pydantic has names of its own."""


class Misfits(ValueError):
    """Values that are right by themselves and do not go together; for a model's own checks.

    Places are counted from the model that raises it.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.sentence() for problem in problems))
        self.problems = problems


def reasons(error: ValidationError) -> str:
    """Each field that was refused, why, and what it was."""
    return "; ".join(problem.sentence() for problem in problems(error, None))


def problems(error: ValidationError, written: Any) -> list[Problem]:
    """Everything that was refused, in the order of the fields.

    Args:
        written: what was checked, to tell its fields from names that pydantic puts between them;
            None where there are no such names.
    """
    details = [dict(detail) for detail in error.errors()]
    return [
        found
        for detail in details
        if not _follows(detail, details)
        for found in _problems(detail, written)
    ]


def _follows(detail: dict[str, Any], details: list[dict[str, Any]]) -> bool:
    """Whether a list is too short only because something in it was refused."""
    place = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in details
    )


def _problems(detail: dict[str, Any], written: Any) -> Iterator[Problem]:
    place = tuple(detail["loc"])
    if written is not None:
        place = _written_place(place, written, is_missing=detail["type"] == "missing")
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, Misfits):
        for inner in cause.problems:
            yield Problem((*place, *inner.place), inner.reason)
    elif detail["type"] == "union_tag_invalid":
        context = detail["ctx"]
        reason = f"must be one of {context['expected_tags']}, got {context['tag']!r}"
        yield Problem((*place, context["discriminator"].strip("'")), reason)
    elif detail["type"] == "union_tag_not_found":
        yield Problem((*place, detail["ctx"]["discriminator"].strip("'")), "Field required")
    else:
        yield Problem(place, _reason(detail, cause))


def _reason(detail: dict[str, Any], cause: Any) -> str:
    shown = _shown(detail["input"])
    if isinstance(cause, ValueError):
        return f"{cause}{shown}"
    return _IN_TOML.get(detail["type"], str(detail["msg"])) + shown


def _shown(got: Any) -> str:
    """What came, in a length to be read; Python does not even print the longest numbers."""
    if isinstance(got, int) and got.bit_length() > 64:
        return ", got a number of more than 64 bits"
    return f", got {got!r:.80}" if isinstance(got, str | int | float | bool) else ""


def _written_place(place: Place, written: Any, *, is_missing: bool) -> Place:
    """The place without steps that are not in what was written: names of a union's members."""
    steps: list[str | int] = []
    for number, step in enumerate(place):
        is_field = not isinstance(written, Mapping) or step in written
        if is_field or (is_missing and number == len(place) - 1):
            steps.append(step)
            written = _inside(written, step)
    return tuple(steps)


def _inside(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (LookupError, TypeError):
        return None
