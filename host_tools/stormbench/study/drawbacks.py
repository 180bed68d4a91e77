"""What cannot be measured here: the drawbacks of each place, with what stands behind each."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from stormbench.policy_file import read_toml
from stormbench.strict_model import StrictModel

_FILE = Path(__file__).with_name("drawbacks.toml")


class Drawback(StrictModel):
    """One of them; E: a document says so, D: follows from one, M: inferred, not confirmed."""

    place: Literal["device", "hub", "dsp", "mask"]
    drawback: Annotated[str, Field(min_length=1)]
    evidence: Literal["E", "D", "M", "measured"]
    source: Annotated[str, Field(min_length=1)]
    figure: str | None = None
    """A figure of the study that bears on it: a metric, or `policy_push`."""


def drawbacks() -> list[Drawback]:
    """All, in the order of the file."""
    return [Drawback.model_validate(row) for row in read_toml(_FILE)["drawback"]]
