"""What comes back from a hub: the answer to a question, what became of an alert, a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hubwire.framing import Frame
from stormbench.errors import HostToolError
from stormbench.link.northbound import Northbound


class HubRefused(HostToolError):
    """The hub understood a command, and will not do it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one alert: its verdict, the arrival it was counted with, and what went north
    since the alert before it was known."""

    verdict: str
    at_ms: int
    north: tuple[Northbound, ...]


@dataclass(slots=True)
class Question:
    """What the hub was asked last, and what came.

    `sealed` is the frame that is sent: of this name and these values, or an Authorised one around
    them, signed with `key` or with the one that is kept for the hub.
    """

    name: str
    values: Mapping[str, Any]
    answer_name: str
    seq: int
    key: bytes | None = None
    sealed: tuple[str, Mapping[str, Any]] = ("", {})
    answer: Frame | None = None
