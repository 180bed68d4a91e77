"""Storms for tests of the injector: into a hub in process, whose clock stands by itself."""

from collections.abc import Iterator

import pytest

from stormbench.hub.open import opened_hub
from stormbench.inject.one_hub import begin
from stormbench.link.client import HubClient
from stormbench.policy_file import policy_of
from stormbench.scenario.model import Scenario

PASSES_BEFORE = 26
"""Alerts of one code at the default policy: 20 up to red, and 6 up to the limit of the code."""

QUICK = policy_of({"flush_ms": 1_000, "sample_period_ms": 2_000}, "quick")
"""Under which a storm of a few seconds is told of."""


@pytest.fixture
def client() -> Iterator[HubClient]:
    """Of a hub in process, at the beginning of a storm."""
    with opened_hub("sim") as client:
        begin(client)
        yield client


def scenario(hubs: int = 1, **phase: object) -> Scenario:
    """A meter behind each hub that sends one code every second for ten seconds."""
    devices = [
        {
            "name": f"meter {number}",
            "kind": "ESME",
            "originator": f"00DB12345678{number:04X}",
            "hub": number,
        }
        for number in range(1, hubs + 1)
    ]
    phases = [
        {
            "name": f"storm {number}",
            "device": f"meter {number}",
            "code": "8F3E",
            "target": "90B3D51F30010000",
            "duration_ms": 10_000,
            "shape": "periodic",
            "per_hour": 3_600,
            "count": 10,
            **phase,
        }
        for number in range(1, hubs + 1)
    ]
    return Scenario.model_validate(
        {
            "name": "short",
            "duration_ms": 10_000,
            "hubs": tuple({"id": number} for number in range(1, hubs + 1)),
            "devices": tuple(devices),
            "phases": tuple(phases),
        }
    )
