"""What is told of values that a model refuses: where, and in words of the file."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError, model_validator

from stormbench.strict_model import Misfits, Problem, StrictModel, problems


class Round(StrictModel):
    shape: Literal["round"]
    size: int


class Pair(StrictModel):
    shape: Literal["pair"]
    sizes: Annotated[tuple[int, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _differ(self) -> "Pair":
        if self.sizes[0] == self.sizes[1]:
            raise Misfits([Problem(("sizes", 1), "the same")])
        return self


class Box(StrictModel):
    things: tuple[Annotated[Round | Pair, Field(discriminator="shape")], ...]


def told(*things: Any) -> list[str]:
    written = {"things": things}
    with pytest.raises(ValidationError) as refused:
        Box.model_validate(written)
    return [problem.sentence() for problem in problems(refused.value, written)]


def test_place_has_no_name_that_is_not_in_what_was_written():
    assert told({"shape": "round", "size": "1"}) == [
        "things.0.size: Input should be a valid integer, got '1'"
    ]


def test_missing_field_has_its_place():
    assert told({"shape": "round"}) == ["things.0.size: Field required"]


def test_own_check_of_a_model_names_a_field_in_it():
    assert told({"shape": "pair", "sizes": (1, 1)}) == ["things.0.sizes.1: the same"]


def test_list_is_not_called_too_short_for_what_was_refused_in_it():
    assert told({"shape": "pair", "sizes": (1, "2")}) == [
        "things.0.sizes.1: Input should be a valid integer, got '2'"
    ]


def test_list_that_is_too_short_is():
    assert told({"shape": "pair", "sizes": (1,)})[0].startswith("things.0.sizes: Tuple should")


def test_table_and_list_are_called_so():
    assert told(5) == ["things.0: must be a table, got 5"]
    assert told({"shape": "pair", "sizes": 5}) == ["things.0.sizes: must be a list, got 5"]


def test_shape_that_is_missing_or_unknown_is_named_by_its_field():
    assert told({}) == ["things.0.shape: Field required"]
    assert told({"shape": "x"}) == ["things.0.shape: must be one of 'round', 'pair', got 'x'"]


def test_what_came_is_shown_at_a_length_that_can_be_read():
    (long,) = told({"shape": "round", "size": "9" * 10_000})
    assert len(long) < 200
    (number,) = told({"shape": "pair", "sizes": (1 << 100_000)})
    assert number == "things.0.sizes: must be a list, got a number of more than 64 bits"
